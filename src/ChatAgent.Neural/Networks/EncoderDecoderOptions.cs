namespace ChatAgent.Neural;

/// <summary>Sizes of an <see cref="EncoderDecoder"/>.</summary>
public sealed record EncoderDecoderOptions
{
    /// <summary>Tokens of the source, 1 or more.</summary>
    public required int SourceVocabulary { get; init; }

    /// <summary>V, tokens of the target with those that begin and end it, 2 or more.</summary>
    public required int TargetVocabulary { get; init; }

    /// <summary>The target's token before the first.</summary>
    public required int Begin { get; init; }

    /// <summary>The target's token after the last.</summary>
    public required int End { get; init; }

    /// <summary>What the recurrent layers are.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>E, numbers per token on both sides, 1 or more.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>H, numbers of state in each layer and direction, 1 or more.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Layers of the encoder, which runs in both directions, and of the decoder; 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>How the source's steps are scored.</summary>
    public AttentionScore Attention { get; init; }

    /// <summary>From the second layer on a layer's input is added to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>Share zeroed of what goes into, between and out of the recurrent layers while training, 0 to below 1.</summary>
    public float Dropout { get; init; }

    /// <summary>The output's weight is the target embedding's; needs H = E.</summary>
    public bool Tied { get; init; }

    internal RecurrentStackOptions EncoderStack => new()
    {
        Cell = Cell, Inputs = Embedding, Hidden = Hidden, Layers = Layers, Bidirectional = true, Residual = Residual, InputDropout = Dropout, LayerDropout = Dropout, OutputDropout = Dropout,
    };

    internal RecurrentStackOptions DecoderStack => new()
    {
        Cell = Cell, Inputs = Embedding, Hidden = Hidden, Layers = Layers, Residual = Residual, InputDropout = Dropout, LayerDropout = Dropout,
    };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or tied with H ≠ E.</exception>
    internal static void Require(EncoderDecoderOptions options)
    {
        if (options is not { SourceVocabulary: >= 1, TargetVocabulary: >= 2, Embedding: >= 1, Hidden: >= 1, Layers: >= 1, Dropout: >= 0f and < 1f }
            || options.Begin == options.End || (uint)options.Begin >= (uint)options.TargetVocabulary || (uint)options.End >= (uint)options.TargetVocabulary)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "every size must be at least 1, dropout 0 to below 1, begin and end two tokens of the target");
        }

        if (options.Tied && options.Embedding != options.Hidden)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "tied needs the embedding's size to be the hidden size");
        }
    }
}
