using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ChatAgent.Neural;

/// <summary>A vector width for sums of whole numbers: weights of one byte by terms of 16 bits into 32. The sums are exact, so every width gives the same bits.</summary>
/// <remarks>A word of weights holds four bytes, from the lowest: both vectors of outputs of one term, then both of the next.</remarks>
/// <typeparam name="TVector">The machine's vector of that width; <see cref="int"/> for the plain loop.</typeparam>
internal unsafe interface IWideBytes<TVector>
    where TVector : struct
{
    /// <summary>Words in one vector.</summary>
    static abstract int Count { get; }

    /// <summary>Two terms of the first vector of outputs, 16 bits each.</summary>
    static abstract TVector Left(uint* words);

    /// <summary>Two terms of the second vector of outputs.</summary>
    static abstract TVector Right(uint* words);

    static abstract TVector Create(int value);

    /// <summary>sum + both 16-bit products of each word.</summary>
    static abstract TVector MultiplyAdd(TVector pair, TVector weights, TVector sum);

    /// <summary>As floats, rounded once.</summary>
    static abstract void Store(TVector sum, float* to);
}

internal readonly unsafe struct WideBytes512 : IWideBytes<Vector512<int>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Left(uint* words) => ((Vector512.Load(words).AsInt16() << 8) >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Right(uint* words) => (Vector512.Load(words).AsInt16() >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Create(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> pair, Vector512<int> weights, Vector512<int> sum) => Avx512BW.IsSupported
        ? sum + Avx512BW.MultiplyAddAdjacent(pair.AsInt16(), weights.AsInt16())
        : sum + (((pair << 16) >> 16) * ((weights << 16) >> 16)) + ((pair >> 16) * (weights >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, float* to) => Vector512.ConvertToSingle(sum).Store(to);
}

internal readonly unsafe struct WideBytes256 : IWideBytes<Vector256<int>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Left(uint* words) => ((Vector256.Load(words).AsInt16() << 8) >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Right(uint* words) => (Vector256.Load(words).AsInt16() >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Create(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> pair, Vector256<int> weights, Vector256<int> sum) => Avx2.IsSupported
        ? sum + Avx2.MultiplyAddAdjacent(pair.AsInt16(), weights.AsInt16())
        : sum + (((pair << 16) >> 16) * ((weights << 16) >> 16)) + ((pair >> 16) * (weights >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, float* to) => Vector256.ConvertToSingle(sum).Store(to);
}

internal readonly unsafe struct WideBytes128 : IWideBytes<Vector128<int>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Left(uint* words) => ((Vector128.Load(words).AsInt16() << 8) >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Right(uint* words) => (Vector128.Load(words).AsInt16() >> 8).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> pair, Vector128<int> weights, Vector128<int> sum) => Sse2.IsSupported
        ? sum + Sse2.MultiplyAddAdjacent(pair.AsInt16(), weights.AsInt16())
        : sum + (((pair << 16) >> 16) * ((weights << 16) >> 16)) + ((pair >> 16) * (weights >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, float* to) => Vector128.ConvertToSingle(sum).Store(to);
}

/// <summary>One word at a time.</summary>
internal readonly unsafe struct PlainBytes : IWideBytes<int>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Left(uint* words) => Join((sbyte)*words, (sbyte)(*words >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Right(uint* words) => Join((sbyte)(*words >> 8), (sbyte)(*words >> 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Create(int value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MultiplyAdd(int pair, int weights, int sum) => sum + ((short)pair * (short)weights) + ((pair >> 16) * (weights >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int sum, float* to) => *to = sum;

    private static int Join(short low, short high) => (high << 16) | (ushort)low;
}
