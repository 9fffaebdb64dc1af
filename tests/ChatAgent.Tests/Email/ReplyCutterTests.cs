namespace ChatAgent.Email.Tests;

/// <summary>Written from knowledge of the programs' formats; no captured mail.</summary>
public sealed class ReplyCutterTests
{
    private const string Question = "> Su hora es el martes 12 de mayo a las 09:30.\n> ¿Asistirá? Si no puede, responda CANCELAR.\n";

    [Theory]
    [InlineData("El mar, 5 may 2026 a las 10:02, Centro Los Aromos (<citas@losaromos.example>) escribió:")]
    [InlineData("El mar, 5 may 2026 a la(s) 10:02, Centro Los Aromos <citas@losaromos.example> escribió:")]
    [InlineData("El mar., 5 de mayo de 2026 10:02 a. m., Centro Los Aromos <\ncitas@losaromos.example> escribió:")]
    [InlineData("El 05-05-2026, a la(s) 10:02, Centro Los Aromos <citas@losaromos.example>\nescribió:")]
    [InlineData("El 05-05-2026 a las 10:02, Centro Los Aromos escribió:")]
    [InlineData("El 5/5/26 a las 10:02, Centro Los Aromos escribió:")]
    [InlineData("Centro Los Aromos <citas@losaromos.example> escribió el mar, 5 may 2026:")]
    [InlineData("---- El mar, 05 may 2026 10:02:33 -0400 Centro Los Aromos <citas@losaromos.example> escribió ----")]
    [InlineData("El martes, 5 de mayo de 2026, 10:02:33 GMT-4, Centro Los Aromos <citas@losaromos.example> escribió:")]
    [InlineData("El mar, 5 de may de 2026 a la(s) 10:02, Centro Los Aromos de la Salud\nFamiliar (<citas@losaromos.example>)\nescribió:")]
    [InlineData("Martes, 5 de mayo de 2026, 10:02 -04:00 de Centro <citas@losaromos.example>:")]
    [InlineData("El Mar, 5 de Mayo de 2026, 10:02 am, Centro escribió:")]
    [InlineData("Centro Los Aromos <citas@losaromos.example> escribió:")]
    [InlineData("5 may 2026, 10:02 de citas@losaromos.example:")]
    [InlineData("On Tue, May 5, 2026 at 10:02 AM Centro Los Aromos <citas@losaromos.example>\nwrote:")]
    [InlineData("On 5 May 2026, at 10:02, Centro Los Aromos wrote:")]
    [InlineData("Em ter., 5 de mai. de 2026 às 10:02, Centro Los Aromos <\ncitas@losaromos.example> escreveu:")]
    [InlineData("Em terça-feira, 5 de maio de 2026 10:02:33 BRT, Centro Los Aromos <citas@losaromos.example> escreveu:")]
    [InlineData("Le mar. 5 mai 2026 à 10:02, Centro Los Aromos <citas@losaromos.example> a écrit :")]
    [InlineData("Am Di., 5. Mai 2026 um 10:02 Uhr schrieb Centro Los Aromos <citas@losaromos.example>:")]
    [InlineData("2026-05-05 10:02 GMT-04:00 Centro Los Aromos <citas@losaromos.example>:")]
    public void Attribution_OfEveryClient_EndsTheReply(string attribution)
    {
        var cut = ReplyCutter.Cut($"Sí, confirmo.\nGracias\n\n{attribution}\n\n{Question}");

        Assert.Equal("Sí, confirmo.\nGracias", cut.Text);
        Assert.StartsWith(attribution, cut.Quoted, StringComparison.Ordinal);
        Assert.False(cut.AddedNothing);
    }

