using System.Globalization;
using ChatAgent.Nlu;
using ChatAgent.Training;

namespace ChatAgent.Benchmarks;

/// <summary>What <see cref="IntentBenchmark"/> is asked for.</summary>
internal sealed record IntentBenchmarkOptions(IReadOnlyList<string> Sets, IReadOnlyList<int> Seeds, bool IsOnDev, string Data, NluTrainingOptions Settings)
{
    public static IntentBenchmarkOptions Parse(string[] args)
    {
        var sets = new List<string>();
        int[] seeds = [1, 2, 3];
        var isOnDev = false;
        var data = Environment.GetEnvironmentVariable("CHATAGENT_DATA") is { Length: > 0 } named ? named : Path.Combine(RootFolder.Resolve(null).Path, "..", "shared", "data");
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--dev":
                    isOnDev = true;
                    break;
                case "--seeds":
                    seeds = [.. args[++i].Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];
                    break;
                case "--data":
                    data = args[++i];
                    break;
                default:
                    sets.Add(args[i]);
                    break;
            }
        }

        return new IntentBenchmarkOptions(sets, seeds, isOnDev, Path.Combine(data, "nlu", "splits"), new NluTrainingOptions());
    }
}
