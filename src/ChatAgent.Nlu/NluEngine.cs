using ChatAgent.Nlu.Appointments;
using ChatAgent.Nlu.Entities;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>Text to meaning, for Spanish and English alike. Made by <see cref="NluTrainer"/> or <see cref="Load"/>; immutable and thread-safe.</summary>
public sealed class NluEngine : INluEngine
{
    /// <summary>Most intents and nearest examples that a meaning carries.</summary>
    private const int MaxIntents = 5;
    private const int MaxNearest = 3;

    /// <summary>Probability from which a message's own language counts against the conversation's.</summary>
    private const double LanguageConfidence = 0.8;

    /// <summary>Code units that are read of one turn; more is no chat message, and its beginning tells as much.</summary>
    private const int MaxLength = 20_000;

    private readonly IntentModel _intents;
    private readonly LanguageIdentifier _languages;
    private readonly EntityExtractor _entities;
    private readonly AppointmentReplyReader _replies;
    private readonly IntentSegmenter _segmenter;

    internal NluEngine(IntentModel intents, LanguageIdentifier languages, EntityExtractor entities, AppointmentReplyReader? replies = null) =>
        (_intents, _languages, _entities, _replies, _segmenter) = (intents, languages, entities, replies ?? new AppointmentReplyReader(), new IntentSegmenter(intents));

    /// <summary>The same engine with another reader of appointment replies; without one the rules alone read them.</summary>
    public NluEngine WithReplies(AppointmentReplyReader replies) => new(_intents, _languages, _entities, replies);

    /// <summary>Names of the intents, in ordinal order.</summary>
    public IReadOnlyList<string> Intents => _intents.Labels;

    /// <summary>Least score that is in scope.</summary>
    public double Threshold => _intents.Calibration.Threshold;

    internal IntentModel IntentModel => _intents;

    /// <summary>Reads several messages in a row together.</summary>
    /// <param name="utterances">Oldest first; the last one's time is "now". None, or only empty ones, is an empty meaning.</param>
    /// <param name="context">What is known of the conversation.</param>
    public Meaning Parse(IReadOnlyList<Utterance> utterances, ParseContext context)
    {
        var text = string.Join('\n', utterances.Select(utterance => utterance.Text));
        if (text.Length > MaxLength)
        {
            text = text[..MaxLength];
        }

        var tokens = Tokenizer.Tokenize(text);
        var (told, confidence) = _languages.Read(tokens);
        var language = confidence >= LanguageConfidence ? told : context.Language;
        if (tokens.Count == 0)
        {
            return new Meaning { Text = text, Language = language, Intents = [], IsInScope = false };
        }

        var (reading, _) = Read(text, tokens);
        var ranked = IntentModel.Ranked(reading.Scores, MaxIntents);
        return new Meaning
        {
            Text = text,
            Language = language,
            Intents = [.. ranked.Select(intent => new IntentScore(_intents.Labels[intent], reading.Scores[intent]))],
            IsInScope = reading.IsInScope,
            Parts = _segmenter.Split(text, tokens, reading),
            Entities = _entities.Extract(text, tokens, utterances[^1].SentAt, context, language),
            Urgency = UrgencyReader.Read(text, _intents.Labels[reading.Best], reading.Scores[reading.Best], reading.IsInScope),
            Nearest = _intents.Nearest(reading, MaxNearest),
            Reply = context.Appointment is { } appointment
                ? _replies.Read(text, utterances[^1].SentAt, appointment, context.OtherAppointments, context.KnownFacts, language)
                : null,
        };
    }

    /// <summary>Why a text is read as it is; null for a text without tokens. Costs up to some hundred readings, so it is made on demand.</summary>
    /// <param name="text">One message, or several joined by line feeds as <see cref="Meaning.Text"/> has them.</param>
    public IntentExplanation? Explain(string text)
    {
        text = text.Length > MaxLength ? text[..MaxLength] : text;
        var tokens = Tokenizer.Tokenize(text);
        if (tokens.Count == 0)
        {
            return null;
        }

        var (reading, ruledOut) = Read(text, tokens);
        return new IntentExplainer(_intents).Explain(tokens, reading, ruledOut) with { Nearest = _intents.Nearest(reading, MaxNearest) };
    }

    /// <summary>Only the intents of a text, best first, with whether the best is in scope: what the evaluation measures.</summary>
    /// <param name="count">Most intents returned, 1 or more.</param>
    public (IReadOnlyList<IntentScore> Intents, bool IsInScope) Classify(string text, int count = MaxIntents)
    {
        var reading = _intents.Read(UtteranceWords.Of(text));
        return ([.. IntentModel.Ranked(reading.Scores, count).Select(intent => new IntentScore(_intents.Labels[intent], reading.Scores[intent]))], reading.IsInScope);
    }

    /// <summary>The reading, and the intent that the words deny, or −1.</summary>
    private (IntentReading Reading, int RuledOut) Read(string text, IReadOnlyList<Token> tokens)
    {
        var reading = _intents.Read(UtteranceWords.Of(tokens));

        // "No es una emergencia, quiero cambiar mi hora" has the word and not the meaning: the next intent is meant.
        return _intents.Labels[reading.Best] == UrgencyReader.EmergencyIntent && UrgencyReader.IsDenied(text)
            ? (_intents.Without(reading, reading.Best), reading.Best)
            : (reading, -1);
    }

    /// <summary>The encoder's unit vector of a text; empty when only the linear path was trained. Texts that mean the same lie near each other.</summary>
    public float[] Encode(string text) => _intents.Paths(UtteranceWords.Of(text)).Vector;

    /// <summary>Writes the engine into a folder, which is made when it is not there.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; what stood there before still stands.</exception>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        NluFile.Write(System.IO.Path.Combine(folder, NluFile.Name), _intents, _languages, _entities);
    }

    /// <summary>Restores what <see cref="Save"/> wrote; it answers the same to the last bit.</summary>
    /// <exception cref="Neural.ModelFormatException">The file is damaged or of another version.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no model of understanding.</exception>
    public static NluEngine Load(string folder)
    {
        var (intents, languages, entities) = NluFile.Read(System.IO.Path.Combine(folder, NluFile.Name));
        return new NluEngine(intents, languages, entities);
    }
}
