using ChatAgent.Server.Operator;

namespace ChatAgent.Server.Tests.Operator;

public sealed class LoginGuardTests
{
    private readonly Clock _clock = new();
    private readonly LoginGuard _guard;

    public LoginGuardTests() => _guard = new LoginGuard(_clock);

    [Fact]
    public void Begin_FiveFailures_LocksTheNameForThatAddressOnly()
    {
        Fail(5, "ana", "10.0.0.1");

        Assert.Equal(TimeSpan.FromMinutes(1), _guard.Begin("ANA ", "10.0.0.1"));
        Assert.Null(_guard.Begin("ana", "10.0.0.2"));
        Assert.Null(_guard.Begin("eva", "10.0.0.1"));
    }

    [Fact]
    public void Begin_FurtherFailures_DoublesUpToAQuarterOfAnHour()
    {
        Fail(5, "ana", "10.0.0.1");
        foreach (var minutes in (int[])[1, 2, 4, 8, 15, 15])
        {
            var wait = TimeSpan.FromMinutes(minutes);
            Assert.Equal(wait, _guard.Begin("ana", "10.0.0.1"));
            _clock.Now += wait;
            Fail(1, "ana", "10.0.0.1");
        }
    }

    [Fact]
    public void Begin_ABurstBeforeAnyPasswordIsChecked_GetsNoMoreTries()
    {
        var begun = Enumerable.Range(0, 50).Count(_ => _guard.Begin("ana", "10.0.0.1") is null);

        Assert.Equal(5, begun);
    }

    [Fact]
    public void Begin_ManyNamesFromOneAddress_LocksTheAddress()
    {
        for (var name = 0; name < 20; name++)
        {
            Fail(1, $"name{name}", "10.0.0.1");
        }

        Assert.NotNull(_guard.Begin("somebody-else", "10.0.0.1"));
    }

    [Fact]
    public void Succeed_ManyTimesFromOneAddress_NeverLocksIt()
    {
        for (var entry = 0; entry < 100; entry++)
        {
            Assert.Null(_guard.Begin("ana", "10.0.0.1"));
            _guard.Succeed("ana", "10.0.0.1");
        }
    }

    [Fact]
    public void Begin_TimePassesOrTheRightPassword_Forgets()
    {
        Fail(5, "ana", "10.0.0.1");
        _clock.Now += TimeSpan.FromSeconds(61);
        Assert.Null(_guard.Begin("ana", "10.0.0.1"));

        Fail(4, "eva", "10.0.0.1");
        _guard.Begin("eva", "10.0.0.1");
        _guard.Succeed("eva", "10.0.0.1");
        Fail(4, "eva", "10.0.0.1");
        Assert.Null(_guard.Begin("eva", "10.0.0.1"));
    }

    private void Fail(int times, string name, string address)
    {
        for (var time = 0; time < times; time++)
        {
            Assert.Null(_guard.Begin(name, address));
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 4, 20, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
