using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

/// <summary>Tests that turn the wider vectors off run alone: the width is the process's.</summary>
[CollectionDefinition(nameof(VectorWidths), DisableParallelization = true)]
public sealed class VectorWidths
{
    /// <summary>The widths that this machine runs, widest first, and 0 for the plain loop.</summary>
    public static TheoryData<int> OfThisMachine => [.. new[] { 512, 256, 128, 0 }.Where(width => width <= Kernels.WidestOfMachine)];

    /// <summary>Lowers the width until disposed.</summary>
    internal static IDisposable Use(int width) => new Lowered(width);

    private sealed class Lowered : IDisposable
    {
        public Lowered(int width) => Kernels.Width = width;

        public void Dispose() => Kernels.Width = Kernels.WidestOfMachine;
    }
}