    [Theory]
    [InlineData("De: Centro Los Aromos <citas@losaromos.example>\nEnviado el: martes, 5 de mayo de 2026 10:02\nPara: Isabel\nAsunto: Su hora")]
    [InlineData("________________________________\nDe: Centro Los Aromos <citas@losaromos.example>\nEnviado: martes, 5 de mayo de 2026 10:02\nPara: Isabel <i@x.cl>\nAsunto: Su hora")]
    [InlineData("-----Mensaje original-----\nDe: Centro Los Aromos\nEnviado el: martes, 5 de mayo de 2026 10:02\nPara: Isabel\nAsunto: Su hora")]
    [InlineData("-------- Mensaje original --------\nDe: Centro Los Aromos <citas@losaromos.example>\nFecha: 5/5/26 10:02 (GMT-04:00)\nA: i@x.cl\nAsunto: Su hora")]
    [InlineData("*De:* Centro Los Aromos\n*Enviado:* martes, 5 de mayo de 2026 10:02\n*Para:* Isabel\n*Asunto:* Su hora")]
    [InlineData("De: Centro Los Aromos\nFecha: martes, 5 de mayo de 2026, 10:02\nPara: Isabel\nAsunto: Su hora y las\n indicaciones")]
    [InlineData("From: Centro Los Aromos\nSent: Tuesday, May 5, 2026 10:02 AM\nTo: Isabel\nSubject: Su hora")]
    [InlineData("De: Centro Los Aromos\nEnviada em: terça-feira, 5 de maio de 2026 10:02\nPara: Isabel\nAssunto: Sua hora")]
    [InlineData("-----Mensagem original-----\nDe: Centro\nData: 5 de maio\n")]
    public void HeadersOfAQuotedMessage_EndTheReply(string headers) =>
        Assert.Equal("No podré ir.", ReplyCutter.Cut($"No podré ir.\n\n{headers}\n\nSu hora es el martes.\n¿Asistirá? Si no puede, responda CANCELAR.\n").Text);

    [Theory]
    [InlineData("Enviado desde mi iPhone")]
    [InlineData("Enviado desde mi Samsung Galaxy A54")]
    [InlineData("Enviado desde Outlook para Android<https://aka.ms/x>")]
    [InlineData("Enviado desde Correo para Windows")]
    [InlineData("Enviado desde Yahoo Mail para iPhone")]
    [InlineData("Enviado desde mi celular, disculpe las faltas")]
    [InlineData("Enviado con Aqua Mail para Android\nhttps://www.mobisystems.com/aqua-mail")]
    [InlineData("Enviado do meu iPhone")]
    [InlineData("Obtener Outlook para iOS<https://aka.ms/x>")]
    [InlineData("Sent from my Huawei phone")]
    [InlineData("Get Outlook for Android")]
    [InlineData("--\nIsabel Contreras\n+56 9 5555 5555")]
    [InlineData("-- \nIsabel Contreras")]
    [InlineData("AVISO LEGAL: este mensaje es confidencial y sólo para su destinatario.\nSi lo recibió por error, bórrelo.")]
    [InlineData("Este mensaje y sus adjuntos son confidenciales y van dirigidos exclusivamente a su destinatario.")]
    [InlineData("Libre de virus. www.avast.com")]
    [InlineData("_______________________________________________\nlista-vecinos mailing list\nlista@vecinos.example")]
    public void SignaturesAndFooters_AreNoPartOfTheReply(string footer)
    {
        Assert.Equal("Confirmo, gracias", ReplyCutter.Cut($"Confirmo, gracias\n\n{footer}\n").Text);
        Assert.Equal("Confirmo, gracias", ReplyCutter.Cut($"Confirmo, gracias\n\n{footer}\n\nEl 05-05-2026 a las 10:02, Centro escribió:\n{Question}").Text);
    }

    [Theory]
    [InlineData("El martes 24 mi hija escribió: que vamos las dos.\nAsí que sí.")]
    [InlineData("El doctor me escribió:\nvenga el lunes a las 9:00.\nPor eso pregunto.")]
    [InlineData("El 3 de mayo a las 10:00 mi marido les escribió:\nque no podía.\nAhora sí puede.")]
    [InlineData("Asunto: me equivoqué de día.\nVoy el miércoles.")]
    [InlineData("Para: mi mamá, no para mí.\nElla confirma.")]
    [InlineData("Puedo:\n- martes\n- jueves\n\nDe: 9 a 12")]
    [InlineData("Enviado desde mi celular, confirmo la hora")]
    [InlineData("Nombre: Isabel\nRut: 1-9\nFecha: martes 12\nPara: doctora Soto\nAsunto: confirmo")]
    [InlineData("El 5 de mayo de 2026 a las 10:02, la doctora Soto me escribió:\nque fuera en ayunas.\nConfirmo.")]
    [InlineData("Mi correo es isabel@ejemplo.cl:\nconfirmo.")]
    [InlineData("5 > 3, así que voy")]
    [InlineData("El lunes no puedo:\ntrabajo hasta las 18:00.")]
    [InlineData("Confirmo.\n\nSaludos,\nIsabel Contreras")]
    public void Prose_ThatLooksLikeAHeader_Stays(string text) => Assert.Equal(text, ReplyCutter.Cut(text).Text);

