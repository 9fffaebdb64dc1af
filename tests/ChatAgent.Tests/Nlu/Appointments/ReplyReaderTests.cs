using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Tests.Appointments;

public sealed class ReplyReaderTests
{
    private static readonly AppointmentReplyReader _rules = new();
    private static readonly DateTimeOffset _sentAt = new(2026, 4, 25, 18, 49, 0, TimeSpan.FromHours(-4));
    private static readonly AppointmentContext _appointment = new("a1", new LocalDateTime(2026, 4, 28, 10, 45), "Paula Leiva Araya", "Medicina General", "Av. El Bosque Norte 0110, Las Condes", "Rodrigo Sandoval");

    [Theory]
    [InlineData("Si ando con ganas, voy", AppointmentIntent.Conditional)]
    [InlineData("Confirmando asistencia este martes 28 de abril a las 10:45.", AppointmentIntent.Confirm)]
    [InlineData("mañana no voy", AppointmentIntent.Decline)]
    [InlineData("no puedo faltar", AppointmentIntent.Confirm)]
    [InlineData("voy, no, espera, no voy", AppointmentIntent.Decline)]
    [InlineData("Confirmo que cancelo la hora", AppointmentIntent.Decline)]
    [InlineData("Confirmo: no asistiré", AppointmentIntent.Decline)]
    [InlineData("sin problema, ahí estaré", AppointmentIntent.Confirm)]
    [InlineData("si Dios quiere ahí estaré", AppointmentIntent.Confirm)]
    [InlineData("Si Dios quiere y mi hijo me puede llevar, iré", AppointmentIntent.Conditional)]
    [InlineData("Asistiré, cualquier problema les aviso", AppointmentIntent.Confirm)]
    [InlineData("pase lo que pase voy", AppointmentIntent.Confirm)]
    [InlineData("si consigo auto voy", AppointmentIntent.Conditional)]
    [InlineData("si mi señora no entra en trabajo de parto antes, voy", AppointmentIntent.Conditional)]
    [InlineData("Yo creo que sí", AppointmentIntent.Conditional)]
    [InlineData("yo cacho que si", AppointmentIntent.Conditional)]
    [InlineData("trataré de ir", AppointmentIntent.Conditional)]
    [InlineData("mañana le confirmo", AppointmentIntent.Conditional)]
    [InlineData("no la anule todavía, le aviso", AppointmentIntent.Conditional)]
    [InlineData("No la anule, ahí estaré", AppointmentIntent.Confirm)]
    [InlineData("ok", AppointmentIntent.Confirm)]
    [InlineData("👍🏽", AppointmentIntent.Confirm)]
    [InlineData("Muchas gracias", AppointmentIntent.Unrelated)]
    [InlineData("Recibido", AppointmentIntent.Unrelated)]
    [InlineData("sí, me llegó", AppointmentIntent.Unrelated)]
    [InlineData("Le pido que deje sin efecto mi cita", AppointmentIntent.Decline)]
    [InlineData("no puedo ir, después pido otra hora", AppointmentIntent.Decline)]
    [InlineData("¿Cómo la cambio si no puedo?", AppointmentIntent.Question)]
    [InlineData("Sí, aunque prefiero dos horas después", AppointmentIntent.Reschedule)]
    [InlineData("ok pero el jueves a las 4", AppointmentIntent.Reschedule)]
    [InlineData("Cancelo mi hora, confirmo asistencia", AppointmentIntent.Conditional)]
    [InlineData("No soy Rodrigo, este número es de otra persona", AppointmentIntent.WrongPerson)]
    [InlineData("Este buzón no se revisa. Mensaje generado por sistema.", AppointmentIntent.AutoReply)]
    public void Read_SpanishReply_RulesFindItsIntent(string text, AppointmentIntent expected) => Assert.Equal(expected, Read(text).Intent);

    [Theory]
    [InlineData("I'll be there", AppointmentIntent.Confirm)]
    [InlineData("I won't make it", AppointmentIntent.Decline)]
    [InlineData("I'll be there, no wait, I can't come", AppointmentIntent.Decline)]
    [InlineData("I'll do my best to be there", AppointmentIntent.Conditional)]
    [InlineData("If my son can drive me", AppointmentIntent.Conditional)]
    [InlineData("God willing, I'll be there", AppointmentIntent.Confirm)]
    [InlineData("Could we move it to Thursday at 4?", AppointmentIntent.Reschedule)]
    [InlineData("Thanks", AppointmentIntent.Unrelated)]
    public void Read_EnglishReply_RulesFindItsIntent(string text, AppointmentIntent expected) => Assert.Equal(expected, Read(text, Language.English).Intent);

