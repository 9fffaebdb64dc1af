namespace ChatAgent.Nlg;

/// <summary>Seeds that belong together without being alike.</summary>
internal static class Seeds
{
    /// <summary>The seed of the act at <paramref name="index"/>; neighbouring seeds and indices give unrelated results.</summary>
    /// <remarks>The finaliser of SplitMix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", section 3.</remarks>
    public static ulong Of(ulong seed, int index)
    {
        var z = seed + (0x9E3779B97F4A7C15UL * ((ulong)index + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
