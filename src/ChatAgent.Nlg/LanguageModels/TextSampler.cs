namespace ChatAgent.Nlg;

/// <summary>Draws texts from a language model by chance. Stateless and thread-safe.</summary>
public static class TextSampler
{
    /// <summary>Draws one text.</summary>
    /// <param name="model">Gives the distributions.</param>
    /// <param name="prefix">Its first tokens.</param>
    /// <param name="options">How boldly.</param>
    /// <param name="random">Decides; the same one gives the same text.</param>
    /// <returns>The tokens with the prefix, without the end, and their log-probability under the model itself.</returns>
    public static (IReadOnlyList<int> Tokens, double LogProbability) Draw(LanguageModel model, IReadOnlyList<int> prefix, TextSamplerOptions options, Random random)
    {
        TextSamplerOptions.Require(options);
        var (state, row, tokens, sum) = (model.Start(1), new float[model.VocabularySize - 1], prefix.ToList(), 0.0);
        model.Next(state, [model.EndToken], row);
        foreach (var token in prefix)
        {
            model.Next(state, [token], row);
        }

        for (var drawn = 0; drawn < options.MaxTokens; drawn++)
        {
            var token = Draw(row, options, random);
            sum += row[token];
            if (token == model.EndToken)
            {
                break;
            }

            tokens.Add(token);
            model.Next(state, [token], row);
        }

        return (tokens, sum);
    }

    private static int Draw(float[] logProbabilities, TextSamplerOptions options, Random random)
    {
        // The unknown token is never drawn: it is no word.
        var ranked = Enumerable.Range(0, logProbabilities.Length)
            .Where(token => token != Text.Vocabulary.Unknown)
            .OrderByDescending(token => logProbabilities[token])
            .ThenBy(token => token)
            .Take(options.TopK > 0 ? options.TopK : int.MaxValue)
            .ToList();
        var (mass, kept) = (0.0, 0);
        while (kept < ranked.Count && (mass < options.TopP || kept == 0))
        {
            mass += Math.Exp(logProbabilities[ranked[kept++]]);
        }

        var most = logProbabilities[ranked[0]];
        var weights = ranked.Take(kept).Select(token => Math.Exp((logProbabilities[token] - most) / options.Temperature)).ToArray();
        var at = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
        {
            at -= weights[i];
            if (at < 0)
            {
                return ranked[i];
            }
        }

        return ranked[weights.Length - 1];
    }
}

/// <summary>How boldly a <see cref="TextSampler"/> draws.</summary>
public sealed record TextSamplerOptions
{
    /// <summary>1 draws as the model says, less is more careful, above 0 to 10.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Drawn among the likeliest so many (Fan et al. 2018); 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Drawn among the likeliest that together have this share (nucleus, Holtzman et al. 2020), above 0 to 1.</summary>
    public double TopP { get; init; } = 1.0;

    /// <summary>Most tokens drawn, 1 to 10,000.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal static void Require(TextSamplerOptions options)
    {
        if (options is not { Temperature: > 0 and <= 10, TopK: >= 0, TopP: > 0 and <= 1, MaxTokens: >= 1 and <= 10_000 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "temperature above 0 to 10, top-k 0 or more, top-p above 0 to 1, 1 to 10000 tokens");
        }
    }
}
