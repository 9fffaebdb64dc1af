using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests;

/// <summary>A few dozen utterances, enough to train on in half a second.</summary>
internal static class SmallClinic
{
    private static readonly (string Intent, string[] Texts)[] Rows =
    [
        ("confirm", ["sí voy", "confirmo mi hora", "ahí estaré", "voy sin falta", "sí, asistiré", "cuente conmigo", "yes I will be there", "I confirm", "see you there", "confirmado, voy", "claro que voy", "voy a ir"]),
        ("decline", ["no puedo ir", "no voy a ir", "cancele mi hora", "anule la cita por favor", "no podré asistir", "quiero cancelar", "I can't make it", "please cancel", "no asistiré", "no iré", "borre mi hora", "desisto de la hora"]),
        ("hours", ["a qué hora abren", "cuál es el horario", "atienden los sábados", "hasta qué hora atienden", "horario de atención", "what time do you open", "are you open on Sunday", "a qué hora cierran", "abren el domingo", "qué días atienden", "horarios", "opening hours"]),
        ("address", ["dónde queda la clínica", "cuál es la dirección", "en qué calle están", "dónde están ubicados", "ubicación por favor", "where are you", "what is the address", "la dirección", "dónde es", "en qué comuna quedan", "dónde los encuentro", "dirección exacta"]),
        ("emergency", ["me duele el pecho", "no puedo respirar", "mi hijo convulsiona", "se desmayó mi mamá", "estoy sangrando mucho", "I can't breathe", "chest pain", "creo que es un infarto", "tengo una emergencia", "ayuda, no respira", "perdió el conocimiento", "she passed out"]),
    ];

    public static NluLexicon Lexicon { get; } = new(
    [
        new("doctor", "Dra. Camila Rojas Peña", []),
        new("doctor", "Dra. Francisca O'Ryan Tapia", []),
        new("doctor", "Klga. Daniela Pérez-Cotapos Soto", []),
        new("doctor", "Dr. Tomás Ibáñez Vidal", []),
        new("branch", "Ñuñoa", ["Irarrázaval"]),
        new("branch", "Maipú", ["Pajaritos"]),
        new("specialty", "Traumatología", ["traumatólogo", "trauma"]),
        new("insurer", "Cruz Blanca", ["cruzblanca"]),
    ]);

    public static NluTrainingOptions Quick { get; } = new() { Epochs = 6, LinearEpochs = 6 };

    public static IReadOnlyList<LabelledText> Train { get; } =
        [.. Rows.SelectMany(intent => intent.Texts.Select(text => new LabelledText(intent.Intent, text)))];

    private static readonly Lazy<NluEngine> Trained = new(() => Make(Train, Quick));

    public static NluEngine Engine => Trained.Value;

    public static NluEngine Make(IReadOnlyList<LabelledText> rows, NluTrainingOptions options) =>
        NluTrainer.Train(new NluTrainingData { Train = rows, Lexicon = Lexicon }, options, null, CancellationToken.None);

    public static Meaning Read(string text, ParseContext? context = null) =>
        Engine.Parse([new Utterance(text, new DateTimeOffset(2026, 4, 25, 18, 49, 0, TimeSpan.FromHours(-4)))], context ?? ParseContext.Empty);
}
