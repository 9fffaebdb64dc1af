using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

[Collection(nameof(VectorWidths))]
public sealed class KernelTests
{
    private const int Longest = 133;

    public static TheoryData<int> Widths => VectorWidths.OfThisMachine;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Dot_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
    {
        var expected = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            expected += (double)a[i] * b[i];
        }

        Assert.Equal(expected, Kernels.Dot(a, b), 1e-5);
        Assert.Equal(Math.Sqrt(a.Sum(x => (double)x * x)), Kernels.Norm(a), 1e-5);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void Axpy_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => y + (0.7f * x), (x, y) => Kernels.Axpy(0.7f, x, y), 1e-6));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Scale_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => 0.7f * y, (x, y) => Kernels.Scale(0.7f, y), 1e-6));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => x * y, (x, y) => Kernels.Multiply(x, y, y), 1e-6));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sigmoid_EveryTailLength_IsWithinStatedError(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => 1 / (1 + Math.Exp(-20.0 * x)), (x, y) => Kernels.Sigmoid(Times20(x), y), 2e-7));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Tanh_EveryTailLength_IsWithinStatedError(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => Math.Tanh(20.0 * x), (x, y) => Kernels.Tanh(Times20(x), y), 2e-7));

    [Theory]
    [MemberData(nameof(Widths))]
    public void TanhBackward_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
        Elementwise(a, b, (x, y) => y * (1 - ((double)x * x)), (x, y) => Kernels.TanhBackward(x, y, y), 1e-6));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_WholeRange_IsWithinStatedError(int width)
    {
        using var lowered = VectorWidths.Use(width);
        float[] x = [.. Enumerable.Range(0, 70_001).Select(i => -87f + (i * 0.0025f)).Where(v => v <= 88f), -1000f, 1000f];
        var y = new float[x.Length];

        Kernels.Exp(x, y);

        for (var i = 0; i < x.Length; i++)
        {
            var expected = Math.Exp(Math.Clamp(x[i], -87f, 88f));
            Assert.True(Math.Abs(y[i] - expected) <= 2e-7 * expected, $"exp({x[i]:R}) = {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Activations_NaNAmongNumbers_ComesThrough(int width)
    {
        using var lowered = VectorWidths.Use(width);
        for (var place = 0; place < 40; place++)
        {
            var x = new float[40];
            x[place] = float.NaN;
            var y = new float[40];

            Kernels.Exp(x, y);
            Assert.Equal(place, Array.FindIndex(y, float.IsNaN));
            Kernels.Sigmoid(x, y);
            Assert.Equal(place, Array.FindIndex(y, float.IsNaN));
            Kernels.Tanh(x, y);
            Assert.Equal(place, Array.FindIndex(y, float.IsNaN));
            Assert.True(float.IsNaN(Kernels.Max(x)));
            Assert.False(Kernels.AllFinite(x));
            Assert.True(float.IsNaN(Kernels.Softmax(x)));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Max_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, _) =>
    {
        Assert.Equal(a.Length == 0 ? float.NegativeInfinity : a.Max(), Kernels.Max(a));
        Assert.True(Kernels.AllFinite(a));
        if (a.Length > 0)
        {
            a[^1] = float.PositiveInfinity;
            Assert.False(Kernels.AllFinite(a));
        }
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void Softmax_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
    {
        if (a.Length == 0)
        {
            return;
        }

        var logits = Times20(a);
        var logSum = Math.Log(logits.Sum(x => Math.Exp(x)));
        Elementwise(a, b, (x, _) => Math.Exp((20f * x) - logSum), (_, y) => { logits.CopyTo(y); Kernels.Softmax(y); }, 1e-6);
        Elementwise(a, b, (x, _) => (20f * x) - logSum, (_, y) => { logits.CopyTo(y); Kernels.LogSoftmax(y); }, 1e-5);
        Assert.Equal(logSum, Kernels.LogSumExp(logits), 1e-5);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void AddBias_AndColumnSums_MatchPlainLoop(int width)
    {
        using var lowered = VectorWidths.Use(width);
        for (var columns = 1; columns < 40; columns++)
        {
            var random = new Random(columns);
            float[] rows = Numbers.Random(random, 3 * columns), bias = Numbers.Random(random, columns), sums = Numbers.Random(random, columns);
            var (expectedRows, expectedSums) = (new float[rows.Length], (float[])sums.Clone());
            for (var i = 0; i < rows.Length; i++)
            {
                expectedRows[i] = rows[i] + bias[i % columns];
                expectedSums[i % columns] += rows[i];
            }

            Kernels.AddColumnSums(rows, sums);
            Kernels.AddBias(rows, bias);

            Assert.Equal(expectedRows, rows);
            Assert.Equal(expectedSums, sums);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void MatMul_EveryTailLength_MatchesPlainLoop(int width)
    {
        using var lowered = VectorWidths.Use(width);
        var random = new Random(7);
        for (var m = 1; m <= 26; m++)
        {
            for (var n = 1; n <= 67; n += n < 36 ? 1 : 5)
            {
                RequireProduct(random, m, n, 1 + ((m + n) % 9), (m & 1) == 1, (n & 1) == 1, ((m + n) & 2) == 2, pool: null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void MatMul_EveryTranspositionOverSeveralBlocks_MatchesPlainLoop(int width)
    {
        using var lowered = VectorWidths.Use(width);
        using var pool = new WorkerPool(3);
        var random = new Random(8);
        for (var form = 0; form < 8; form++)
        {
            RequireProduct(random, 157, 70, 259, (form & 1) == 1, (form & 2) == 2, (form & 4) == 4, pool);
            RequireProduct(random, 13, 301, 513, (form & 1) == 1, (form & 2) == 2, (form & 4) == 4, pool);
            RequireProduct(random, 300, 167, 300, (form & 1) == 1, (form & 2) == 2, (form & 4) == 4, pool);
        }
    }

    [Fact]
    public void MatMul_AnyNumberOfThreads_GivesTheSameBits()
    {
        var random = new Random(9);
        float[] a = Numbers.Random(random, 150 * 300), b = Numbers.Random(random, 300 * 170);
        var expected = new float[150 * 170];
        Kernels.MatMul(a, false, b, false, expected, 150, 170, 300);
        foreach (var threads in (int[])[2, 3, 5])
        {
            using var pool = new WorkerPool(threads);
            for (var run = 0; run < 20; run++)
            {
                var c = new float[expected.Length];
                Kernels.MatMul(a, false, b, false, c, 150, 170, 300, accumulate: false, pool);
                Assert.Equal(expected, c);
            }
        }
    }

    [Fact]
    public void MatMul_NoTerms_ClearsOrKeeps()
    {
        float[] c = [1f, 2f];
        Kernels.MatMul([], false, [], false, c, 1, 2, 0, accumulate: true);
        Assert.Equal([1f, 2f], c);
        Kernels.MatMul([], false, [], false, c, 1, 2, 0);
        Assert.Equal([0f, 0f], c);
        Kernels.MatMul([], false, [], false, c, 1, 2, 0, bias: [3f, 4f]);
        Assert.Equal([3f, 4f], c);
    }

    [Fact]
    public void MatMul_PackedBeforehandOrWhereItIsUsed_GivesTheSameBits()
    {
        var random = new Random(10);
        float[] a = Numbers.Random(random, 20 * 300), b = Numbers.Random(random, 300 * 170), bias = Numbers.Random(random, 170);
        float[] expected = new float[20 * 170], c = new float[20 * 170];
        Kernels.MatMul(a, false, new PackedMatrix(b, 300, 170, transposed: true), expected, 20, bias: bias);
        Kernels.MatMul(a, false, b, true, c, 20, 170, 300, bias: bias);
        Assert.Equal(expected, c);
        Assert.Throws<ArgumentException>(() => Kernels.MatMul(a, false, b, true, c, 20, 170, 300, accumulate: true, bias: bias));
        Assert.Throws<ArgumentException>(() => Kernels.MatMul(a, false, b, true, c, 20, 170, 300, bias: new float[169]));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void PassesOverMemory_AnyNumberOfThreads_GiveTheSameBits(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int length = 123_457, hidden = 163, batch = 41;
        var random = new Random(11);
        float[] x = Numbers.Random(random, length), y = Numbers.Random(random, length), m = Numbers.Random(random, length), v = [.. Numbers.Random(random, length).Select(MathF.Abs)];
        float[] gates = Numbers.Random(random, batch * 3 * hidden), u = Numbers.Random(random, gates.Length), h = Numbers.Random(random, batch * hidden);
        var expected = Results(null);
        foreach (var threads in (int[])[2, 3])
        {
            using var pool = new WorkerPool(threads);
            foreach (var (one, other) in expected.Zip(Results(pool)))
            {
                Assert.Equal(one, other);
            }
        }

        List<float[]> Results(WorkerPool? pool)
        {
            float[] sum = [.. y], scaled = [.. y], cleared = [.. y], w = [.. y], first = [.. m], second = [.. v], columns = new float[1_111];
            Kernels.Axpy(0.3f, x, sum, pool);
            Kernels.Scale(0.7f, scaled, pool);
            Kernels.Clear(cleared, pool);
            Kernels.AdamStep(w, x, first, second, 0.9f, 0.99f, 0.02f, 1.5f, 1e-8f, 0.95f, pool);
            Kernels.AddColumnSums(x.AsSpan(0, 111 * columns.Length), columns, pool);
            float[] norm = [(float)Kernels.Norm(x, pool), (float)(1e6 * Kernels.Norm(x, pool) % 1)], ofGates = [.. gates], ofU = [.. u], after = new float[h.Length], d = [.. h];
            Kernels.GruGates(ofGates, ofU, h, after, hidden, pool);
            Kernels.GruGatesBackward(ofGates, ofU, h, d, hidden, pool);
            Assert.All(cleared, value => Assert.Equal(0f, value));
            return [sum, scaled, w, first, second, columns, norm, ofGates, ofU, after, d];
        }
    }

    [Fact]
    public void MatVec_MatchesPlainLoop()
    {
        float[] w = [1, 2, 3, 4, 5, 6], y = [10, 20];
        Kernels.MatVec(w, [1, 0, 2], y, accumulate: true);
        Assert.Equal([17f, 36f], y);
        Kernels.MatVec(w, [1, 0, 2], y);
        Assert.Equal([7f, 16f], y);
    }

    [Fact]
    public void Dot_LengthsDiffer_Throws()
    {
        Assert.Throws<ArgumentException>(() => Kernels.Dot(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Kernels.MatMul(new float[6], false, new float[6], false, new float[5], 2, 2, 3));
        Assert.Throws<ArgumentException>(() => Kernels.AddBias(new float[5], new float[2]));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void AdamStep_EveryTailLength_MatchesPlainLoop(int width) => EveryLength(width, (a, b) =>
    {
        var random = new Random(a.Length);
        float[] m = Numbers.Random(random, a.Length), v = [.. Numbers.Random(random, a.Length).Select(MathF.Abs)];
        var expected = new double[a.Length];
        for (var i = 0; i < a.Length; i++)
        {
            var first = (0.9 * m[i]) + (0.1 * b[i]);
            var second = (0.99 * v[i]) + (0.01 * b[i] * b[i]);
            expected[i] = (0.95 * a[i]) - (0.02 * first / ((Math.Sqrt(second) * 1.5) + 1e-8));
        }

        Kernels.AdamStep(a, b, m, v, 0.9f, 0.99f, 0.02f, 1.5f, 1e-8f, 0.95f, null);

        Assert.True(Numbers.WorstRelativeError(expected, a) < 1e-5);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void GruGates_EveryTailLength_MatchPlainLoop(int width) => EveryHidden(width, (random, hidden) =>
    {
        const int b = 2;
        float[] gates = Numbers.Random(random, b * 3 * hidden, 3f), u = Numbers.Random(random, b * 3 * hidden, 3f), before = Numbers.Random(random, b * hidden);
        float[] state = new float[b * hidden], dState = Numbers.Random(random, b * hidden);
        var (expected, dGates, dU, dBefore) = (new double[b * hidden], new double[gates.Length], new double[gates.Length], new double[b * hidden]);
        for (var at = 0; at < b * hidden; at++)
        {
            var g = (at / hidden * 3 * hidden) + (at % hidden);
            var r = Logistic((double)gates[g] + u[g]);
            var z = Logistic((double)gates[g + hidden] + u[g + hidden]);
            var n = Math.Tanh(gates[g + (2 * hidden)] + (r * u[g + (2 * hidden)]));
            expected[at] = ((1 - z) * n) + (z * before[at]);
            dGates[g + (2 * hidden)] = dState[at] * (1 - z) * (1 - (n * n));
            dU[g + (2 * hidden)] = dGates[g + (2 * hidden)] * r;
            dU[g] = dGates[g] = dGates[g + (2 * hidden)] * u[g + (2 * hidden)] * r * (1 - r);
            dU[g + hidden] = dGates[g + hidden] = dState[at] * (before[at] - n) * z * (1 - z);
            dBefore[at] = dState[at] * z;
        }

        Kernels.GruGates(gates, u, before, state, hidden);
        Kernels.GruGatesBackward(gates, u, before, dState, hidden);

        RequireClose(expected, state);
        RequireClose(dGates, gates);
        RequireClose(dU, u);
        RequireClose(dBefore, dState);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void LstmGates_EveryTailLength_MatchPlainLoop(int width) => EveryHidden(width, (random, hidden) =>
    {
        const int b = 2;
        float[] gates = Numbers.Random(random, b * 4 * hidden, 3f), before = Numbers.Random(random, b * hidden), dState = Numbers.Random(random, b * hidden), dCell = Numbers.Random(random, b * hidden);
        var (cell, state) = (new float[b * hidden], new float[b * hidden]);
        var (expectedCell, expected, dGates, dBefore) = (new double[b * hidden], new double[b * hidden], new double[gates.Length], new double[b * hidden]);
        for (var at = 0; at < b * hidden; at++)
        {
            var k = (at / hidden * 4 * hidden) + (at % hidden);
            var i = Logistic(gates[k]);
            var f = Logistic(gates[k + hidden]);
            var g = Math.Tanh(gates[k + (2 * hidden)]);
            var o = Logistic(gates[k + (3 * hidden)]);
            expectedCell[at] = (f * before[at]) + (i * g);
            var t = Math.Tanh(expectedCell[at]);
            expected[at] = o * t;
            var dc = dCell[at] + (dState[at] * o * (1 - (t * t)));
            dGates[k] = dc * g * i * (1 - i);
            dGates[k + hidden] = dc * before[at] * f * (1 - f);
            dGates[k + (2 * hidden)] = dc * i * (1 - (g * g));
            dGates[k + (3 * hidden)] = dState[at] * t * o * (1 - o);
            dBefore[at] = dc * f;
        }

        Kernels.LstmGates(gates, before, cell, state, hidden);
        Kernels.LstmGatesBackward(gates, before, cell, dState, dCell, hidden);

        RequireClose(expectedCell, cell);
        RequireClose(expected, state);
        RequireClose(dGates, gates);
        RequireClose(dBefore, dCell);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void CoupledGates_EveryTailLength_MatchPlainLoop(int width) => EveryHidden(width, (random, hidden) =>
    {
        const int b = 2;
        float[] gates = Numbers.Random(random, b * 3 * hidden, 3f), before = Numbers.Random(random, b * hidden), dState = Numbers.Random(random, b * hidden), dCell = Numbers.Random(random, b * hidden);
        var (cell, state) = (new float[b * hidden], new float[b * hidden]);
        var (expectedCell, expected, dGates, dBefore) = (new double[b * hidden], new double[b * hidden], new double[gates.Length], new double[b * hidden]);
        for (var at = 0; at < b * hidden; at++)
        {
            var k = (at / hidden * 3 * hidden) + (at % hidden);
            var (i, g, o) = (Logistic(gates[k]), Math.Tanh(gates[k + hidden]), Logistic(gates[k + (2 * hidden)]));
            expectedCell[at] = ((1 - i) * before[at]) + (i * g);
            var t = Math.Tanh(expectedCell[at]);
            expected[at] = o * t;
            var dc = dCell[at] + (dState[at] * o * (1 - (t * t)));
            dGates[k] = dc * (g - before[at]) * i * (1 - i);
            dGates[k + hidden] = dc * i * (1 - (g * g));
            dGates[k + (2 * hidden)] = dState[at] * t * o * (1 - o);
            dBefore[at] = dc * (1 - i);
        }

        Kernels.CoupledGates(gates, before, cell, state, hidden);
        Kernels.CoupledGatesBackward(gates, before, cell, dState, dCell, hidden);

        RequireClose(expectedCell, cell);
        RequireClose(expected, state);
        RequireClose(dGates, gates);
        RequireClose(dBefore, dCell);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void PeepholeGates_EveryTailLength_MatchPlainLoop(int width) => EveryHidden(width, (random, hidden) =>
    {
        const int b = 2;
        float[] gates = Numbers.Random(random, b * 4 * hidden, 3f), peepholes = Numbers.Random(random, 3 * hidden), dPeepholes = Numbers.Random(random, 3 * hidden);
        float[] before = Numbers.Random(random, b * hidden), dState = Numbers.Random(random, b * hidden), dCell = Numbers.Random(random, b * hidden);
        var (cell, state) = (new float[b * hidden], new float[b * hidden]);
        var (expectedCell, expected, dGates, dBefore, dWays) = (new double[b * hidden], new double[b * hidden], new double[gates.Length], new double[b * hidden], Numbers.ToDouble(dPeepholes));
        for (var at = 0; at < b * hidden; at++)
        {
            var (k, j) = ((at / hidden * 4 * hidden) + (at % hidden), at % hidden);
            double pi = peepholes[j], pf = peepholes[hidden + j], po = peepholes[(2 * hidden) + j];
            var (i, f, g) = (Logistic(gates[k] + (pi * before[at])), Logistic(gates[k + hidden] + (pf * before[at])), Math.Tanh(gates[k + (2 * hidden)]));
            var c = expectedCell[at] = (f * before[at]) + (i * g);
            var (o, t) = (Logistic(gates[k + (3 * hidden)] + (po * c)), Math.Tanh(c));
            expected[at] = o * t;
            var dO = dGates[k + (3 * hidden)] = dState[at] * t * o * (1 - o);
            var dc = dCell[at] + (dState[at] * o * (1 - (t * t))) + (dO * po);
            var dI = dGates[k] = dc * g * i * (1 - i);
            var dF = dGates[k + hidden] = dc * before[at] * f * (1 - f);
            dGates[k + (2 * hidden)] = dc * i * (1 - (g * g));
            dBefore[at] = (dc * f) + (dI * pi) + (dF * pf);
            dWays[j] += dI * before[at];
            dWays[hidden + j] += dF * before[at];
            dWays[(2 * hidden) + j] += dO * c;
        }

        Kernels.PeepholeGates(gates, peepholes, before, cell, state, hidden);
        Kernels.PeepholeGatesBackward(gates, peepholes, dPeepholes, before, cell, dState, dCell, hidden);

        RequireClose(expectedCell, cell);
        RequireClose(expected, state);
        RequireClose(dGates, gates);
        RequireClose(dBefore, dCell);
        RequireClose(dWays, dPeepholes);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void ResetFirstGates_EveryTailLength_MatchPlainLoop(int width) => EveryHidden(width, (random, hidden) =>
    {
        const int b = 2;
        float[] gates = Numbers.Random(random, b * 3 * hidden, 3f), u = Numbers.Random(random, b * 2 * hidden, 3f), ofNew = Numbers.Random(random, b * hidden), before = Numbers.Random(random, b * hidden);
        float[] dState = Numbers.Random(random, b * hidden), dReset = Numbers.Random(random, b * hidden);
        float[] reset = new float[b * hidden], state = new float[b * hidden], dNew = new float[b * hidden], dRecurrent = new float[b * 2 * hidden];
        var (let, expected, dGates, dBefore, dN, dU) = (new double[b * hidden], new double[b * hidden], new double[gates.Length], new double[b * hidden], new double[b * hidden], new double[u.Length]);
        for (var at = 0; at < b * hidden; at++)
        {
            var (k, q) = ((at / hidden * 3 * hidden) + (at % hidden), (at / hidden * 2 * hidden) + (at % hidden));
            var (r, z, n) = (Logistic((double)gates[k] + u[q]), Logistic((double)gates[k + hidden] + u[q + hidden]), Math.Tanh((double)gates[k + (2 * hidden)] + ofNew[at]));
            let[at] = r * before[at];
            expected[at] = ((1 - z) * n) + (z * before[at]);
            dN[at] = dGates[k + (2 * hidden)] = dState[at] * (1 - z) * (1 - (n * n));
            dU[q + hidden] = dGates[k + hidden] = dState[at] * (before[at] - n) * z * (1 - z);
            dU[q] = dGates[k] = dReset[at] * before[at] * r * (1 - r);
            dBefore[at] = (dState[at] * z) + (dReset[at] * r);
        }

        Kernels.ResetFirstGates(gates, u, before, reset, hidden);
        Kernels.ResetFirstState(gates, ofNew, before, state, hidden);
        Kernels.ResetFirstStateBackward(gates, before, dNew, dState, hidden);
        Kernels.ResetFirstGatesBackward(gates, before, dReset, dRecurrent, dState, hidden);

        RequireClose(let, reset);
        RequireClose(expected, state);
        RequireClose(dN, dNew);
        RequireClose(dGates, gates);
        RequireClose(dU, dRecurrent);
        RequireClose(dBefore, dState);
    });

    [Theory]
    [MemberData(nameof(Widths))]
    public void NormAndAllFinite_EveryTailLength_MatchPlainLoop(int width) => EveryLength(width, (a, b) =>
    {
        Assert.Equal(Math.Sqrt(a.Sum(value => (double)value * value)), Kernels.Norm(a), 1e-6);
        Assert.True(Kernels.AllFinite(a));
        for (var i = 0; i < b.Length; i++)
        {
            foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            {
                var kept = b[i];
                b[i] = bad;
                Assert.False(Kernels.AllFinite(b));
                b[i] = kept;
            }
        }
    });

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static void EveryHidden(int width, Action<Random, int> check)
    {
        using var lowered = VectorWidths.Use(width);
        for (var hidden = 1; hidden <= 40; hidden++)
        {
            check(new Random(hidden), hidden);
        }
    }

    /// <summary>Within 1e-6: activations are good to 2e-7 and meet factors up to 3.</summary>
    private static void RequireClose(double[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-6, $"[{i}] of {expected.Length}: {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    private static float[] Times20(float[] x) => [.. x.Select(v => 20f * v)];

    private static void EveryLength(int width, Action<float[], float[]> check)
    {
        using var lowered = VectorWidths.Use(width);
        for (var length = 0; length <= Longest; length++)
        {
            var random = new Random(length);
            check(Numbers.Random(random, length), Numbers.Random(random, length));
        }
    }

    /// <summary>Runs y = f(x, y) and looks at each element and at what lies behind the last.</summary>
    private static void Elementwise(float[] x, float[] y, Func<float, float, double> plain, ActionOnSpans kernel, double tolerance)
    {
        float[] guarded = [.. y, 12345f];
        kernel(x, guarded.AsSpan(0, y.Length));
        for (var i = 0; i < x.Length; i++)
        {
            var expected = plain(x[i], y[i]);
            Assert.True(Math.Abs(expected - guarded[i]) <= tolerance, $"[{i}] of {x.Length}: {guarded[i]:R}, expected {expected:R}");
        }

        Assert.Equal(12345f, guarded[^1]);
    }

    private delegate void ActionOnSpans(float[] x, Span<float> y);

    private static void RequireProduct(Random random, int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, WorkerPool? pool)
    {
        float[] a = Numbers.Random(random, m * k), b = Numbers.Random(random, k * n), c = Numbers.Random(random, m * n);
        var bias = accumulate || random.Next(2) == 0 ? [] : Numbers.Random(random, n);
        var expected = new double[c.Length];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = accumulate ? c[(i * n) + j] : bias.Length > 0 ? bias[j] : 0.0;
                for (var p = 0; p < k; p++)
                {
                    sum += (double)a[transposeA ? (p * m) + i : (i * k) + p] * b[transposeB ? (j * k) + p : (p * n) + j];
                }

                expected[(i * n) + j] = sum;
            }
        }

        Kernels.MatMul(a, transposeA, b, transposeB, c, m, n, k, accumulate, pool, bias);

        var worst = Numbers.WorstRelativeError(expected, c);
        Assert.True(worst < 1e-4, $"{m}×{n}×{k}, transposed {transposeA}, {transposeB}, accumulate {accumulate}: {worst:R}");
    }
}