    [Theory]
    [InlineData("¿El jueves o el viernes en la tarde?", "2026-04-30T13:00/2026-04-30T20:00 2026-05-01T13:00/2026-05-01T20:00")]
    [InlineData("La próxima semana, jueves o viernes", "2026-04-30 2026-05-01")]
    [InlineData("no puedo el martes, ¿el jueves a las 4 o a las 5?", "2026-04-30T16:00 2026-04-30T17:00")]
    [InlineData("Mejor más tarde", "2026-04-28T10:45/2026-04-28T20:00")]
    [InlineData("más temprano, a las 9", "2026-04-28T09:00")]
    [InlineData("¿la pueden adelantar media hora?", "2026-04-28T10:15")]
    [InlineData("otro día después de las 5", "T17:00/T20:00")]
    [InlineData("¿podría ser la próxima semana, pero no el lunes?", "2026-04-28/2026-05-03")]
    [InlineData("¿me la cambia a la sede de Maipú el jueves?", "")]
    public void Read_AskedForAnotherSlot_ProposesWhatTheWriterMeans(string text, string expected)
    {
        var reply = Read(text);

        Assert.Equal(AppointmentIntent.Reschedule, reply.Intent);
        Assert.Equal(expected, string.Join(' ', reply.Proposed));
    }

    [Theory]
    [InlineData("Confirmo el jueves a las 4")]
    [InlineData("Sí, nos vemos el viernes")]
    public void Read_YesToAnotherSlot_IsNeverRecordedAsYes(string text)
    {
        var rules = Read(text);
        var trained = new AppointmentReplyReader(ReplyCorpus.Model.Value).Read(text, _sentAt, _appointment, [], KnownFacts.Default, Language.Spanish);

        Assert.All([rules, trained], reply => Assert.True(reply.Abstains || reply.Intent != AppointmentIntent.Confirm));
    }

    [Theory]
    [InlineData("no voy, no quiero seguir viviendo")]
    [InlineData("sí voy pero me duele el pecho y no puedo respirar")]
    [InlineData("I'm not coming, I want to die")]
    public void Read_CrisisOrEmergency_NeedsAPerson(string text) =>
        Assert.True(Read(text, text.StartsWith('I') ? Language.English : Language.Spanish).NeedsHuman);

    [Theory]
    [InlineData("¿Dónde queda?", FactTopics.Place)]
    [InlineData("¿A qué hora era?", FactTopics.Time)]
    [InlineData("¿Con qué doctora me toca?", FactTopics.Professional)]
    [InlineData("¿Hay que llegar 15 minutos antes?", FactTopics.ArrivalMinutes)]
    [InlineData("¿Dónde compro el bono?", FactTopics.Voucher)]
    [InlineData("¿Cuánto cuesta?", FactTopics.Price)]
    [InlineData("¿Atienden por Fonasa?", FactTopics.Insurance)]
    [InlineData("¿Hay estacionamiento?", FactTopics.Parking)]
    public void Read_Question_NamesItsTopic(string text, string topic) => Assert.Contains(topic, Read(text).Topics);

    [Fact]
    public void Read_ParkingAmongTheFacts_NeedsNoPerson()
    {
        var facts = new KnownFacts(new HashSet<string>(KnownFacts.Default.Topics, StringComparer.Ordinal) { FactTopics.Parking });

        Assert.True(Read("Sí voy. ¿Hay estacionamiento?").NeedsHuman);
        Assert.False(_rules.Read("Sí voy. ¿Hay estacionamiento?", _sentAt, _appointment, [], facts, Language.Spanish).NeedsHuman);
    }

    private static AppointmentReply Read(string text, Language language = Language.Spanish) => _rules.Read(text, _sentAt, _appointment, [], KnownFacts.Default, language);

    [Fact]
    public void Read_RandomPieces_NeverThrowsAndEvidenceStaysInside()
    {
        const int seed = 4711;
        var random = new Random(seed);
        string[] pieces = ["sí", "si", "no", "voy", "puedo", "el martes", "a las", "30/02", "👍", "👍🏽", "\ud83d", "\u200b", "\u0301", "¿", "?", "\n", "> ", "--", "De: x", "Para: y", "Asunto: z", "escribió:", "El 3", "cancelar", "una hora después", "la próxima semana", "\0", "\u202e", "ñandú", "mañana", "ni", "pero", ",", "...", "1", "2", "99999999999"];
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 25)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(4) > 0 ? " " : string.Empty)));
            var language = random.Next(2) == 0 ? Language.Spanish : Language.English;
            var problem = Record.Exception(() =>
            {
                var reply = _rules.Read(text, _sentAt, _appointment, [], KnownFacts.Default, language);
                Assert.InRange(reply.Confidence, 0, 1);
                Assert.All(reply.Evidence, e => Assert.Equal(e.Text, e.Span.In(text)));
            });
            Assert.True(problem is null, $"seed {seed}, round {round}, text {text}: {problem}");
        }
    }

    [Fact]
    public void Read_HundredKilobytes_TakesBoundedTime()
    {
        var text = string.Concat(Enumerable.Repeat("no sé si el martes 30 a las 4 y media o no ", 2500));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        _rules.Read(text, _sentAt, _appointment, [], KnownFacts.Default, Language.Spanish);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    [Fact]
    public void Load_SavedModel_ReadsTheSame()
    {
        var folder = Directory.CreateTempSubdirectory("replies");
        try
        {
            var path = Path.Combine(folder.FullName, AppointmentReplyModel.FileName);
            ReplyCorpus.Model.Value.Save(path);
            var (before, after) = (new AppointmentReplyReader(ReplyCorpus.Model.Value), new AppointmentReplyReader(AppointmentReplyModel.Load(path)));
            foreach (var row in ReplyCorpus.Rows("es.dev").Take(40))
            {
                Assert.Equal(before.Read(row).Confidence, after.Read(row).Confidence);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
