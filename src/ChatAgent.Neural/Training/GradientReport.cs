using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>Looks at gradients layer by layer now and then, and says what to change where they vanish or explode.</summary>
/// <remarks>
/// Norms are smoothed over the looks (half of each new one), so that one odd batch raises no alarm. Exploding: the norm of all is above 20 times the clip, or not finite; clipping
/// then decides the direction of every step. Vanishing: a layer's mean gradient is below 1/1,000 of the largest layer's (Pascanu, Mikolov and
/// Bengio 2013, arXiv:1211.5063, on both). Embeddings are left out of that: most of their rows are not in a batch. Not thread-safe.
/// </remarks>
public sealed class GradientReport
{
    private const double Explodes = 20.0, Vanishes = 1e-3, Keep = 0.5;

    private readonly (string Layer, Parameter[] Parameters, int Length)[] _layers;
    private readonly double[] _squares;
    private readonly float _clip;
    private int _looks;

    /// <param name="parameters">Whose gradients are looked at.</param>
    /// <param name="clip">The norm at which they are clipped.</param>
    public GradientReport(ParameterSet parameters, float clip)
    {
        _layers = [.. parameters.Parameters.GroupBy(LayerOf, StringComparer.Ordinal).Select(group => (group.Key, group.ToArray(), group.Sum(parameter => parameter.Length)))];
        (_squares, _clip) = (new double[_layers.Length], clip);
    }

    /// <summary>The smoothed norms, in the order in which layers were made.</summary>
    public IReadOnlyList<LayerGradient> Layers =>
        [.. _layers.Zip(_squares, (layer, square) => new LayerGradient(layer.Layer, Math.Sqrt(square), Math.Sqrt(square / layer.Length)))];

    /// <summary>What is wrong and what to change, or null.</summary>
    public string? Diagnosis
    {
        get
        {
            if (_looks < 3)
            {
                return null;
            }

            var layers = Layers;
            var total = Math.Sqrt(_squares.Sum());
            if (!(total <= Explodes * _clip))
            {
                var worst = layers.MaxBy(layer => layer.Norm)!;
                return Text($"gradients explode: norm {total:G3}, {total / _clip:F0} times the clip of {_clip:G3}, most of it in {worst.Layer}. Lower the learning rate, shorten the steps of backpropagation, or warm up.");
            }

            var inner = layers.Where(layer => !IsTable(layer.Layer)).ToArray();
            if (inner.Length > 1 && inner.MaxBy(layer => layer.Mean) is { Mean: > 0 } largest && inner.MinBy(layer => layer.Mean) is { } least && least.Mean < Vanishes * largest.Mean)
            {
                var cure = least.Layer.StartsWith("rnn", StringComparison.Ordinal) ? "Use GRU or LSTM" : "Add residual ways, use fewer layers";
                return Text($"gradients vanish in {least.Layer}: {least.Mean:G2} a parameter, {largest.Mean / least.Mean:N0} times less than in {largest.Layer}. {cure}, or raise the learning rate of what stands still.");
            }

            return null;
        }
    }

    /// <summary>Looks at the gradients as they are now.</summary>
    public void Look()
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var square = _layers[i].Parameters.Sum(parameter => Math.Pow(Kernels.Norm(parameter.Gradients), 2));
            _squares[i] = _looks == 0 ? square : (Keep * _squares[i]) + ((1.0 - Keep) * square);
        }

        _looks++;
    }

    private static string LayerOf(Parameter parameter) => parameter.Name.LastIndexOf('.') is > 0 and var dot ? parameter.Name[..dot] : parameter.Name;

    private static bool IsTable(string layer) => layer is "embedding" or "source" or "target" or "output" or "crf";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
