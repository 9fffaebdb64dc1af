using ChatAgent.Nlg;
using ChatAgent.Store;
using ChatAgent.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Dialogs.Tests;

/// <summary>The walk of a message over the real store, with scripted understanding.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private const string Id = "conversation-1";

    private static readonly BotDefinition Clinic = DialogLoader.Load(Path.Combine(Repository.Root, "dialogs", "clinic"));

    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-agent-").FullName;
    private readonly ScriptedNlu _nlu = new ScriptedNlu().Knows("¿a qué hora abren?", "ask_hours").Knows("hola", "greet").Knows("hablar con alguien", "ask_human");
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 4, 25, 14, 0, 0, TimeSpan.Zero));
    private SqliteConversationStore _store = null!;
    private Agent _agent = null!;

    public async Task InitializeAsync()
    {
        _store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(_folder, "test.db") }, _time, CancellationToken.None);
        var bundle = new Bundle("test", _nlu, new DialogPolicy(Clinic), new ReplyGenerator(new WrittenWordings(Clinic.Responses)), Clinic);
        _agent = new Agent(_store, new BundleHolder(bundle), new EmptyAgenda(), new AgentOptions(), _time, NullLogger<Agent>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task RunTurnAsync_Question_CommitsTheReplyAndItsRecord()
    {
        await SayAsync("¿a qué hora abren?");

        var outcome = await _agent.RunTurnAsync(Id, CancellationToken.None);

        Assert.NotNull(outcome);
        Assert.Equal(["inform_hours", "inform_hours"], outcome.Step.Acts.Select(act => act.Name));
        var log = await _store.ReadLogAsync(Id, 0, Audience.Client, 10, CancellationToken.None);
        Assert.Equal([Author.Client, Author.Bot], log.Select(entry => entry.Author));
        Assert.Contains("lunes a viernes de 8:00 a 20:00", log[1].Text, StringComparison.Ordinal);
        Assert.Null(await _agent.RunTurnAsync(Id, CancellationToken.None));
    }

    [Fact]
    public async Task RunTurnAsync_SeveralMessages_AreReadTogether()
    {
        await SayAsync("hola");
        await SayAsync("¿a qué hora abren?");

        await _agent.RunTurnAsync(Id, CancellationToken.None);

        Assert.Equal("hola\n¿a qué hora abren?", Assert.Single(_nlu.Asked).Text);
    }

    [Fact]
    public async Task RunTurnAsync_OperatorHoldsIt_SaysNothing()
    {
        await SayAsync("hola");
        await _agent.RunTurnAsync(Id, CancellationToken.None);
        await _agent.TakeOverAsync(Id, "Carolina", CancellationToken.None);
        await SayAsync("¿a qué hora abren?");

        var outcome = await _agent.RunTurnAsync(Id, CancellationToken.None);

        Assert.Empty(outcome!.Reply.Text);
        await _agent.GiveBackAsync(Id, "Carolina", CancellationToken.None);
        await SayAsync("¿a qué hora abren?");
        Assert.NotEmpty((await _agent.RunTurnAsync(Id, CancellationToken.None))!.Reply.Text);
    }

    [Fact]
    public async Task ReadStateAsync_WholeLogFolded_EqualsTheSnapshot()
    {
        foreach (var text in new[] { "hola", "¿a qué hora abren?", "xyz", "hablar con alguien" })
        {
            await SayAsync(text);
            await _agent.RunTurnAsync(Id, CancellationToken.None);
        }

        var log = await _store.ReadLogAsync(Id, 0, Audience.Internal, 100, CancellationToken.None);
        var head = await _store.FindConversationAsync(Id, CancellationToken.None);

        Assert.Equal(head!.Snapshot, ConversationState.Fold(null, log).ToJson());
        Assert.Equal(Holder.WaitingForOperator, (await _agent.ReadStateAsync(Id, CancellationToken.None))!.Holder);
    }

    [Fact]
    public async Task ExplainAsync_SameBundle_ComesOutEqual()
    {
        await SayAsync("¿a qué hora abren?");
        var outcome = await _agent.RunTurnAsync(Id, CancellationToken.None);

        var explanation = await _agent.ExplainAsync(Id, outcome!.Sequence, CancellationToken.None);

        Assert.True(explanation!.IsEqual);
        Assert.Equal(outcome.Reply.Text, explanation.Reply!.Text);
    }

    [Theory]
    [InlineData(ConversationEvents.PersonIdentified, """{"patientId":"p-1","firstName":"Rodrigo","appointmentId":"a-1","how":"link"}""")]
    [InlineData(ConversationEvents.Turn, "{}")]
    [InlineData(ConversationEvents.OperatorJoined, """{"name":"Carolina"}""")]
    public async Task AcceptAsync_ClientNamesAnEventOfTheHouse_ChangesNothing(string kind, string payload)
    {
        await SayAsync("hola");
        await _agent.RunTurnAsync(Id, CancellationToken.None);
        var before = (await _agent.ReadStateAsync(Id, CancellationToken.None))!.ToJson();
        var forged = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = kind, Payload = payload };

        await _agent.AcceptAsync(new IncomingActivity { Channel = "terminal", Account = "visitor", ConversationId = Id, Entry = forged }, CancellationToken.None);

        Assert.Equal(before, (await _agent.ReadStateAsync(Id, CancellationToken.None))!.ToJson());
    }

    private Task<Accepted> SayAsync(string text) => _agent.AcceptAsync(
        new IncomingActivity
        {
            Channel = "terminal",
            Account = "visitor",
            ConversationId = Id,
            Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = ConversationEvents.Message, Text = text, IsInput = true },
        },
        CancellationToken.None);
}
