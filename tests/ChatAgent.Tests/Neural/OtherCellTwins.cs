namespace ChatAgent.Neural.Tests;

/// <summary>An LSTM layer in double, by plain loops; equations and layout as in <see cref="LstmLayer"/>.</summary>
internal sealed class LstmTwin(int inputs, int hidden, double[] w, double[] u, double[] b, double[] d)
{
    public double[] DW { get; private set; } = [];

    public double[] DU { get; private set; } = [];

    public double[] DB { get; private set; } = [];

    public double[] DX { get; private set; } = [];

    /// <summary>(2, B, H): the first state's gradient, then the first cell's.</summary>
    public double[] DState { get; private set; } = [];

    /// <summary>States and cells (T, B, H) of x (T, B, E) from a state (2, B, H).</summary>
    public (double[] Outputs, double[] Cells) Forward(double[] x, double[] state, int steps, int batch)
    {
        var (outputs, cells, _) = Run(x, state, steps, batch);
        return (outputs, cells);
    }

    public void Backward(double[] x, double[] state, double[] dOutputs, int steps, int batch)
    {
        var (outputs, cells, gates) = Run(x, state, steps, batch);
        (DW, DU, DB, DX) = (new double[w.Length], new double[u.Length], new double[b.Length], new double[x.Length]);
        var (dh, dc, size) = (new double[batch * hidden], new double[batch * hidden], batch * hidden);
        for (var t = steps - 1; t >= 0; t--)
        {
            var next = new double[size];
            for (var at = 0; at < size; at++)
            {
                var (row, j, now) = (at / hidden, at % hidden, (t * size) + at);
                var (i, f, g, o) = (gates[0][now], gates[1][now], gates[2][now], gates[3][now]);
                var before = t == 0 ? state[size + at] : cells[now - size];
                var tanh = Math.Tanh(cells[now]);
                var dState = dOutputs[now] + dh[at];
                var dCell = dc[at] + (dState * o * (1 - (tanh * tanh)));
                double[] sums = [dCell * g * i * (1 - i), dCell * before * f * (1 - f), dCell * i * (1 - (g * g)), dState * tanh * o * (1 - o)];
                dc[at] = dCell * f;
                for (var gate = 0; gate < 4; gate++)
                {
                    var line = (gate * hidden) + j;
                    DB[line] += sums[gate];
                    for (var p = 0; p < inputs; p++)
                    {
                        DW[(line * inputs) + p] += sums[gate] * x[(((t * batch) + row) * inputs) + p];
                        DX[(((t * batch) + row) * inputs) + p] += sums[gate] * w[(line * inputs) + p];
                    }

                    for (var p = 0; p < hidden; p++)
                    {
                        DU[(line * hidden) + p] += sums[gate] * (t == 0 ? state[(row * hidden) + p] : outputs[((((t - 1) * batch) + row) * hidden) + p]);
                        next[(row * hidden) + p] += sums[gate] * u[(line * hidden) + p];
                    }
                }
            }

            dh = next;
        }

        DState = [.. dh, .. dc];
    }

    private (double[] Outputs, double[] Cells, double[][] Gates) Run(double[] x, double[] state, int steps, int batch)
    {
        var size = batch * hidden;
        var (outputs, cells) = (new double[steps * size], new double[steps * size]);
        double[][] gates = [.. Enumerable.Range(0, 4).Select(_ => new double[steps * size])];
        for (var now = 0; now < steps * size; now++)
        {
            var (t, row, j) = (now / size, now % size / hidden, now % hidden);
            for (var gate = 0; gate < 4; gate++)
            {
                var line = (gate * hidden) + j;
                var sum = b[line] + d[line];
                for (var p = 0; p < inputs; p++)
                {
                    sum += w[(line * inputs) + p] * x[(((t * batch) + row) * inputs) + p];
                }

                for (var p = 0; p < hidden; p++)
                {
                    sum += u[(line * hidden) + p] * (t == 0 ? state[(row * hidden) + p] : outputs[((((t - 1) * batch) + row) * hidden) + p]);
                }

                gates[gate][now] = gate == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
            }

            cells[now] = (gates[1][now] * (t == 0 ? state[size + now] : cells[now - size])) + (gates[0][now] * gates[2][now]);
            outputs[now] = gates[3][now] * Math.Tanh(cells[now]);
        }

        return (outputs, cells, gates);
    }
}

/// <summary>A plain recurrent layer in double; equation and layout as in <see cref="SimpleRnnLayer"/>.</summary>
internal sealed class RnnTwin(int inputs, int hidden, double[] w, double[] u, double[] b, double[] c)
{
    public double[] DW { get; private set; } = [];

    public double[] DU { get; private set; } = [];

    public double[] DB { get; private set; } = [];

    public double[] DX { get; private set; } = [];

    public double[] DState { get; private set; } = [];

    public double[] Forward(double[] x, double[] state, int steps, int batch)
    {
        var (size, outputs) = (batch * hidden, new double[steps * batch * hidden]);
        for (var now = 0; now < outputs.Length; now++)
        {
            var (t, row, j) = (now / size, now % size / hidden, now % hidden);
            var sum = b[j] + c[j];
            for (var p = 0; p < inputs; p++)
            {
                sum += w[(j * inputs) + p] * x[(((t * batch) + row) * inputs) + p];
            }

            for (var p = 0; p < hidden; p++)
            {
                sum += u[(j * hidden) + p] * (t == 0 ? state[(row * hidden) + p] : outputs[((((t - 1) * batch) + row) * hidden) + p]);
            }

            outputs[now] = Math.Tanh(sum);
        }

        return outputs;
    }

    public void Backward(double[] x, double[] state, double[] dOutputs, int steps, int batch)
    {
        var (size, outputs) = (batch * hidden, Forward(x, state, steps, batch));
        (DW, DU, DB, DX, DState) = (new double[w.Length], new double[u.Length], new double[b.Length], new double[x.Length], new double[size]);
        for (var t = steps - 1; t >= 0; t--)
        {
            var next = new double[size];
            for (var at = 0; at < size; at++)
            {
                var (row, j, now) = (at / hidden, at % hidden, (t * size) + at);
                var dSum = (dOutputs[now] + DState[at]) * (1 - (outputs[now] * outputs[now]));
                DB[j] += dSum;
                for (var p = 0; p < inputs; p++)
                {
                    DW[(j * inputs) + p] += dSum * x[(((t * batch) + row) * inputs) + p];
                    DX[(((t * batch) + row) * inputs) + p] += dSum * w[(j * inputs) + p];
                }

                for (var p = 0; p < hidden; p++)
                {
                    DU[(j * hidden) + p] += dSum * (t == 0 ? state[(row * hidden) + p] : outputs[((((t - 1) * batch) + row) * hidden) + p]);
                    next[(row * hidden) + p] += dSum * u[(j * hidden) + p];
                }
            }

            DState = next;
        }
    }
}
