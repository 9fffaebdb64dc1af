namespace ChatAgent.Neural;

/// <summary>Shape of a <see cref="RecurrentStack"/> and what is dropped in it while training.</summary>
public sealed record RecurrentStackOptions
{
    /// <summary>What the layers are.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>E, numbers of each step's input, 1 or more.</summary>
    public required int Inputs { get; init; }

    /// <summary>H, numbers of state in each layer and direction, 1 or more.</summary>
    public int Hidden { get; init; } = 200;

    /// <summary>Layers, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Each layer runs in both directions and gives both outputs, 2H.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>From the second layer on a layer's input is added to its output (He et al. 2016; Wu et al. 2016, arXiv:1609.08144, section 3.1).</summary>
    public bool Residual { get; init; }

    /// <summary>Share zeroed of the first layer's input, 0 to below 1.</summary>
    public float InputDropout { get; init; }

    /// <summary>Share zeroed of what goes from layer to layer, 0 to below 1.</summary>
    public float LayerDropout { get; init; }

    /// <summary>Share zeroed of the last layer's output, 0 to below 1.</summary>
    public float OutputDropout { get; init; }

    /// <summary>One mask for all steps of a pass, rather than one a step.</summary>
    public bool Variational { get; init; }

    /// <summary>Share zeroed of each layer's recurrent weights, 0 to below 1.</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>Numbers of each step's output: H, or 2H in both directions.</summary>
    public int Outputs => Bidirectional ? 2 * Hidden : Hidden;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size or share is outside its range.</exception>
    internal static void Require(RecurrentStackOptions options)
    {
        if (options is not
            {
                Inputs: >= 1, Hidden: >= 1, Layers: >= 1, InputDropout: >= 0f and < 1f, LayerDropout: >= 0f and < 1f, OutputDropout: >= 0f and < 1f, RecurrentDropout: >= 0f and < 1f,
            })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "every size must be at least 1, every dropout 0 to below 1");
        }
    }
}
