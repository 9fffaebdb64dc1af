using System.Text.Json;
using ChatAgent.Tests;

namespace ChatAgent.Email.Tests;

/// <summary>Whole mails as the programs of Spanish writers make them (Fixtures/*.eml), written from knowledge of their formats; no captured mail.</summary>
public sealed class MailFixtureTests
{
    public static TheoryData<string> Files { get; } = [.. Index().Select(row => row.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_MailOfAClient_SaysWhatItsWriterAdded(string file)
    {
        var want = Index().Single(row => row.GetProperty("file").GetString() == file);

        var mail = MailReader.Read(File.ReadAllBytes(Path.Combine(Folder, file)));

        if (want.TryGetProperty("reply", out var reply))
        {
            Assert.Equal(reply.GetString(), mail.Reply.Text);
            Assert.Equal(mail.Reply.Text, string.Join('\n', mail.Reply.Pieces.Select(piece => mail.Reply.Body.Substring(piece.Start, piece.Length))));
        }

        Assert.Equal(want.TryGetProperty("nothing", out _), mail.Calendar is null && mail.Bounces.Count == 0 && mail.Reply.AddedNothing);
        Assert.Equal(want.TryGetProperty("automatic", out _) || want.TryGetProperty("bounce", out _), mail.IsAutomatic);
        Assert.Equal(want.TryGetProperty("calendar", out var calendar) ? calendar.GetString() : null, mail.Calendar is { } found ? $"{found.Method} {found.ParticipationStatus}" : null);
        Assert.Equal(want.TryGetProperty("bounce", out var bounce) ? bounce.GetString() : null, mail.Bounces is [var report, ..] ? $"{report.Kind} {report.Status} {report.Reason}" : null);
        if (mail.Bounces.Count > 0)
        {
            Assert.Equal(("isabel.contreras@correo.example", "<ask-1.7@losaromos.example>"), (mail.Bounces[0].Recipient, mail.ReportedMessageId));
        }
    }

    private static string Folder => Path.Combine(Repository.Root, "tests", "ChatAgent.Tests", "Email", "Fixtures");

    private static List<JsonElement> Index() => [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "fixtures.json"))).RootElement.EnumerateArray()];
}
