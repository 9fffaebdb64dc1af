using ChatAgent.Dialogs;
using ChatAgent.Nlu;
using ChatAgent.Tests;

namespace ChatAgent.Training.Tests;

/// <summary>The example of src/ChatAgent.Training/README.md but its last line, which trains for a minute.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public async Task Example_OfTheReadme_AnswersWithWrittenWordings()
    {
        var root = RootFolder.Resolve(Repository.Root);
        var bot = DialogLoader.Load(root.ResolveBot(null));
        var workshop = new BundleWorkshop(bot, root.Corpora, new ModelShelf(root.Models));
        var understanding = await workshop.PrepareUnderstandingAsync(progress: null, CancellationToken.None);
        var bundles = new BundleHolder(understanding);

        var meaning = bundles.Current.Nlu.Parse([new Utterance("¿a qué hora abren?", new DateTimeOffset(2026, 4, 25, 14, 0, 0, TimeSpan.Zero))], ParseContext.Empty);
        Assert.Equal("ask_hours", meaning.Intent);
        Assert.Equal(understanding.Hash, (await workshop.PrepareUnderstandingAsync(progress: null, CancellationToken.None)).Hash);
        Assert.NotNull(await workshop.PrepareRepliesAsync(progress: null, CancellationToken.None));
    }
}