    [Fact]
    public void AttributionAndQuote_OnOneLine_EndTheReply() =>
        Assert.Equal("Voy", ReplyCutter.Cut("Voy\n\nEnviado desde Yahoo Mail para Android \n \n  El mar., may. 5, 2026 a la(s) 10:02 a. m., Centro<c@x.cl> escribió:   Su hora es el martes.\n¿Asistirá? Si no puede, responda CANCELAR.\n").Text);

    [Fact]
    public void Interleaved_AnswersAreSeveralPiecesWithTheirSpans()
    {
        const string Text = "Hola, respondo abajo:\r\n\r\nEl 05-05-2026 a las 10:02, Centro escribió:\r\n> ¿Asistirá?\r\nSí\r\n\r\n> ¿Necesita silla de ruedas?\r\n\r\nNo, gracias\r\n\r\n> Saludos\r\n";

        var cut = ReplyCutter.Cut(Text);

        Assert.Equal("Hola, respondo abajo:\nSí\nNo, gracias", cut.Text);
        Assert.Equal(["Hola, respondo abajo:", "Sí", "No, gracias"], cut.Pieces.Select(piece => cut.Body.Substring(piece.Start, piece.Length)));
        Assert.Contains("¿Asistirá?", cut.Quoted, StringComparison.Ordinal);
    }

    [Fact]
    public void BottomPosting_KeepsWhatStandsBelowTheQuote()
    {
        Assert.Equal("Sí, ahí estaré", ReplyCutter.Cut($"El 05-05-2026 a las 10:02, Centro escribió:\n{Question}\nSí, ahí estaré\n").Text);
        Assert.Equal("Sí, ahí estaré", ReplyCutter.Cut($"{Question}\nSí, ahí estaré\n").Text);
    }

    [Fact]
    public void AnswersWithinAQuoteBelowASignature_AreKept() =>
        Assert.Equal("Ver abajo\nSí", ReplyCutter.Cut("Ver abajo\n\n-- \nIsabel\n\nEl 05-05-2026 a las 10:02, Centro escribió:\n> ¿Asistirá?\n\nSí\n\n> Saludos\n").Text);

    [Theory]
    [InlineData("> ¿Asistirá? Si no puede, responda CANCELAR.")]
    [InlineData("El 05-05-2026 a las 10:02, Centro <c@x.cl> escribió:\n> ¿Asistirá?\n")]
    [InlineData("---------- Forwarded message ---------\nDe: Centro <c@x.cl>\nDate: mar, 5 may 2026\nSubject: Su hora\nTo: <i@x.cl>\n\nCancelo mi hora")]
    [InlineData("Enviado desde mi iPhone\n\n> El 05-05-2026, a la(s) 10:02, Centro <c@x.cl> escribió:\n> \n> ¿Asistirá?")]
    [InlineData("")]
    public void NothingAdded_IsSaid(string text) => Assert.True(ReplyCutter.Cut(text).AddedNothing);

    [Fact]
    public void Pieces_AlwaysStandInTheBodyInOrder()
    {
        var random = new Random(7);
        string[] lines = ["Sí", "", "> cita", "El 05-05-2026 a las 10:02, Centro escribió:", "De: a", "Para: b", "Asunto: c", "-- ", "Enviado desde mi iPhone", "no puedo", "| x", "escribió:", "<a@b.cl>", "  texto  ", "____"];
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 12)).Select(_ => lines[random.Next(lines.Length)]));
            var cut = ReplyCutter.Cut(text);
            Assert.Equal(cut.Text, string.Join('\n', cut.Pieces.Select(piece => cut.Body.Substring(piece.Start, piece.Length))));
            Assert.True(cut.Pieces.Zip(cut.Pieces.Skip(1)).All(pair => pair.First.End < pair.Second.Start), text);
            if (!cut.AddedNothing)
            {
                Assert.DoesNotContain("> cita", cut.Text, StringComparison.Ordinal);
            }
        }
    }
}
