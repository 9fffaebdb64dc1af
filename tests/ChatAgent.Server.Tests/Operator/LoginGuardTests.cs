using ChatAgent.Server.Operator;

namespace ChatAgent.Server.Tests.Operator;

public sealed class LoginGuardTests
{
    private readonly Clock _clock = new();
    private readonly LoginGuard _guard;

    public LoginGuardTests() => _guard = new LoginGuard(_clock);

    [Fact]
    public void LockedFor_FiveFailures_LocksTheNameForThatAddressOnly()
    {
        Fail(4, "ana", "10.0.0.1");
        Assert.Null(_guard.LockedFor("ana", "10.0.0.1"));

        Fail(1, "ANA ", "10.0.0.1");

        Assert.Equal(TimeSpan.FromMinutes(1), _guard.LockedFor("ana", "10.0.0.1"));
        Assert.Null(_guard.LockedFor("ana", "10.0.0.2"));
        Assert.Null(_guard.LockedFor("eva", "10.0.0.1"));
    }

    [Fact]
    public void LockedFor_FurtherFailures_DoublesUpToAQuarterOfAnHour()
    {
        Fail(6, "ana", "10.0.0.1");
        Assert.Equal(TimeSpan.FromMinutes(2), _guard.LockedFor("ana", "10.0.0.1"));

        Fail(40, "ana", "10.0.0.1");
        Assert.Equal(TimeSpan.FromMinutes(15), _guard.LockedFor("ana", "10.0.0.1"));
    }

    [Fact]
    public void LockedFor_ManyNamesFromOneAddress_LocksTheAddress()
    {
        for (var name = 0; name < 20; name++)
        {
            Fail(1, $"name{name}", "10.0.0.1");
        }

        Assert.NotNull(_guard.LockedFor("somebody-else", "10.0.0.1"));
    }

    [Fact]
    public void LockedFor_TimePassesOrTheRightPassword_Forgets()
    {
        Fail(5, "ana", "10.0.0.1");
        _clock.Now += TimeSpan.FromSeconds(61);
        Assert.Null(_guard.LockedFor("ana", "10.0.0.1"));

        Fail(4, "eva", "10.0.0.1");
        _guard.Succeed("eva", "10.0.0.1");
        Fail(4, "eva", "10.0.0.1");
        Assert.Null(_guard.LockedFor("eva", "10.0.0.1"));
    }

    private void Fail(int times, string name, string address)
    {
        for (var time = 0; time < times; time++)
        {
            _guard.Fail(name, address);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 4, 20, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
