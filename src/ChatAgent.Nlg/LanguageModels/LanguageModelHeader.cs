using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>What the file of a language model says of its tokens.</summary>
internal sealed partial record LanguageModelHeader(TextUnit Unit, bool CutsSigns, IReadOnlyList<string> Tokens, IReadOnlyList<string[]>? Merges, IReadOnlyList<string> Words)
{
    public static LanguageModelHeader Of(LanguageModel model) => new(
        model.Units.Unit, model.Units.CutsSigns, model.Units.Vocabulary.Words, model.Units.Pairs?.Merges.Select(merge => new[] { merge.Left, merge.Right }).ToArray(), model.Words.Words);

    public string ToJson() => JsonSerializer.Serialize(this, HeaderJson.Default.LanguageModelHeader);

    /// <exception cref="ModelFormatException">It is not such a header.</exception>
    public static LanguageModelHeader FromJson(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, HeaderJson.Default.LanguageModelHeader) is { Tokens.Count: > 1, Words: not null } header
                ? header
                : throw new ModelFormatException(name, "the header names no tokens");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(name, $"the header is not the JSON it should be: {e.Message}", e);
        }
    }

    public TextUnits ToUnits(string name)
    {
        try
        {
            var vocabulary = Vocabulary.FromWords(Tokens);
            return vocabulary[TextUnits.EndWord] == Vocabulary.Unknown || (Unit == TextUnit.Subword) != (Merges is not null)
                ? throw new ModelFormatException(name, $"the tokens lack \"{TextUnits.EndWord}\", or the joins of subwords")
                : new TextUnits(Unit, CutsSigns, vocabulary, Merges is null ? null : BytePairs.Of([.. Merges.Select(merge => (merge[0], merge[1]))]));
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
        {
            throw new ModelFormatException(name, $"its tokens are not what they should be: {e.Message}", e);
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(LanguageModelHeader))]
    private sealed partial class HeaderJson : JsonSerializerContext;
}
