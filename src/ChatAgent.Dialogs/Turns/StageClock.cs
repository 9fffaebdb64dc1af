using System.Diagnostics.Metrics;

namespace ChatAgent.Dialogs;

/// <summary>Times the stages of one turn, and tells the meter.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private readonly List<TimeSpan> _stages = [];
    private long _since = time.GetTimestamp();

    /// <summary>Ends a stage and begins the next.</summary>
    public void Mark()
    {
        var now = time.GetTimestamp();
        _stages.Add(time.GetElapsedTime(_since, now));
        _since = now;
    }

    /// <summary>After claim, parse, decide, generate and commit were marked.</summary>
    public TurnLatency ToLatency() => new(_stages[0], _stages[1], _stages[2], _stages[3], _stages[4]);
}

/// <summary>The meter "ChatAgent.Dialogs".</summary>
internal static class TurnMetrics
{
    private static readonly Meter Meter = new("ChatAgent.Dialogs");

    private static readonly Histogram<double> Stage = Meter.CreateHistogram<double>("chatagent.turn.stage", "ms", "Time of one stage of a turn");

    private static readonly Histogram<double> Answer = Meter.CreateHistogram<double>("chatagent.turn.answer", "ms", "From the oldest message's arrival to the reply on disk");

    private static readonly Counter<long> Turns = Meter.CreateCounter<long>("chatagent.turns", "{turn}", "Turns on disk, by rule");

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>("chatagent.turn.conflicts", "{run}", "Runs that another came before");

    public static void Record(TurnLatency latency, TimeSpan sinceArrival, string rule)
    {
        Stage.Record(latency.Claim.TotalMilliseconds, new KeyValuePair<string, object?>("stage", "claim"));
        Stage.Record(latency.Parse.TotalMilliseconds, new KeyValuePair<string, object?>("stage", "parse"));
        Stage.Record(latency.Decide.TotalMilliseconds, new KeyValuePair<string, object?>("stage", "decide"));
        Stage.Record(latency.Generate.TotalMilliseconds, new KeyValuePair<string, object?>("stage", "generate"));
        Stage.Record(latency.Commit.TotalMilliseconds, new KeyValuePair<string, object?>("stage", "commit"));
        Answer.Record(sinceArrival.TotalMilliseconds);

        // The part before the colon: a handful of names, never a conversation's own path.
        Turns.Add(1, new KeyValuePair<string, object?>("rule", rule.Split(':', 2)[0]));
    }

    public static void RecordConflict() => Conflicts.Add(1);
}
