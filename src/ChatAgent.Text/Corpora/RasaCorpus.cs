using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ChatAgent.Text.Corpora;

/// <summary>Rasa's NLU training data. Synonyms, lookups and regexes are passed over: they are not labelled text.</summary>
internal static class RasaCorpus
{
    public static List<LabelledText> Parse(string content, string file)
    {
        var rows = new List<LabelledText>();
        string[] lines = [.. CorpusReader.Lines(content).Select(line => line.Line)];
        try
        {
            var parser = new Parser(new StringReader(content));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return rows;
            }

            parser.Consume<DocumentStart>();
            var root = parser.Current;
            if (!parser.TryConsume<MappingStart>(out _))
            {
                throw Error(file, root!, "no mapping at the top", "\"nlu:\"");
            }

            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Consume<Scalar>();
                if (key.Value == "nlu")
                {
                    Items(parser, file, lines, rows);
                }
                else
                {
                    parser.SkipThisAndNestedEvents();
                }
            }
        }
        catch (YamlException error)
        {
            throw new CorpusFormatException(file, (int)error.Start.Line, (int)error.Start.Column, $"broken YAML ({error.Message})", "YAML");
        }

        return rows;
    }

    private static void Items(Parser parser, string file, string[] lines, List<LabelledText> rows)
    {
        var at = parser.Current!;
        if (!parser.TryConsume<SequenceStart>(out _))
        {
            throw Error(file, at, "something else under \"nlu\"", "a list of intents with examples");
        }

        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            Item(parser, file, lines, rows);
        }
    }

    private static void Item(Parser parser, string file, string[] lines, List<LabelledText> rows)
    {
        var start = parser.Current!;
        if (!parser.TryConsume<MappingStart>(out _))
        {
            throw Error(file, start, "a list entry that is no mapping", "\"intent:\" and \"examples:\"");
        }

        string? intent = null;
        var examples = new List<(int Line, string Text)>();
        var isOther = false;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            switch (key.Value)
            {
                case "intent":
                    intent = parser.Consume<Scalar>().Value.Trim();
                    break;
                case "examples":
                    Examples(parser, file, examples);
                    break;
                default:
                    isOther |= key.Value is "synonym" or "lookup" or "regex";
                    parser.SkipThisAndNestedEvents();
                    break;
            }
        }

        if (isOther)
        {
            return;
        }

        if (string.IsNullOrEmpty(intent))
        {
            throw Error(file, start, "an entry without a name", "\"intent\", \"synonym\", \"lookup\" or \"regex\"");
        }

        foreach (var (line, text) in examples)
        {
            // The column of the mark's bracket, found again in the raw line, which may be indented and quoted.
            var raw = line <= lines.Length ? lines[line - 1] : string.Empty;
            var indent = Math.Max(0, raw.IndexOf(text, StringComparison.Ordinal));
            rows.Add(InlineEntities.Parse(intent, text, file, line, indent));
        }
    }

    private static void Examples(Parser parser, string file, List<(int Line, string Text)> examples)
    {
        if (parser.TryConsume<SequenceStart>(out _))
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                if (parser.TryConsume<Scalar>(out var plain))
                {
                    examples.Add(((int)plain.Start.Line, plain.Value.Trim()));
                    continue;
                }

                parser.Consume<MappingStart>();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    if (parser.Consume<Scalar>().Value == "text")
                    {
                        var text = parser.Consume<Scalar>();
                        examples.Add(((int)text.Start.Line + (text.Style is ScalarStyle.Literal or ScalarStyle.Folded ? 1 : 0), text.Value.Trim()));
                    }
                    else
                    {
                        parser.SkipThisAndNestedEvents();
                    }
                }
            }

            return;
        }

        var block = parser.Consume<Scalar>();
        var first = (int)block.Start.Line + (block.Style is ScalarStyle.Literal or ScalarStyle.Folded ? 1 : 0);
        foreach (var (number, line) in CorpusReader.Lines(block.Value))
        {
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            if (trimmed[0] != '-')
            {
                throw new CorpusFormatException(file, first + number - 1, 1, CorpusReader.Shown(trimmed), "\"- \" before each example");
            }

            examples.Add((first + number - 1, trimmed[1..].Trim()));
        }
    }

    private static CorpusFormatException Error(string file, ParsingEvent at, string found, string expected) =>
        new(file, (int)at.Start.Line, (int)at.Start.Column, found, expected);
}
