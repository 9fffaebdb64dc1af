namespace ChatAgent.Neural;

/// <summary>All parameters of a network in one buffer of floats and their gradients in a second one.</summary>
/// <remarks>Layers add theirs when they are made and keep views. Optimisers, clipping and files see one run of numbers. Not thread-safe.</remarks>
public sealed class ParameterSet
{
    private readonly List<Parameter> _parameters = [];
    private float[] _values = [];
    private float[] _gradients = [];
    private int _length;

    /// <summary>In the order in which layers added them.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Threads for passes over all parameters: clearing, clipping, an optimiser's step. The results do not depend on them.</summary>
    internal WorkerPool? Pool { get; set; }

    /// <summary>Number of floats.</summary>
    public int Length => _length;

    /// <summary>Every value, in the order of <see cref="Parameters"/>.</summary>
    public Span<float> Values => _values.AsSpan(0, _length);

    /// <summary>The loss's derivative by each value, added up by the layers' Backward.</summary>
    public Span<float> Gradients => _gradients.AsSpan(0, _length);

    /// <summary>The parameter of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public Parameter this[string name] =>
        _parameters.Find(parameter => parameter.Name == name)
        ?? throw new KeyNotFoundException($"no parameter \"{name}\"; this set has {string.Join(", ", _parameters.Select(parameter => parameter.Name))}");

    /// <summary>Adds a parameter of zeros.</summary>
    /// <param name="name">Unique, dotted, as it stands in model files: <c>gru.0.weight_ih</c>.</param>
    /// <param name="shape">Sizes, the last index fastest; each at least 1.</param>
    /// <exception cref="ArgumentException">The name is taken or a size is below 1.</exception>
    /// <exception cref="ModelTooLargeException">The sizes do not fit the memory; nothing was allocated.</exception>
    public Parameter Add(string name, params int[] shape)
    {
        if (_parameters.Exists(parameter => parameter.Name == name))
        {
            throw new ArgumentException($"parameter \"{name}\" is already in the set", nameof(name));
        }

        if (shape.Length == 0 || Array.Exists(shape, size => size < 1))
        {
            throw new ArgumentException($"parameter \"{name}\" has shape ({string.Join(", ", shape)}); every size must be at least 1", nameof(shape));
        }

        ModelTooLargeException.ThrowIfTooLarge($"parameter \"{name}\"", 2, [.. shape]);
        ModelTooLargeException.ThrowIfTooLarge($"all parameters up to \"{name}\"", 2, _length + shape.Aggregate(1L, (product, size) => product * size));
        var length = shape.Aggregate(1, (product, size) => checked(product * size));
        var added = new Parameter(this, name, shape, _length, length);
        _length = checked(_length + length);
        Array.Resize(ref _values, _length);
        Array.Resize(ref _gradients, _length);
        _parameters.Add(added);
        return added;
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients() => Kernels.Clear(Gradients, Pool);
}
