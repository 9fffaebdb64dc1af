namespace ChatAgent.Neural;

/// <summary>Changes the parameters by their gradients.</summary>
public interface IOptimizer
{
    /// <summary>Steps taken.</summary>
    long Steps { get; }

    /// <summary>One step over the whole set; gradients are left as they are.</summary>
    /// <param name="learningRate">Of this step, so that a schedule stays outside.</param>
    void Step(float learningRate);

    /// <summary>What a checkpoint must keep beside the parameters: names and runs as long as the set.</summary>
    IReadOnlyList<(string Name, float[] Values)> State { get; }

    /// <summary>Goes on from a checkpoint whose runs were copied into <see cref="State"/>.</summary>
    void Resume(long steps);
}
