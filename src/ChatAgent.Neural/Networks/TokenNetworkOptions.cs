namespace ChatAgent.Neural;

/// <summary>Sizes of a <see cref="TokenNetwork"/>.</summary>
public sealed record TokenNetworkOptions
{
    /// <summary>What the recurrent layers are.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>V, tokens known, 1 or more.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>E, numbers per token, 1 or more.</summary>
    public int Embedding { get; init; } = 200;

    /// <summary>C, numbers that stand beside the embedding at every step: what the text is about. 0 or more.</summary>
    public int Context { get; init; }

    /// <summary>H, numbers of state in each layer, 1 or more.</summary>
    public int Hidden { get; init; } = 200;

    /// <summary>Recurrent layers, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Share zeroed of what goes into and comes out of each recurrent layer while training, 0 to below 1.</summary>
    public float Dropout { get; init; }

    /// <summary>Share zeroed of the first layer's input; null for <see cref="Dropout"/>.</summary>
    public float? InputDropout { get; init; }

    /// <summary>Share zeroed between layers; null for <see cref="Dropout"/>.</summary>
    public float? LayerDropout { get; init; }

    /// <summary>Share zeroed of the last layer's output; null for <see cref="Dropout"/>.</summary>
    public float? OutputDropout { get; init; }

    /// <summary>Share zeroed of the recurrent weights while training, 0 to below 1.</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>One dropout mask for all steps of a chunk.</summary>
    public bool Variational { get; init; }

    /// <summary>From the second layer on a layer's input is added to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>The output's weight is the embedding's; needs H = E.</summary>
    public bool Tied { get; init; }

    /// <summary>The recurrent layers.</summary>
    internal RecurrentStackOptions Stack => new()
    {
        Cell = Cell, Inputs = Embedding + Context, Hidden = Hidden, Layers = Layers, Residual = Residual, Variational = Variational, RecurrentDropout = RecurrentDropout,
        InputDropout = InputDropout ?? Dropout, LayerDropout = LayerDropout ?? Dropout, OutputDropout = OutputDropout ?? Dropout,
    };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or tied with H ≠ E.</exception>
    internal static void Require(TokenNetworkOptions options)
    {
        if (options is not { Vocabulary: >= 1, Embedding: >= 1, Context: >= 0, Hidden: >= 1, Layers: >= 1, Dropout: >= 0f and < 1f })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "every size must be at least 1 (context 0), dropout 0 to below 1");
        }

        RecurrentStackOptions.Require(options.Stack);
        if (options.Tied && options.Embedding != options.Hidden)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "tied needs the embedding's size to be the hidden size");
        }
    }
}
