using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu;

/// <summary>What understanding is trained on.</summary>
public sealed record NluTrainingData
{
    /// <summary>Utterances with their intents and marked entities, all languages together.</summary>
    public required IReadOnlyList<LabelledText> Train { get; init; }

    /// <summary>Utterances that choose the mixture, the calibration and the threshold; empty holds out every fifth training row for that.</summary>
    public IReadOnlyList<LabelledText> Validation { get; init; } = [];

    /// <summary>Texts that belong to no intent, for the threshold only; may be empty.</summary>
    public IReadOnlyList<string> OutOfScopeValidation { get; init; } = [];

    /// <summary>Sentences by language, for telling languages apart besides the built-in tables; may be empty.</summary>
    public IReadOnlyList<(Language Language, string Text)> LanguageTexts { get; init; } = [];

    /// <summary>Names that are known beforehand: doctors, branches, specialties, insurers.</summary>
    public NluLexicon Lexicon { get; init; } = NluLexicon.Empty;

    /// <summary>Reads a corpus folder with files <c>{language}.{train|dev|test}.yml</c>, as corpora/clinic/nlu has them; the test rows are left alone.</summary>
    /// <param name="folder">Holds the files; <c>out_of_scope/{language}.dev.yml</c> below it is read when it is there.</param>
    /// <param name="useOutOfScope">Whether the threshold may look at the out-of-scope development rows.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="CorpusFormatException">A file breaks its format, or there is no training file.</exception>
    public static NluTrainingData FromFolder(string folder, NluLexicon? lexicon = null, bool useOutOfScope = true)
    {
        var files = Directory.GetFiles(folder, "*.yml").Order(StringComparer.Ordinal).ToArray();
        var train = new List<LabelledText>();
        var validation = new List<LabelledText>();
        var texts = new List<(Language, string)>();
        foreach (var (language, code) in LanguageCodes.All)
        {
            foreach (var file in files.Where(file => System.IO.Path.GetFileName(file).StartsWith($"{code}.", StringComparison.Ordinal)))
            {
                var name = System.IO.Path.GetFileNameWithoutExtension(file);
                if (name.EndsWith(".train", StringComparison.Ordinal) || name.Contains(".train.", StringComparison.Ordinal))
                {
                    var rows = CorpusReader.Read(file);
                    train.AddRange(rows);
                    texts.AddRange(rows.Select(row => (language, row.Text)));
                }
                else if (name.EndsWith(".dev", StringComparison.Ordinal))
                {
                    validation.AddRange(CorpusReader.Read(file));
                }
            }
        }

        if (train.Count == 0)
        {
            throw new CorpusFormatException(folder, 1, 1, $"{files.Length} files", "\"es.train.yml\" or another {language}.train.yml with examples");
        }

        var outside = System.IO.Path.Combine(folder, "out_of_scope");
        return new NluTrainingData
        {
            Train = train,
            Validation = validation,
            OutOfScopeValidation = useOutOfScope && Directory.Exists(outside)
                ? [.. Directory.GetFiles(outside, "*.dev.yml").Order(StringComparer.Ordinal).SelectMany(file => CorpusReader.Read(file)).Select(row => row.Text)]
                : [],
            LanguageTexts = texts,
            Lexicon = lexicon ?? NluLexicon.Empty,
        };
    }
}
