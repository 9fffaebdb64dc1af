namespace ChatAgent.Benchmarks;

/// <summary>One training step of a GRU language model as anybody would write it first: float arrays and loops, no vectors, no packing, no threads.</summary>
/// <remarks>The peer of <see cref="GruTrainingBenchmarks"/>; equations as in <see cref="ChatAgent.Neural.GruLayer"/>. E = H.</remarks>
internal sealed class PlainGru(int vocabulary, int size, Random random)
{
    private readonly float[] _embedding = Draw(random, vocabulary * size);
    private readonly float[] _w = Draw(random, 3 * size * size);
    private readonly float[] _u = Draw(random, 3 * size * size);
    private readonly float[] _b = new float[3 * size];
    private readonly float[] _c = new float[3 * size];
    private readonly float[] _output = Draw(random, vocabulary * size);
    private readonly float[] _outputBias = new float[vocabulary];

    /// <summary>Forward, backward and one SGD step over a chunk (T, B); returns the mean loss.</summary>
    public double Step(int[] inputs, int[] targets, int steps, int batch, float rate)
    {
        var rows = steps * batch;
        var (x, states) = (new float[rows * size], new float[(rows + batch) * size]);
        var (sums, products) = (new float[rows * 3 * size], new float[rows * 3 * size]);
        for (var row = 0; row < rows; row++)
        {
            Array.Copy(_embedding, inputs[row] * size, x, row * size, size);
            for (var line = 0; line < 3 * size; line++)
            {
                var (sum, product) = (_b[line], _c[line]);
                for (var i = 0; i < size; i++)
                {
                    sum += _w[(line * size) + i] * x[(row * size) + i];
                    product += _u[(line * size) + i] * states[(row * size) + i];
                }

                sums[(row * 3 * size) + line] = sum;
                products[(row * 3 * size) + line] = product;
            }

            for (var j = 0; j < size; j++)
            {
                var at = (row * 3 * size) + j;
                var r = 1f / (1f + MathF.Exp(-sums[at] - products[at]));
                var z = 1f / (1f + MathF.Exp(-sums[at + size] - products[at + size]));
                var n = MathF.Tanh(sums[at + (2 * size)] + (r * products[at + (2 * size)]));
                (sums[at], sums[at + size], sums[at + (2 * size)]) = (r, z, n);
                states[((row + batch) * size) + j] = ((1f - z) * n) + (z * states[(row * size) + j]);
            }
        }

        var loss = 0.0;
        var (dOutput, dOutputBias, dStates) = (new float[_output.Length], new float[vocabulary], new float[states.Length]);
        var logits = new float[vocabulary];
        for (var row = 0; row < rows; row++)
        {
            var h = (row + batch) * size;
            for (var v = 0; v < vocabulary; v++)
            {
                var logit = _outputBias[v];
                for (var i = 0; i < size; i++)
                {
                    logit += _output[(v * size) + i] * states[h + i];
                }

                logits[v] = logit;
            }

            var (max, sum) = (logits.Max(), 0f);
            for (var v = 0; v < vocabulary; v++)
            {
                sum += MathF.Exp(logits[v] - max);
            }

            loss += max + Math.Log(sum) - logits[targets[row]];
            for (var v = 0; v < vocabulary; v++)
            {
                var d = ((MathF.Exp(logits[v] - max) / sum) - (v == targets[row] ? 1f : 0f)) / rows;
                dOutputBias[v] += d;
                for (var i = 0; i < size; i++)
                {
                    dOutput[(v * size) + i] += d * states[h + i];
                    dStates[h + i] += d * _output[(v * size) + i];
                }
            }
        }

        var (dW, dU, dB, dC, dX) = (new float[_w.Length], new float[_u.Length], new float[_b.Length], new float[_c.Length], new float[x.Length]);
        for (var row = rows - 1; row >= 0; row--)
        {
            for (var j = 0; j < size; j++)
            {
                var at = (row * 3 * size) + j;
                var (r, z, n, un) = (sums[at], sums[at + size], sums[at + (2 * size)], products[at + (2 * size)]);
                var dh = dStates[((row + batch) * size) + j];
                var dn = dh * (1f - z) * (1f - (n * n));
                (sums[at], sums[at + size], sums[at + (2 * size)]) = (dn * un * r * (1f - r), dh * (states[(row * size) + j] - n) * z * (1f - z), dn);
                (products[at], products[at + size], products[at + (2 * size)]) = (sums[at], sums[at + size], dn * r);
                dStates[(row * size) + j] += dh * z;
            }

            for (var line = 0; line < 3 * size; line++)
            {
                var (dSum, dProduct) = (sums[(row * 3 * size) + line], products[(row * 3 * size) + line]);
                dB[line] += dSum;
                dC[line] += dProduct;
                for (var i = 0; i < size; i++)
                {
                    dW[(line * size) + i] += dSum * x[(row * size) + i];
                    dX[(row * size) + i] += dSum * _w[(line * size) + i];
                    dU[(line * size) + i] += dProduct * states[(row * size) + i];
                    dStates[(row * size) + i] += dProduct * _u[(line * size) + i];
                }
            }
        }

        Descend(_w, dW, rate);
        Descend(_u, dU, rate);
        Descend(_b, dB, rate);
        Descend(_c, dC, rate);
        Descend(_output, dOutput, rate);
        Descend(_outputBias, dOutputBias, rate);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < size; i++)
            {
                _embedding[(inputs[row] * size) + i] -= rate * dX[(row * size) + i];
            }
        }

        return loss / rows;
    }

    private static void Descend(float[] values, float[] gradients, float rate)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] -= rate * gradients[i];
        }
    }

    private static float[] Draw(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 0.1f)];
}
