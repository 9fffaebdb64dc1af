namespace ChatAgent.Neural;

/// <summary>At each step of a decoder, a weighted mean of an encoder's outputs: what to look at next.</summary>
/// <remarks>
/// k_s = W m_s                             m_s memory, the encoder's output at source step s, shape (D)      W  shape (A, D)
/// e_ts = h_t·k_s                          multiplicative, A = H                  h_t the decoder's output at step t, shape (H)
/// e_ts = v·tanh(k_s + U h_t + b)          additive                               U  shape (A, H)   b, v  shape (A)
/// a_t = softmax over s of e_ts            shape (n), n the source's steps; shown as the map of attention
/// c_t = Σ_s a_ts m_s                      shape (D); zero of an empty source
/// The decoder's steps do not wait for each other here: all of a batch's targets are scored at once. Sources: Luong, Pham and Manning 2015,
/// arXiv:1508.04025, section 3.1; Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, section 3.1. Not thread-safe while training; Forward is, with a tape for each thread.
/// </remarks>
public sealed class AttentionLayer
{
    private readonly WorkerPool? _pool;

    /// <summary>Adds <c>{name}.key</c> and, where additive, <c>{name}.query</c>, <c>{name}.bias</c>, <c>{name}.context</c>; weights drawn evenly from ±1/√columns, the bias zero.</summary>
    public AttentionLayer(ParameterSet parameters, string name, AttentionScore score, int memory, int hidden, Random random, WorkerPool? pool = null)
    {
        _pool = pool;
        (Score, Memory, Hidden) = (score, memory, hidden);
        Key = parameters.Add($"{name}.key", hidden, memory);
        Key.FillUniform(random, 1f / MathF.Sqrt(memory));
        if (score == AttentionScore.Additive)
        {
            (Query, Bias, Context) = (parameters.Add($"{name}.query", hidden, hidden), parameters.Add($"{name}.bias", hidden), parameters.Add($"{name}.context", hidden));
            Query.FillUniform(random, 1f / MathF.Sqrt(hidden));
            Context.FillUniform(random, 1f / MathF.Sqrt(hidden));
        }
    }

    /// <summary>How steps are scored.</summary>
    public AttentionScore Score { get; }

    /// <summary>D.</summary>
    public int Memory { get; }

    /// <summary>H, and A.</summary>
    public int Hidden { get; }

    /// <summary>W.</summary>
    public Parameter Key { get; }

    /// <summary>U, or null where multiplicative.</summary>
    public Parameter? Query { get; }

    /// <summary>b, or null where multiplicative.</summary>
    public Parameter? Bias { get; }

    /// <summary>v, or null where multiplicative.</summary>
    public Parameter? Context { get; }

    /// <summary>Buffers for calls of at most that size.</summary>
    public AttentionTape CreateTape(int maxTargets, int maxSources, int batch) => new(this, maxTargets, maxSources, batch);

    /// <summary>Makes the keys of a memory, once for all decoder steps.</summary>
    /// <param name="memory">(S, B, D), or (S, 1, D) where every row of the decoder reads the same source.</param>
    public void Prepare(ReadOnlySpan<float> memory, AttentionTape tape) =>
        Kernels.MatMul(memory, false, Key.Values, true, tape.Keys.AsSpan(0, memory.Length / Memory * Hidden), memory.Length / Memory, Hidden, Memory, accumulate: false, _pool);

    /// <summary>Contexts of T decoder steps.</summary>
    /// <param name="h">(T, B, H).</param>
    /// <param name="memory">That of <see cref="Prepare"/>.</param>
    /// <param name="lengths">(B) or (1): steps of each source, 0 to S.</param>
    /// <param name="c">(T, B, D), set.</param>
    /// <param name="tape">Keys in, weights out.</param>
    /// <param name="batch">B.</param>
    public void Forward(ReadOnlySpan<float> h, ReadOnlySpan<float> memory, ReadOnlySpan<int> lengths, Span<float> c, AttentionTape tape, int batch)
    {
        var (steps, sources) = (h.Length / Hidden / batch, lengths.Length);
        var queries = h;
        if (Query is not null)
        {
            var made = tape.Queries.AsSpan(0, h.Length);
            Kernels.MatMul(h, false, Query.Values, true, made, steps * batch, Hidden, Hidden, accumulate: false, _pool, Bias!.Values);
            queries = made;
        }

        c.Clear();
        for (var row = 0; row < steps * batch; row++)
        {
            var (t, b) = (row / batch, row % batch);
            var source = sources == 1 ? 0 : b;
            var weights = tape.Of(b, t)[..lengths[source]];
            var query = queries.Slice(row * Hidden, Hidden);
            for (var s = 0; s < weights.Length; s++)
            {
                var key = tape.Keys.AsSpan(((s * sources) + source) * Hidden, Hidden);
                weights[s] = Context is null ? Kernels.Dot(query, key) : Kernels.Dot(Context.Values, Tanh(query, key, tape.Sum));
            }

            Kernels.Softmax(weights);
            for (var s = 0; s < weights.Length; s++)
            {
                Kernels.Axpy(weights[s], memory.Slice(((s * sources) + source) * Memory, Memory), c.Slice(row * Memory, Memory));
            }
        }
    }

