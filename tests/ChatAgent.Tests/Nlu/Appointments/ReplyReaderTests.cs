using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Tests.Appointments;

public sealed class ReplyReaderTests
{
    private static readonly AppointmentReplyReader _rules = new();
    private static readonly DateTimeOffset _sentAt = new(2026, 4, 25, 18, 49, 0, TimeSpan.FromHours(-4));
    private static readonly AppointmentContext _appointment = new("a1", new LocalDateTime(2026, 4, 28, 10, 45), "Paula Leiva Araya", "Medicina General", "Av. El Bosque Norte 0110, Las Condes", "Rodrigo Sandoval");

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
