namespace ChatAgent.Nlu.Intents;

/// <summary>What the encoder's backward pass needs of the forward pass, and room for both; grows as needed and is used again.</summary>
/// <remarks>Not thread-safe: one a thread.</remarks>
internal sealed class EncoderTape
{
    /// <summary>First row in X of each utterance, and after the last one the number of rows.</summary>
    public int[] Offsets = [];

    /// <summary>Word vectors after dropout, N×E, and their masks.</summary>
    public float[] X = [];
    public float[] XMask = [];

    /// <summary>Each word between its neighbours, N×3E.</summary>
    public float[] Windows = [];

    /// <summary>Filters after the rectifier, N×H.</summary>
    public float[] A = [];

    /// <summary>Row of A in which each filter was largest, S×H.</summary>
    public int[] Largest = [];

    /// <summary>Pooled after dropout, S×P, and the masks.</summary>
    public float[] Pooled = [];
    public float[] PooledMask = [];

    /// <summary>Projection S×K, its unit vectors, and the cosines to the prototypes S×C.</summary>
    public float[] Z = [];
    public float[] Unit = [];
    public float[] Cosines = [];

    public float[] DUnit = [];
    public float[] DZ = [];
    public float[] DPooled = [];
    public float[] DA = [];
    public float[] DWindows = [];
    public float[] DX = [];

    /// <summary>Gradients of this tape's share of a batch, in the order of the network's parameters.</summary>
    public float[] Gradients = [];

    /// <summary>Whether a word's own vector was left out, by row of X.</summary>
    public bool[] WordDropped = [];

    public static Span<float> Sized(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length + (length / 4)];
        }

        return buffer.AsSpan(0, length);
    }

    public static Span<int> Sized(ref int[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new int[length + (length / 4)];
        }

        return buffer.AsSpan(0, length);
    }
}
