using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>Models of one vocabulary, their probabilities added up by weights: p(w) = Σ λ_i p_i(w). Immutable and thread-safe.</summary>
public sealed class MixedLanguageModel : LanguageModel
{
    private const int Rounds = 100;

    private readonly IReadOnlyList<LanguageModel> _models;

    /// <param name="models">Two or more over the same tokens.</param>
    /// <param name="weights">λ, one each, 0 or more; scaled to sum to 1.</param>
    /// <exception cref="ArgumentException">The tokens differ, or the weights do not fit.</exception>
    public MixedLanguageModel(IReadOnlyList<LanguageModel> models, IReadOnlyList<double> weights)
        : base(models[0].Units, models[0].Words)
    {
        if (models.Any(model => model.Units.Unit != Units.Unit || !model.Units.Vocabulary.Words.SequenceEqual(Units.Vocabulary.Words, StringComparer.Ordinal)))
        {
            throw new ArgumentException("the models have different tokens; train them with the vocabulary of one (--vocabulary-from)", nameof(models));
        }

        if (weights.Count != models.Count || weights.Any(weight => !(weight >= 0)) || weights.Sum() <= 0)
        {
            throw new ArgumentException($"{weights.Count} weights for {models.Count} models; expected one each, 0 or more, not all 0", nameof(weights));
        }

        (_models, Weights) = (models, [.. weights.Select(weight => weight / weights.Sum())]);
    }

    /// <summary>λ, summing to 1.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <inheritdoc/>
    public override long ParameterCount => _models.Sum(model => model.ParameterCount);

    /// <summary>The weights under which a text is likeliest, by expectation maximisation (Jelinek and Mercer 1980).</summary>
    /// <param name="models">As the constructor takes them.</param>
    /// <param name="tokens">A text that none was trained on.</param>
    public static MixedLanguageModel Fit(IReadOnlyList<LanguageModel> models, ReadOnlySpan<int> tokens)
    {
        var logs = new float[models.Count][];
        for (var i = 0; i < models.Count; i++)
        {
            logs[i] = models[i].LogProbabilities(tokens);
        }

        var weights = Enumerable.Repeat(1.0 / models.Count, models.Count).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var shares = new double[models.Count];
            for (var t = 0; t < tokens.Length; t++)
            {
                var total = 0.0;
                for (var i = 0; i < models.Count; i++)
                {
                    total += weights[i] * Math.Exp(logs[i][t]);
                }

                for (var i = 0; i < models.Count; i++)
                {
                    shares[i] += total > 0 ? weights[i] * Math.Exp(logs[i][t]) / total : weights[i];
                }
            }

            var length = tokens.Length;
            weights = [.. shares.Select(share => share / length)];
        }

        return new MixedLanguageModel(models, weights);
    }

    /// <inheritdoc/>
    public override LanguageModel With(WeightFormat weights) => new MixedLanguageModel([.. _models.Select(model => model.With(weights))], Weights);

    /// <inheritdoc/>
    public override LanguageState Start(int rows) => new State([.. _models.Select(model => model.Start(rows))]);

    /// <inheritdoc/>
    public override LanguageState Gather(LanguageState state, ReadOnlySpan<int> parents)
    {
        var parts = ((State)state).Parts;
        var gathered = new LanguageState[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            gathered[i] = _models[i].Gather(parts[i], parents);
        }

        return new State(gathered);
    }

    /// <inheritdoc/>
    public override void Next(LanguageState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        var mixed = (State)state;
        var part = mixed.Buffer ??= new float[logProbabilities.Length];
        logProbabilities.Clear();
        for (var i = 0; i < _models.Count; i++)
        {
            _models[i].Next(mixed.Parts[i], tokens, part);
            for (var j = 0; j < logProbabilities.Length; j++)
            {
                logProbabilities[j] += (float)(Weights[i] * MathF.Exp(part[j]));
            }
        }

        for (var j = 0; j < logProbabilities.Length; j++)
        {
            logProbabilities[j] = MathF.Log(logProbabilities[j]);
        }
    }

    /// <inheritdoc/>
    public override float[] LogProbabilities(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        var sums = new double[tokens.Length];
        for (var i = 0; i < _models.Count; i++)
        {
            var part = _models[i].LogProbabilities(tokens, cancellationToken);
            for (var t = 0; t < sums.Length; t++)
            {
                sums[t] += Weights[i] * Math.Exp(part[t]);
            }
        }

        return [.. sums.Select(sum => (float)Math.Log(sum))];
    }

    /// <inheritdoc/>
    public override void Save(string path) => throw new NotSupportedException("a mixture has no file: its models have theirs, and it is put together of them.");

    private sealed class State(LanguageState[] parts) : LanguageState
    {
        public LanguageState[] Parts => parts;

        public float[]? Buffer { get; set; }

        public override int Rows => parts[0].Rows;
    }
}
