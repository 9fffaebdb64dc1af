using ChatAgent.Appointments;
using NodaTime;

namespace ChatAgent.Dialogs.Tests;

/// <summary>A conversation as a test tells it: <c>await bot.Says("…").RepliesWith("…").Has("…", "…")</c>. Nothing happens before it is awaited.</summary>
internal sealed class TestBot : IAsyncDisposable
{
    private readonly ConversationSession _session;

    private TestBot(ConversationSession session) => _session = session;

    /// <summary>Wednesday 22 April 2026, 10:00, in Santiago; the agenda is the demo's.</summary>
    public static async Task<TestBot> StartAsync(Bundle bundle, string? visitor = null)
    {
        var test = new ConversationTest { Name = "fluent", Place = "code", Now = new LocalDateTime(2026, 4, 22, 10, 0), Visitor = visitor, Steps = [] };
        var (session, _) = await ConversationSession.OpenAsync(bundle, TrainedClinic.Agenda, test, CancellationToken.None);
        return new TestBot(session);
    }

    public ConversationSession Session => _session;

    public Exchange Says(params string[] messages) => new(() => _session.SayAsync(messages, CancellationToken.None));

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    /// <summary>One message, its answer, and what is expected of it.</summary>
    internal sealed class Exchange(Func<Task<IReadOnlyList<TurnOutcome>>> run)
    {
        private readonly List<Action<IReadOnlyList<TurnOutcome>>> _expectations = [];

        public Exchange RepliesWith(params string[] acts) => Expect(outcomes => Assert.Equal(acts, outcomes.SelectMany(outcome => outcome.Step.Acts).Select(act => act.Name)));

        public Exchange Has(string slot, string value) => Expect(outcomes =>
            Assert.Contains(outcomes.SelectMany(outcome => outcome.Step.Acts), act => act.Slots.TryGetValue(slot, out var said) && said == value));

        public Exchange IsSilent() => Expect(outcomes => Assert.All(outcomes, outcome => Assert.Empty(outcome.Reply.Text)));

        public System.Runtime.CompilerServices.TaskAwaiter<IReadOnlyList<TurnOutcome>> GetAwaiter() => RunAsync().GetAwaiter();

        private Exchange Expect(Action<IReadOnlyList<TurnOutcome>> expectation)
        {
            _expectations.Add(expectation);
            return this;
        }

        private async Task<IReadOnlyList<TurnOutcome>> RunAsync()
        {
            var outcomes = await run();
            _expectations.ForEach(expectation => expectation(outcomes));
            return outcomes;
        }
    }
}
