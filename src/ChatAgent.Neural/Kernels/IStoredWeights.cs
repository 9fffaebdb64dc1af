using System.Runtime.CompilerServices;

namespace ChatAgent.Neural;

/// <summary>How two terms of a panel's two vectors lie in a <see cref="DecodingMatrix"/>, and how they become floats.</summary>
internal unsafe interface IStoredWeights<TWide, TVector>
    where TWide : IWide<TVector>
    where TVector : struct
{
    /// <summary>Vectors of words that two terms take.</summary>
    static abstract int VectorsPerPair { get; }

    /// <summary>First term, first vector.</summary>
    static abstract TVector Left(uint* pair);

    /// <summary>First term, second vector.</summary>
    static abstract TVector Right(uint* pair);

    /// <summary>Second term, first vector.</summary>
    static abstract TVector NextLeft(uint* pair);

    /// <summary>Second term, second vector.</summary>
    static abstract TVector NextRight(uint* pair);
}

/// <summary>Floats, in the order in which they are read.</summary>
internal readonly unsafe struct StoredSingles<TWide, TVector> : IStoredWeights<TWide, TVector>
    where TWide : IWide<TVector>
    where TVector : struct
{
    public static int VectorsPerPair => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Left(uint* pair) => TWide.Load((float*)pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Right(uint* pair) => TWide.Load((float*)pair + TWide.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NextLeft(uint* pair) => TWide.Load((float*)pair + (2 * TWide.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NextRight(uint* pair) => TWide.Load((float*)pair + (3 * TWide.Count));
}

/// <summary>A word holds the bfloat16 of the first vector below that of the second, so that one shift and one mask widen them, at every width alike.</summary>
internal readonly unsafe struct StoredHalves<TWide, TVector> : IStoredWeights<TWide, TVector>
    where TWide : IWide<TVector>
    where TVector : struct
{
    public static int VectorsPerPair => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Left(uint* pair) => TWide.LowHalves(pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Right(uint* pair) => TWide.HighHalves(pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NextLeft(uint* pair) => TWide.LowHalves(pair + TWide.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NextRight(uint* pair) => TWide.HighHalves(pair + TWide.Count);
}
