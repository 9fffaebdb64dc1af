using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Intents;

/// <summary>Utterance to vector: words with their pieces, filters over three neighbours, pooling, projection; intents are prototypes in the same space.</summary>
/// <remarks>
/// x_t = W[w_t] + mean over the pieces g of w_t of G[g]              W (V, E), G (B, E)
/// a_t = max(0, F·[x_{t−1}; x_t; x_{t+1}] + f)                       F (H, 3E), zeros beyond the borders
/// p   = [max_t a_t; Σ_t a_t/√T; Σ_t x_t/√T]                          length P = 2H + E
/// u   = z/|z|, z = R·p + r                                           R (K, P)
/// s_c = u·q_c/|q_c|                                                  q (C, K), one prototype an intent
/// Sources: pieces after Bojanowski et al. 2017 (fastText), filters with the maximum over time after Kim 2014 (arXiv:1408.5882), prototypes on the unit
/// sphere after Wang et al. 2018 (arXiv:1801.05599, without the margin). Reading is thread-safe with a tape each; training is not.
/// </remarks>
internal sealed class EncoderNetwork
{
    /// <summary>Words read of one utterance.</summary>
    public const int MaxWords = 64;

    private const float Tiny = 1e-6f;

    private readonly ParameterSet _set = new();
    private readonly Parameter _filters;
    private readonly Parameter _filterBias;
    private readonly Parameter _projection;
    private readonly Parameter _projectionBias;
    private readonly Parameter _prototypes;
    private readonly PackedMatrix _filtersForward = new();
    private readonly PackedMatrix _filtersBackward = new();
    private readonly PackedMatrix _projectionForward = new();
    private readonly PackedMatrix _projectionBackward = new();
    private readonly PackedMatrix _directionsForward = new();
    private readonly PackedMatrix _directionsBackward = new();
    private readonly float[] _directions;
    private readonly float[] _prototypeLengths;

    public EncoderNetwork(EncoderShape shape, Vocabulary vocabulary, int intents)
    {
        (Shape, Vocabulary, Intents) = (shape, vocabulary, intents);
        WordVectors = new float[vocabulary.Count * shape.Embedding];
        PieceVectors = new float[shape.PieceBuckets * shape.Embedding];
        _filters = _set.Add("filters.weight", shape.Hidden, 3 * shape.Embedding);
        _filterBias = _set.Add("filters.bias", shape.Hidden);
        _projection = _set.Add("projection.weight", shape.Vector, shape.Pooled);
        _projectionBias = _set.Add("projection.bias", shape.Vector);
        _prototypes = _set.Add("prototypes", intents, shape.Vector);
        _directions = new float[intents * shape.Vector];
        _prototypeLengths = new float[intents];
    }

    public EncoderShape Shape { get; }

    public Vocabulary Vocabulary { get; }

    /// <summary>C.</summary>
    public int Intents { get; }

    /// <summary>W and G, row-major.</summary>
    public float[] WordVectors { get; }

    public float[] PieceVectors { get; }

    /// <summary>F, f, R, r, q.</summary>
    public ParameterSet Parameters => _set;

    /// <summary>Draws every weight.</summary>
    public void Initialize(Random random)
    {
        FillNormal(WordVectors, random, 0.3f);
        FillNormal(PieceVectors, random, 0.3f);

        // The unknown word is its pieces alone.
        WordVectors.AsSpan(0, Shape.Embedding).Clear();
        _filters.FillNormal(random, MathF.Sqrt(2f / (3 * Shape.Embedding)));
        _projection.FillNormal(random, MathF.Sqrt(1f / Shape.Pooled));
        _prototypes.FillNormal(random, 1f);
    }

    /// <summary>Lays the weights out for the products; to be called after every change of them.</summary>
    /// <param name="forTraining">Also for the backward pass.</param>
    public void Prepare(bool forTraining)
    {
        var (e, h, k, p) = (Shape.Embedding, Shape.Hidden, Shape.Vector, Shape.Pooled);
        for (var c = 0; c < Intents; c++)
        {
            var q = _prototypes.Values.Slice(c * k, k);
            _prototypeLengths[c] = (float)Kernels.Norm(q) + Tiny;
            var direction = _directions.AsSpan(c * k, k);
            q.CopyTo(direction);
            Kernels.Scale(1f / _prototypeLengths[c], direction);
        }

        _filtersForward.Pack(_filters.Values, 3 * e, h, transposed: true);
        _projectionForward.Pack(_projection.Values, p, k, transposed: true);
        _directionsForward.Pack(_directions, k, Intents, transposed: true);
        if (forTraining)
        {
            _filtersBackward.Pack(_filters.Values, h, 3 * e, transposed: false);
            _projectionBackward.Pack(_projection.Values, k, p, transposed: false);
            _directionsBackward.Pack(_directions, Intents, k, transposed: false);
        }
    }

