namespace ChatAgent.Neural.Tests;

/// <summary>A number in double that remembers what it was made of, so that a twin is its equations alone and gradients follow from them.</summary>
internal sealed class TracedNumber(double value, params (TracedNumber From, double Slope)[] parents)
{
    private bool _seen;

    public double Value { get; } = value;

    /// <summary>Derivative of the number whose <see cref="Backward"/> was called by this one.</summary>
    public double Gradient { get; private set; }

    public static TracedNumber operator +(TracedNumber a, TracedNumber b) => new(a.Value + b.Value, (a, 1), (b, 1));

    public static TracedNumber operator -(TracedNumber a, TracedNumber b) => new(a.Value - b.Value, (a, 1), (b, -1));

    public static TracedNumber operator *(TracedNumber a, TracedNumber b) => new(a.Value * b.Value, (a, b.Value), (b, a.Value));

    public static TracedNumber Tanh(TracedNumber a) => Math.Tanh(a.Value) is var t ? new(t, (a, 1 - (t * t))) : a;

    public static TracedNumber Sigmoid(TracedNumber a) => 1 / (1 + Math.Exp(-a.Value)) is var s ? new(s, (a, s * (1 - s))) : a;

    public static TracedNumber[] Of(IEnumerable<double> values) => [.. values.Select(value => new TracedNumber(value))];

    /// <summary>Σ w[start + i] · x[i].</summary>
    public static TracedNumber Dot(TracedNumber[] w, int start, TracedNumber[] x)
    {
        var sum = w[start] * x[0];
        for (var i = 1; i < x.Length; i++)
        {
            sum += w[start + i] * x[i];
        }

        return sum;
    }

    public void Backward()
    {
        var order = new List<TracedNumber>();
        Visit(this, order);
        Gradient = 1;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            order[i].Push();
        }
    }

    private static void Visit(TracedNumber number, List<TracedNumber> order)
    {
        if (number._seen)
        {
            return;
        }

        number._seen = true;
        foreach (var (from, _) in number.Parents)
        {
            Visit(from, order);
        }

        order.Add(number);
    }

    private (TracedNumber From, double Slope)[] Parents => parents;

    private void Push()
    {
        foreach (var (from, slope) in parents)
        {
            from.Gradient += Gradient * slope;
        }
    }
}
