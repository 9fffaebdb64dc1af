using ChatAgent.Appointments;
using ChatAgent.Store;

namespace ChatAgent.Server.Preparation;

/// <summary>Fills an empty store with the bot's demonstration agenda, and makes the link that a mail to a patient would carry.</summary>
internal sealed class DemoAgenda(HostOptions options, IConversationStore store, Agenda agenda, AgendaImporter importer, SignedLinks links, TimeProvider time)
{
    private const string FileName = "agenda.json";
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromDays(7);

    /// <summary>Reads the agenda beside the bot's files, if there is one and the store holds no appointment.</summary>
    public async Task ImportAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(options.BotFolder, FileName);
        var present = await store.ListDocumentsAsync("appointments", index: null, afterId: null, limit: 1, cancellationToken);
        if (present.Count == 0 && File.Exists(file))
        {
            await importer.ImportJsonAsync(await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        }
    }

    /// <summary>The path and query that opens the chat as the patient of the next unanswered appointment, or null without one.</summary>
    public async Task<string?> LinkAsync(CancellationToken cancellationToken)
    {
        var next = await agenda.FindNextUnansweredAsync(cancellationToken);
        var token = next is null ? null : await agenda.CreateLinkAsync(links, next.Id, time.GetUtcNow() + LinkLifetime, cancellationToken);
        return token is null ? null : $"/?cita={Uri.EscapeDataString(token)}";
    }
}
