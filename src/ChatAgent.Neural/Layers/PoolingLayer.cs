namespace ChatAgent.Neural;

/// <summary>The pooling kinds that have no parameters: last, mean, largest.</summary>
/// <remarks>
/// last  y = x_(n−1)                       x  outputs of a sequence of n steps, each of shape (D)
/// mean  y = Σ_t x_t / n                   y  shape (D); zero of an empty sequence
/// max   y_d = max_t x_t,d
/// Over a padded batch x is (T, B, D), time first, y is (B, D). Not thread-safe: one instance per tape.
/// </remarks>
public sealed class PoolingLayer
{
    private readonly SequencePooling _kind;
    private readonly int _width;
    private readonly int _backwardHalf;
    private readonly int[] _largest;

    /// <param name="kind">Any but <see cref="SequencePooling.Attention"/>.</param>
    /// <param name="width">D.</param>
    /// <param name="batch">B at most.</param>
    /// <param name="backwardHalf">How many of the last numbers belong to a layer that ran backwards; 0 of a stack in one direction.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is attention, which has a layer of its own.</exception>
    public PoolingLayer(SequencePooling kind, int width, int batch, int backwardHalf = 0)
    {
        if (kind is not (SequencePooling.Last or SequencePooling.Mean or SequencePooling.Max))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "last, mean or max");
        }

        (_kind, _width, _backwardHalf) = (kind, width, backwardHalf);
        _largest = kind == SequencePooling.Max ? new int[checked(batch * width)] : [];
    }

    /// <summary>Pools.</summary>
    /// <param name="x">(T, B, D).</param>
    /// <param name="lengths">(B): steps of each row, 0 to T.</param>
    /// <param name="y">(B, D), set.</param>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<int> lengths, Span<float> y)
    {
        y.Clear();
        var batch = lengths.Length;
        for (var b = 0; b < batch; b++)
        {
            var pooled = y.Slice(b * _width, _width);
            switch (_kind)
            {
                case SequencePooling.Last when lengths[b] > 0:
                    Step(x, lengths[b] - 1, b, batch)[..(_width - _backwardHalf)].CopyTo(pooled);
                    Step(x, 0, b, batch)[(_width - _backwardHalf)..].CopyTo(pooled[(_width - _backwardHalf)..]);
                    break;
                case SequencePooling.Mean:
                    for (var t = 0; t < lengths[b]; t++)
                    {
                        Kernels.Axpy(1f / lengths[b], Step(x, t, b, batch), pooled);
                    }

                    break;
                case SequencePooling.Max when lengths[b] > 0:
                    Largest(x, lengths[b], b, batch, pooled);
                    break;
            }
        }
    }

    /// <summary>Adds to the gradient of the outputs.</summary>
    /// <param name="lengths">Those of Forward.</param>
    /// <param name="dy">(B, D).</param>
    /// <param name="dx">(T, B, D), added to; steps beyond a row's length are left alone.</param>
    public void Backward(ReadOnlySpan<int> lengths, ReadOnlySpan<float> dy, Span<float> dx)
    {
        var batch = lengths.Length;
        for (var b = 0; b < batch; b++)
        {
            var d = dy.Slice(b * _width, _width);
            switch (_kind)
            {
                case SequencePooling.Last when lengths[b] > 0:
                    var split = _width - _backwardHalf;
                    Kernels.Add(d[..split], dx.Slice(((((lengths[b] - 1) * batch) + b) * _width), split));
                    Kernels.Add(d[split..], dx.Slice((b * _width) + split, _backwardHalf));
                    break;
                case SequencePooling.Mean:
                    for (var t = 0; t < lengths[b]; t++)
                    {
                        Kernels.Axpy(1f / lengths[b], d, dx.Slice(((t * batch) + b) * _width, _width));
                    }

                    break;
                case SequencePooling.Max when lengths[b] > 0:
                    for (var i = 0; i < _width; i++)
                    {
                        dx[(((_largest[(b * _width) + i] * batch) + b) * _width) + i] += d[i];
                    }

                    break;
            }
        }
    }

    private ReadOnlySpan<float> Step(ReadOnlySpan<float> x, int t, int b, int batch) => x.Slice(((t * batch) + b) * _width, _width);

    private void Largest(ReadOnlySpan<float> x, int length, int b, int batch, Span<float> pooled)
    {
        var largest = _largest.AsSpan(b * _width, _width);
        largest.Clear();
        Step(x, 0, b, batch).CopyTo(pooled);
        for (var t = 1; t < length; t++)
        {
            var step = Step(x, t, b, batch);
            for (var i = 0; i < _width; i++)
            {
                if (step[i] > pooled[i])
                {
                    (pooled[i], largest[i]) = (step[i], t);
                }
            }
        }
    }
}
