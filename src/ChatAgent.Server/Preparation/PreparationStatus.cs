using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Server.Preparation;

/// <summary>How far the host is on its way to answering; written by <see cref="BotPreparation"/>, read by pages and probes.</summary>
internal sealed class PreparationStatus
{
    private volatile TrainingProgress? _progress;
    private volatile bool _isReady;

    /// <summary>Whether the agent understands and answers.</summary>
    public bool IsReady => _isReady;

    /// <summary>The training that goes on; null when none does.</summary>
    public TrainingProgress? Progress => _progress;

    public void Report(TrainingProgress? progress) => _progress = progress;

    public void SetReady() => _isReady = true;

    /// <summary>One line for a probe.</summary>
    public string Describe() => Progress is { } progress
        ? string.Create(CultureInfo.InvariantCulture, $"{progress.Stage}: {progress.Fraction:P0}")
        : IsReady ? "ready" : "starting";
}
