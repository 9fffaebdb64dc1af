using ChatAgent.Tests;
using ChatAgent.Training;

namespace ChatAgent.Dialogs.Tests;

/// <summary>The clinic's bot with understanding trained on its corpus; taken from the shelf when nothing has changed since.</summary>
public sealed class TrainedClinic : IAsyncLifetime
{
    public static string Folder => Path.Combine(Repository.Root, "dialogs", "clinic");

    public static string Agenda => File.ReadAllText(Path.Combine(Folder, "agenda.json"));

    public Bundle Bundle { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var shelf = new ModelShelf(Path.Combine(Repository.Root, "data", "models"));
        var workshop = new BundleWorkshop(DialogLoader.Load(Folder), Path.Combine(Repository.Root, "corpora"), shelf);
        Bundle = await workshop.PrepareUnderstandingAsync(progress: null, CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
