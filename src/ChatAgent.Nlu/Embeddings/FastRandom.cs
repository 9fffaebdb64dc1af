namespace ChatAgent.Nlu.Embeddings;

/// <summary>xorshift64* (Vigna 2016): a few cycles a number, for the inner loops of training. The same seed gives the same numbers.</summary>
internal struct FastRandom
{
    private ulong _state;

    public FastRandom(int seed, int stream)
    {
        // splitmix64 spreads neighbouring seeds; the state must not be zero.
        var z = ((ulong)(uint)seed << 32 | (uint)stream) + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        _state = (z ^ (z >> 31)) | 1UL;
    }

    /// <summary>32 random bits.</summary>
    public uint Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (uint)((_state * 0x2545F4914F6CDD1DUL) >> 32);
    }

    /// <summary>0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(((ulong)Next() * (uint)limit) >> 32);

    /// <summary>0 to below 1.</summary>
    public float NextSingle() => (Next() >> 8) * (1f / (1 << 24));
}