    /// <summary>Adds to the parameters' gradients, to that of the decoder's outputs, and to that of the memory.</summary>
    /// <param name="h">Forward's.</param>
    /// <param name="memory">Forward's, (S, B, D).</param>
    /// <param name="lengths">Forward's, (B).</param>
    /// <param name="dc">(T, B, D).</param>
    /// <param name="dh">(T, B, H), added to.</param>
    /// <param name="dMemory">(S, B, D), added to; nothing beyond a source's length.</param>
    /// <param name="tape">Forward's.</param>
    public void Backward(
        ReadOnlySpan<float> h, ReadOnlySpan<float> memory, ReadOnlySpan<int> lengths, ReadOnlySpan<float> dc, Span<float> dh, Span<float> dMemory, AttentionTape tape)
    {
        var batch = lengths.Length;
        var rows = h.Length / Hidden;
        var dKeys = tape.DKeys.AsSpan(0, memory.Length / Memory * Hidden);
        dKeys.Clear();
        var queries = Query is null ? h : tape.Queries.AsSpan(0, h.Length);
        var dQueries = Query is null ? dh : tape.DQueries.AsSpan(0, h.Length);
        if (Query is not null)
        {
            dQueries.Clear();
        }

        for (var row = 0; row < rows; row++)
        {
            var (t, b) = (row / batch, row % batch);
            var weights = tape.Of(b, t)[..lengths[b]];
            var dWeights = tape.DWeights.AsSpan(0, weights.Length);
            var d = dc.Slice(row * Memory, Memory);
            for (var s = 0; s < weights.Length; s++)
            {
                dWeights[s] = Kernels.Dot(d, memory.Slice(((s * batch) + b) * Memory, Memory));
                Kernels.Axpy(weights[s], d, dMemory.Slice(((s * batch) + b) * Memory, Memory));
            }

            var mean = Kernels.Dot(weights, dWeights);
            var query = queries.Slice(row * Hidden, Hidden);
            var dQuery = dQueries.Slice(row * Hidden, Hidden);
            for (var s = 0; s < weights.Length; s++)
            {
                var dScore = weights[s] * (dWeights[s] - mean);
                var key = tape.Keys.AsSpan(((s * batch) + b) * Hidden, Hidden);
                var dKey = dKeys.Slice(((s * batch) + b) * Hidden, Hidden);
                if (Context is null)
                {
                    Kernels.Axpy(dScore, key, dQuery);
                    Kernels.Axpy(dScore, query, dKey);
                    continue;
                }

                // tanh is made again: keeping it would take T·S·B·A floats.
                var tanh = Tanh(query, key, tape.Sum);
                Kernels.Axpy(dScore, tanh, Context.Gradients);
                Kernels.TanhBackward(tanh, Context.Values, tape.DSum);
                Kernels.Axpy(dScore, tape.DSum, dQuery);
                Kernels.Axpy(dScore, tape.DSum, dKey);
            }
        }

        if (Query is not null)
        {
            Kernels.MatMul(dQueries, true, h, false, Query.Gradients, Hidden, Hidden, rows, accumulate: true, _pool);
            Kernels.AddColumnSums(dQueries, Bias!.Gradients, _pool);
            Kernels.MatMul(dQueries, false, Query.Values, false, dh, rows, Hidden, Hidden, accumulate: true, _pool);
        }

        var memoryRows = memory.Length / Memory;
        Kernels.MatMul(dKeys, true, memory, false, Key.Gradients, Hidden, Memory, memoryRows, accumulate: true, _pool);
        Kernels.MatMul(dKeys, false, Key.Values, false, dMemory, memoryRows, Memory, Hidden, accumulate: true, _pool);
    }

    private static ReadOnlySpan<float> Tanh(ReadOnlySpan<float> query, ReadOnlySpan<float> key, float[] sum)
    {
        query.CopyTo(sum);
        Kernels.Add(key, sum);
        Kernels.Tanh(sum, sum);
        return sum;
    }
}
