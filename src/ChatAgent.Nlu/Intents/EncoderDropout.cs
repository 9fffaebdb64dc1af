namespace ChatAgent.Nlu.Intents;

/// <summary>Shares that are left out while training, and the chance by which they are chosen.</summary>
internal sealed class EncoderDropout(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Elements of word vectors.</summary>
    public float Inputs { get; init; } = 0.2f;

    /// <summary>Elements of the pooled vector.</summary>
    public float Pooled { get; init; } = 0.4f;

    /// <summary>Whole words' own vectors: their pieces remain, so that unseen words are learnt too.</summary>
    public float Words { get; init; } = 0.15f;

    public bool Next(float share) => (Bits() >> 40) < (ulong)(share * (1 << 24));

    /// <summary>Fills a mask with 0 (left out) and 1/(1 − share).</summary>
    public void Fill(Span<float> mask, float share)
    {
        // Sixteen bits an element are plenty for shares of a few tenths.
        var limit = (uint)(share * 65536);
        var kept = 1f / (1f - share);
        var bits = 0UL;
        for (var i = 0; i < mask.Length; i++)
        {
            bits = (i & 3) == 0 ? Bits() : bits >> 16;
            mask[i] = (bits & 0xFFFF) < limit ? 0f : kept;
        }
    }

    // SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195.
    private ulong Bits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