    /// <summary>Rounds W and G to what a model file keeps of them, so that a model answers the same before and after it was saved.</summary>
    public void RoundToStorage()
    {
        var e = Shape.Embedding;
        QuantizedRows.From(WordVectors, Vocabulary.Count, e).ToFloats(e).CopyTo(WordVectors, 0);
        QuantizedRows.From(PieceVectors, Shape.PieceBuckets, e).ToFloats(e).CopyTo(PieceVectors, 0);
    }

    /// <summary>The rows of an utterance's words; an utterance without words is one unknown word.</summary>
    public EncodedWord[] Look(List<string> words)
    {
        if (words.Count == 0)
        {
            return [new EncodedWord(Vocabulary.Unknown, [])];
        }

        var encoded = new EncodedWord[Math.Min(words.Count, MaxWords)];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i] = new EncodedWord(Vocabulary[words[i]], Pieces(words[i]));
        }

        return encoded;
    }

    /// <summary>Fills the tape up to the cosines.</summary>
    /// <param name="dropout">Null outside training.</param>
    public void Forward(ReadOnlySpan<EncodedWord[]> batch, EncoderTape tape, EncoderDropout? dropout)
    {
        var (e, h, k, p) = (Shape.Embedding, Shape.Hidden, Shape.Vector, Shape.Pooled);
        var offsets = EncoderTape.Sized(ref tape.Offsets, batch.Length + 1);
        offsets[0] = 0;
        for (var s = 0; s < batch.Length; s++)
        {
            offsets[s + 1] = offsets[s] + batch[s].Length;
        }

        var n = offsets[batch.Length];
        LookUp(batch, tape, dropout, n);
        var windows = EncoderTape.Sized(ref tape.Windows, n * 3 * e);
        windows.Clear();
        var x = tape.X.AsSpan(0, n * e);
        for (var s = 0; s < batch.Length; s++)
        {
            for (var t = offsets[s]; t < offsets[s + 1]; t++)
            {
                var first = Math.Max(t - 1, offsets[s]);
                var last = Math.Min(t + 1, offsets[s + 1] - 1);
                x[(first * e)..((last + 1) * e)].CopyTo(windows[((t * 3 * e) + ((first - t + 1) * e))..]);
            }
        }

        var a = EncoderTape.Sized(ref tape.A, n * h);
        Kernels.MatMul(windows, false, _filtersForward, a, n);
        for (var row = 0; row < n; row++)
        {
            var filters = a.Slice(row * h, h);
            Kernels.Add(_filterBias.Values, filters);
            for (var i = 0; i < h; i++)
            {
                filters[i] = MathF.Max(0f, filters[i]);
            }
        }

        Pool(batch.Length, tape, dropout);
        var z = EncoderTape.Sized(ref tape.Z, batch.Length * k);
        var unit = EncoderTape.Sized(ref tape.Unit, batch.Length * k);
        Kernels.MatMul(tape.Pooled.AsSpan(0, batch.Length * p), false, _projectionForward, z, batch.Length);
        for (var s = 0; s < batch.Length; s++)
        {
            var row = z.Slice(s * k, k);
            Kernels.Add(_projectionBias.Values, row);
            row.CopyTo(unit.Slice(s * k, k));
            Kernels.Scale(1f / ((float)Kernels.Norm(row) + Tiny), unit.Slice(s * k, k));
        }

        Kernels.MatMul(unit, false, _directionsForward, EncoderTape.Sized(ref tape.Cosines, batch.Length * Intents), batch.Length);
    }

    /// <summary>Softmax cross-entropy over scaled cosines, and its way back; gradients are written to the tape, those of word vectors as <see cref="EncoderTape.DX"/>.</summary>
    /// <param name="scale">What the cosines are multiplied with.</param>
    /// <param name="smoothing">Share of each row's target that is spread evenly over all intents.</param>
    /// <param name="rows">Rows of the whole batch, of which this may be a part: gradients are of the mean over it.</param>
    /// <returns>The sum of −ln p of the right intents.</returns>
    public double Backward(ReadOnlySpan<EncodedWord[]> batch, ReadOnlySpan<int> labels, EncoderTape tape, EncoderDropout? dropout, float scale, float smoothing, int rows)
    {
        var (e, h, k, p, s) = (Shape.Embedding, Shape.Hidden, Shape.Vector, Shape.Pooled, batch.Length);
        var n = tape.Offsets[s];
        var gradients = EncoderTape.Sized(ref tape.Gradients, _set.Length);
        gradients.Clear();
        var dCosines = tape.Cosines.AsSpan(0, s * Intents);
        var loss = 0.0;
        for (var row = 0; row < s; row++)
        {
            var d = dCosines.Slice(row * Intents, Intents);
            Kernels.Scale(scale, d);
            Kernels.Softmax(d);
            loss -= Math.Log(Math.Max(d[labels[row]], 1e-30));
            for (var c = 0; c < Intents; c++)
            {
                d[c] = (d[c] - (smoothing / Intents) - (c == labels[row] ? 1f - smoothing : 0f)) * scale / rows;
            }
        }

        var unit = tape.Unit.AsSpan(0, s * k);
        var dUnit = EncoderTape.Sized(ref tape.DUnit, s * k);
        Kernels.MatMul(dCosines, false, _directionsBackward, dUnit, s);
        var dPrototypes = Gradient(gradients, _prototypes);
        Kernels.MatMul(dCosines, true, unit, false, dPrototypes, Intents, k, s);
        for (var c = 0; c < Intents; c++)
        {
            Tangent(dPrototypes.Slice(c * k, k), _directions.AsSpan(c * k, k), _prototypeLengths[c]);
        }

        var dZ = EncoderTape.Sized(ref tape.DZ, s * k);
        dUnit.CopyTo(dZ);
        for (var row = 0; row < s; row++)
        {
            Tangent(dZ.Slice(row * k, k), unit.Slice(row * k, k), (float)Kernels.Norm(tape.Z.AsSpan(row * k, k)) + Tiny);
        }

        Kernels.AddColumnSums(dZ, Gradient(gradients, _projectionBias));
        var pooled = tape.Pooled.AsSpan(0, s * p);
        Kernels.MatMul(dZ, true, pooled, false, Gradient(gradients, _projection), k, p, s);
        var dPooled = EncoderTape.Sized(ref tape.DPooled, s * p);
        Kernels.MatMul(dZ, false, _projectionBackward, dPooled, s);
        if (dropout is not null)
        {
            Kernels.Multiply(dPooled, tape.PooledMask.AsSpan(0, s * p), dPooled);
        }

        var dA = EncoderTape.Sized(ref tape.DA, n * h);
        var dX = EncoderTape.Sized(ref tape.DX, n * e);
        dA.Clear();
        dX.Clear();
        for (var row = 0; row < s; row++)
        {
            var d = dPooled.Slice(row * p, p);
            var share = 1f / MathF.Sqrt(tape.Offsets[row + 1] - tape.Offsets[row]);
            for (var i = 0; i < h; i++)
            {
                dA[(tape.Largest[(row * h) + i] * h) + i] += d[i];
            }

            for (var t = tape.Offsets[row]; t < tape.Offsets[row + 1]; t++)
            {
                Kernels.Axpy(share, d.Slice(h, h), dA.Slice(t * h, h));
                Kernels.Axpy(share, d.Slice(2 * h, e), dX.Slice(t * e, e));
            }
        }

        var a = tape.A.AsSpan(0, n * h);
        for (var i = 0; i < dA.Length; i++)
        {
            dA[i] = a[i] > 0f ? dA[i] : 0f;
        }

        Kernels.AddColumnSums(dA, Gradient(gradients, _filterBias));
        Kernels.MatMul(dA, true, tape.Windows.AsSpan(0, n * 3 * e), false, Gradient(gradients, _filters), h, 3 * e, n);
        var dWindows = EncoderTape.Sized(ref tape.DWindows, n * 3 * e);
        Kernels.MatMul(dA, false, _filtersBackward, dWindows, n);
        for (var row = 0; row < s; row++)
        {
            for (var t = tape.Offsets[row]; t < tape.Offsets[row + 1]; t++)
            {
                for (var neighbour = Math.Max(t - 1, tape.Offsets[row]); neighbour <= Math.Min(t + 1, tape.Offsets[row + 1] - 1); neighbour++)
                {
                    Kernels.Add(dWindows.Slice((t * 3 * e) + ((neighbour - t + 1) * e), e), dX.Slice(neighbour * e, e));
                }
            }
        }

        if (dropout is not null)
        {
            Kernels.Multiply(dX, tape.XMask.AsSpan(0, n * e), dX);
        }

        return loss;
    }

    private void LookUp(ReadOnlySpan<EncodedWord[]> batch, EncoderTape tape, EncoderDropout? dropout, int n)
    {
        var e = Shape.Embedding;
        var x = EncoderTape.Sized(ref tape.X, n * e);
        x.Clear();
        if (dropout is not null && tape.WordDropped.Length < n)
        {
            tape.WordDropped = new bool[n * 2];
        }

        var row = 0;
        foreach (var utterance in batch)
        {
            foreach (var (word, pieces) in utterance)
            {
                var vector = x.Slice(row * e, e);
                var dropped = dropout is not null && dropout.Next(dropout.Words);
                if (dropout is not null)
                {
                    tape.WordDropped[row] = dropped;
                }

                if (!dropped)
                {
                    Kernels.Add(WordVectors.AsSpan(word * e, e), vector);
                }

                foreach (var piece in pieces)
                {
                    Kernels.Axpy(1f / pieces.Length, PieceVectors.AsSpan(piece * e, e), vector);
                }

                row++;
            }
        }

        if (dropout is not null)
        {
            var mask = EncoderTape.Sized(ref tape.XMask, n * e);
            dropout.Fill(mask, dropout.Inputs);
            Kernels.Multiply(x, mask, x);
        }
    }

    private void Pool(int utterances, EncoderTape tape, EncoderDropout? dropout)
    {
        var (e, h, p) = (Shape.Embedding, Shape.Hidden, Shape.Pooled);
        var pooled = EncoderTape.Sized(ref tape.Pooled, utterances * p);
        pooled.Clear();
        var largest = EncoderTape.Sized(ref tape.Largest, utterances * h);
        for (var s = 0; s < utterances; s++)
        {
            var (begin, end) = (tape.Offsets[s], tape.Offsets[s + 1]);
            var maxima = pooled.Slice(s * p, h);
            var share = 1f / MathF.Sqrt(end - begin);
            largest.Slice(s * h, h).Fill(begin);
            maxima.Fill(-1f);
            for (var t = begin; t < end; t++)
            {
                var a = tape.A.AsSpan(t * h, h);
                for (var i = 0; i < h; i++)
                {
                    if (a[i] > maxima[i])
                    {
                        maxima[i] = a[i];
                        largest[(s * h) + i] = t;
                    }
                }

                Kernels.Axpy(share, a, pooled.Slice((s * p) + h, h));
                Kernels.Axpy(share, tape.X.AsSpan(t * e, e), pooled.Slice((s * p) + (2 * h), e));
            }
        }

        if (dropout is not null)
        {
            var mask = EncoderTape.Sized(ref tape.PooledMask, utterances * p);
            dropout.Fill(mask, dropout.Pooled);
            Kernels.Multiply(pooled, mask, pooled);
        }
    }

    /// <summary>Back through v/|v|: d becomes (d − u(u·d))/|v|.</summary>
    private static void Tangent(Span<float> d, ReadOnlySpan<float> unit, float length)
    {
        Kernels.Axpy(-Kernels.Dot(d, unit), unit, d);
        Kernels.Scale(1f / length, d);
    }

    private static Span<float> Gradient(Span<float> gradients, Parameter parameter) => gradients.Slice(parameter.Offset, parameter.Length);

    private int[] Pieces(string word)
    {
        if (UtteranceWords.IsKind(word))
        {
            return [];
        }

        var rows = new List<int>(24);
        var length = word.Length + 2;
        for (var start = 0; start + 3 <= length && start < 20; start++)
        {
            var hash = 14695981039346656037UL;
            for (var i = start; i < length && i < start + 5; i++)
            {
                hash = (hash ^ (i == 0 || i == length - 1 ? '_' : word[i - 1])) * 1099511628211;
                if (i - start >= 2)
                {
                    // FNV's low bits mix slowly: its high half is folded in before the remainder.
                    rows.Add((int)(((hash ^ (hash >> 32)) * 0xBF58476D1CE4E5B9 >> 33) % (ulong)Shape.PieceBuckets));
                }
            }
        }

        return [.. rows];
    }

    private static void FillNormal(Span<float> values, Random random, float deviation)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }
}
