using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Email;
using ChatAgent.Email.Tests;
using ChatAgent.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Mailroom.Tests;

/// <summary>Mails from a mailbox and a folder to the agenda: each is taken, none twice, whatever breaks in between.</summary>
public sealed class MailInletTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    [Fact]
    public async Task TakeMailbox_AnswerWaits_ConfirmsAndIsMarkedAfterwards()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await using var server = new ScriptedImapServer();
        var (thread, question) = await box.AskAsync("a-rodrigo");
        server.Add(Delivered(box.Answer(question, "Sí, confirmo")));

        Assert.Equal(1, await TakeAsync(box, server));

        Assert.Equal([1L], server.Seen);
        await box.WorkAsync(thread);
        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
        Assert.Equal(0, await TakeAsync(box, server));
    }

    [Theory]
    [InlineData("STORE")]
    [InlineData("FETCH")]
    [InlineData("SEARCH")]
    public async Task TakeMailbox_ConnectionBreaks_TakesTheRestAndNoneTwice(string step)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await using var server = new ScriptedImapServer { HangsUpAt = step };
        var (thread, question) = await box.AskAsync("a-rodrigo");
        server.Add(Delivered(box.Answer(question, "¿Dónde queda?")));
        server.Add(Delivered(box.Answer(question, "Sí, confirmo")));

        await Assert.ThrowsAsync<ImapException>(() => TakeAsync(box, server));
        await TakeAsync(box, server);

        Assert.Equal([1L, 2L], server.Seen);
        await box.WorkAsync(thread);
        var said = await box.Store.ReadLogAsync(thread.ConversationId, 0, Audience.Internal, 100, CancellationToken.None);
        Assert.Equal(["¿Dónde queda?", "Sí, confirmo"], said.Where(entry => entry is { Kind: "message", Author: Author.Client }).Select(entry => entry.Text));
    }

    [Fact]
    public async Task TakeMailbox_FirstTime_LeavesSeenMailsAlone_ThenTheNumberDecides()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await using var server = new ScriptedImapServer();
        server.Add("Subject: old\r\n\r\nx"u8.ToArray(), isSeen: true);
        Assert.Equal(0, await TakeAsync(box, server));

        // A person looked at it in the mailbox before us.
        var (_, question) = await box.AskAsync("a-rodrigo");
        server.Add(Delivered(box.Answer(question, "Sí, confirmo")), isSeen: true);
        Assert.Equal(1, await TakeAsync(box, server));
    }

    [Fact]
    public async Task TakeMailbox_NumberedAnew_TakesWhatIsNewOnce()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await using var server = new ScriptedImapServer();
        var (thread, question) = await box.AskAsync("a-rodrigo");
        server.Add(Delivered(box.Answer(question, "¿Dónde queda?")));
        await TakeAsync(box, server);
        server.Add(Delivered(box.Answer(question, "Sí, confirmo")));
        server.Renumber();

        await TakeAsync(box, server);
        server.Add(Delivered(box.Answer(question, "¿Y cómo pago?")));
        await TakeAsync(box, server);

        var said = await box.Store.ReadLogAsync(thread.ConversationId, 0, Audience.Internal, 100, CancellationToken.None);
        Assert.Equal(["¿Dónde queda?", "Sí, confirmo", "¿Y cómo pago?"], said.Where(entry => entry is { Kind: "message", Author: Author.Client }).Select(entry => entry.Text));
    }

    [Fact]
    public async Task TakeFolder_AnswerIsDropped_IsTakenOnce()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var folder = Directory.CreateTempSubdirectory("chatagent-inbox-").FullName;
        try
        {
            var (thread, question) = await box.AskAsync("a-rodrigo");
            Directory.CreateDirectory(Path.Combine(folder, "new"));
            var mail = Delivered(box.Answer(question, "No podré ir, anulen mi hora"));
            await File.WriteAllBytesAsync(Path.Combine(folder, "new", "1"), mail);
            var inlet = new MailInlet(box.Intake, box.Store, NullLogger<MailInlet>.Instance);

            Assert.Equal(1, await inlet.TakeAsync(new FolderInbox(folder, TimeProvider.System), CancellationToken.None));

            // The host was killed before it moved the file.
            await File.WriteAllBytesAsync(Path.Combine(folder, "new", "1"), mail);
            Assert.Equal(1, await inlet.TakeAsync(new FolderInbox(folder, TimeProvider.System), CancellationToken.None));
            Assert.Single(await box.WorkAsync(thread));
            Assert.Equal(AppointmentStatus.Declined, await box.StatusOfAsync("a-rodrigo"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> TakeAsync(Postbox box, ScriptedImapServer server)
    {
        await using var mailbox = await ImapConnection.OpenAsync(server.Options, null, CancellationToken.None);
        return await new MailInlet(box.Intake, box.Store, NullLogger<MailInlet>.Instance).TakeAsync(mailbox, server.Options, box.Time.GetUtcNow(), CancellationToken.None);
    }

    /// <summary>The mail as a mailbox has it: the envelope is in a header.</summary>
    private static byte[] Delivered(ReceivedMail mail) => [.. System.Text.Encoding.ASCII.GetBytes($"Delivered-To: {mail.EnvelopeTo[0]}\r\n"), .. mail.Raw.Span];
}
