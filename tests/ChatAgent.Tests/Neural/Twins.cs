namespace ChatAgent.Neural.Tests;

/// <summary>A GRU layer in double, by plain loops; equations and layout as in <see cref="GruLayer"/>.</summary>
internal sealed class GruTwin(int inputs, int hidden, double[] w, double[] u, double[] b, double[] c)
{
    public double[] DW { get; private set; } = [];

    public double[] DU { get; private set; } = [];

    public double[] DB { get; private set; } = [];

    public double[] DC { get; private set; } = [];

    public double[] DX { get; private set; } = [];

    public double[] DState { get; private set; } = [];

    /// <summary>Outputs (T, B, H) of x (T, B, E) from state (B, H).</summary>
    public double[] Forward(double[] x, double[] state, int steps, int batch) => Run(x, state, steps, batch).Outputs;

    public void Backward(double[] x, double[] state, double[] dOutputs, int steps, int batch)
    {
        var (outputs, r, z, n, un) = Run(x, state, steps, batch);
        (DW, DU, DB, DC, DX) = (new double[w.Length], new double[u.Length], new double[b.Length], new double[c.Length], new double[x.Length]);
        DState = new double[batch * hidden];
        for (var t = steps - 1; t >= 0; t--)
        {
            for (var row = 0; row < batch; row++)
            {
                var next = new double[hidden];
                for (var j = 0; j < hidden; j++)
                {
                    var at = (((t * batch) + row) * hidden) + j;
                    var before = t == 0 ? state : outputs;
                    var start = t == 0 ? row * hidden : (((t - 1) * batch) + row) * hidden;
                    var dh = dOutputs[at] + DState[(row * hidden) + j];
                    var dn = dh * (1 - z[at]) * (1 - (n[at] * n[at]));
                    var dz = dh * (before[start + j] - n[at]) * z[at] * (1 - z[at]);
                    var dr = dn * un[at] * r[at] * (1 - r[at]);
                    next[j] += dh * z[at];
                    double[] input = [dr, dz, dn], recurrent = [dr, dz, dn * r[at]];
                    for (var gate = 0; gate < 3; gate++)
                    {
                        var line = (gate * hidden) + j;
                        DB[line] += input[gate];
                        DC[line] += recurrent[gate];
                        for (var i = 0; i < inputs; i++)
                        {
                            DW[(line * inputs) + i] += input[gate] * x[(((t * batch) + row) * inputs) + i];
                            DX[(((t * batch) + row) * inputs) + i] += input[gate] * w[(line * inputs) + i];
                        }

                        for (var i = 0; i < hidden; i++)
                        {
                            DU[(line * hidden) + i] += recurrent[gate] * before[start + i];
                            next[i] += recurrent[gate] * u[(line * hidden) + i];
                        }
                    }
                }

                next.CopyTo(DState, row * hidden);
            }
        }
    }

    private (double[] Outputs, double[] R, double[] Z, double[] N, double[] Un) Run(double[] x, double[] state, int steps, int batch)
    {
        var size = steps * batch * hidden;
        double[] outputs = new double[size], r = new double[size], z = new double[size], n = new double[size], un = new double[size];
        for (var t = 0; t < steps; t++)
        {
            for (var row = 0; row < batch; row++)
            {
                for (var j = 0; j < hidden; j++)
                {
                    var at = (((t * batch) + row) * hidden) + j;
                    var before = t == 0 ? state : outputs;
                    var start = t == 0 ? row * hidden : (((t - 1) * batch) + row) * hidden;
                    var (sums, products) = (new double[3], new double[3]);
                    for (var gate = 0; gate < 3; gate++)
                    {
                        var line = (gate * hidden) + j;
                        sums[gate] = b[line];
                        products[gate] = c[line];
                        for (var i = 0; i < inputs; i++)
                        {
                            sums[gate] += w[(line * inputs) + i] * x[(((t * batch) + row) * inputs) + i];
                        }

                        for (var i = 0; i < hidden; i++)
                        {
                            products[gate] += u[(line * hidden) + i] * before[start + i];
                        }
                    }

                    r[at] = 1 / (1 + Math.Exp(-sums[0] - products[0]));
                    z[at] = 1 / (1 + Math.Exp(-sums[1] - products[1]));
                    un[at] = products[2];
                    n[at] = Math.Tanh(sums[2] + (r[at] * products[2]));
                    outputs[at] = ((1 - z[at]) * n[at]) + (z[at] * before[start + j]);
                }
            }
        }

        return (outputs, r, z, n, un);
    }
}

/// <summary>An affine map in double.</summary>
internal sealed class LinearTwin(int inputs, int outputs, double[] w, double[] b)
{
    public double[] DW { get; private set; } = [];

    public double[] DB { get; private set; } = [];

    public double[] DX { get; private set; } = [];

    public double[] Forward(double[] x)
    {
        var y = new double[x.Length / inputs * outputs];
        for (var at = 0; at < y.Length; at++)
        {
            y[at] = b[at % outputs];
            for (var i = 0; i < inputs; i++)
            {
                y[at] += w[(at % outputs * inputs) + i] * x[(at / outputs * inputs) + i];
            }
        }

        return y;
    }

    public void Backward(double[] x, double[] dy)
    {
        (DW, DB, DX) = (new double[w.Length], new double[b.Length], new double[x.Length]);
        for (var at = 0; at < dy.Length; at++)
        {
            DB[at % outputs] += dy[at];
            for (var i = 0; i < inputs; i++)
            {
                DW[(at % outputs * inputs) + i] += dy[at] * x[(at / outputs * inputs) + i];
                DX[(at / outputs * inputs) + i] += dy[at] * w[(at % outputs * inputs) + i];
            }
        }
    }
}

/// <summary>A table of rows in double.</summary>
internal sealed class EmbeddingTwin(int size, double[] w)
{
    public double[] Forward(int[] tokens) => [.. tokens.SelectMany(token => w.Skip(token * size).Take(size))];

    public double[] Backward(int[] tokens, double[] dy)
    {
        var dw = new double[w.Length];
        for (var i = 0; i < dy.Length; i++)
        {
            dw[(tokens[i / size] * size) + (i % size)] += dy[i];
        }

        return dw;
    }
}

/// <summary>Softmax and cross-entropy in double.</summary>
internal static class CrossEntropyTwin
{
    public static (double Loss, double[] DLogits) Run(double[] logits, int[] targets, double weight)
    {
        var vocabulary = logits.Length / targets.Length;
        var (loss, gradient) = (0.0, new double[logits.Length]);
        for (var row = 0; row < targets.Length; row++)
        {
            if (targets[row] < 0)
            {
                continue;
            }

            var sum = 0.0;
            for (var j = 0; j < vocabulary; j++)
            {
                sum += Math.Exp(logits[(row * vocabulary) + j]);
            }

            for (var j = 0; j < vocabulary; j++)
            {
                gradient[(row * vocabulary) + j] = weight * ((Math.Exp(logits[(row * vocabulary) + j]) / sum) - (j == targets[row] ? 1 : 0));
            }

            loss += weight * (Math.Log(sum) - logits[(row * vocabulary) + targets[row]]);
        }

        return (loss, gradient);
    }
}
