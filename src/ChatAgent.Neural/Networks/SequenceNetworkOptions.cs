namespace ChatAgent.Neural;

/// <summary>Sizes of a <see cref="SequenceClassifier"/> or a <see cref="SequenceTagger"/>.</summary>
public sealed record SequenceNetworkOptions
{
    /// <summary>V, rows of the embedding: words and pieces together, 1 or more.</summary>
    public required int Features { get; init; }

    /// <summary>C, classes of a sequence or labels of a step, 1 or more.</summary>
    public required int Classes { get; init; }

    /// <summary>What the recurrent layers are.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>E, numbers of a row, 1 or more.</summary>
    public int Embedding { get; init; } = 100;

    /// <summary>H, numbers of state in each layer and direction, 1 or more.</summary>
    public int Hidden { get; init; } = 100;

    /// <summary>Recurrent layers, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Each layer runs in both directions.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>From the second layer on a layer's input is added to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>Share zeroed of what goes into, between and out of the recurrent layers while training, 0 to below 1.</summary>
    public float Dropout { get; init; } = 0.3f;

    /// <summary>One dropout mask for all steps.</summary>
    public bool Variational { get; init; } = true;

    /// <summary>Share zeroed of the recurrent weights while training, 0 to below 1.</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>Share of steps whose first row is <see cref="Unknown"/>'s instead while training, so that unknown words and pieces are learnt; 0 to below 1.</summary>
    public float WordDropout { get; init; }

    /// <summary>The row of words that are not known.</summary>
    public int Unknown { get; init; }

    /// <summary>A classifier's way from all steps to one vector.</summary>
    public SequencePooling Pooling { get; init; } = SequencePooling.Attention;

    /// <summary>A tagger's labels are chosen together by a <see cref="CrfLayer"/>, else each for itself.</summary>
    public bool Crf { get; init; } = true;

    internal RecurrentStackOptions Stack => new()
    {
        Cell = Cell, Inputs = Embedding, Hidden = Hidden, Layers = Layers, Bidirectional = Bidirectional, Residual = Residual,
        InputDropout = Dropout, LayerDropout = Dropout, OutputDropout = Dropout, Variational = Variational, RecurrentDropout = RecurrentDropout,
    };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size or share is outside its range.</exception>
    internal static void Require(SequenceNetworkOptions options)
    {
        if (options is not { Features: >= 1, Classes: >= 1, Embedding: >= 1, Hidden: >= 1, Layers: >= 1, WordDropout: >= 0f and < 1f } || (uint)options.Unknown >= (uint)options.Features)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "every size must be at least 1, every dropout 0 to below 1, the unknown row one of the rows");
        }

        RecurrentStackOptions.Require(options.Stack);
    }
}
