using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu;

/// <summary>Words with a BIO tag each: "B-city" begins a stretch, "I-city" goes on with it, "O" is outside.</summary>
public sealed record TaggedText(IReadOnlyList<string> Words, IReadOnlyList<string> Tags)
{
    /// <summary>Outside of every stretch.</summary>
    public const string Outside = "O";

    /// <summary>Reads seq.in and seq.out from a folder or by the path of the first; or labelled text with inline entities.</summary>
    /// <param name="path">A folder with seq.in and seq.out, a file "….in" with "….out" beside it, or a corpus file with entities (Rasa YAML).</param>
    /// <exception cref="CorpusFormatException">A line has another number of words than tags, or a tag is none; the message names file and line.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static IReadOnlyList<TaggedText> Read(string path)
    {
        var input = Directory.Exists(path) && File.Exists(Path.Combine(path, "seq.in")) ? Path.Combine(path, "seq.in") : path;
        return input.EndsWith(".in", StringComparison.OrdinalIgnoreCase) ? ReadPair(input, input[..^3] + ".out") : [.. CorpusReader.Read(path).Select(Of)];
    }

    /// <summary>The words of a labelled text with the tags of its entities.</summary>
    public static TaggedText Of(LabelledText row)
    {
        var tokens = Tokenizer.Tokenize(row.Text);
        return new TaggedText([.. tokens.Select(token => token.Text)], [.. tokens.Select(token =>
        {
            var entity = row.Entities.FirstOrDefault(entity => token.Span.Start >= entity.Span.Start && token.Span.End <= entity.Span.End);
            return entity is null ? Outside : $"{(tokens.Any(other => other.Span.Start >= entity.Span.Start && other.Span.Start < token.Span.Start) ? 'I' : 'B')}-{entity.Name}";
        })]);
    }

    /// <summary>Name and words [From, To) of each stretch. An "I" that follows no stretch of its name begins one, as conlleval counts.</summary>
    public static IReadOnlyList<(string Name, int From, int To)> Stretches(IReadOnlyList<string> tags)
    {
        var found = new List<(string, int, int)>();
        var (name, from) = (string.Empty, 0);
        for (var i = 0; i <= tags.Count; i++)
        {
            var tag = i < tags.Count ? tags[i] : Outside;
            var goesOn = name.Length > 0 && tag.StartsWith("I-", StringComparison.Ordinal) && tag.AsSpan(2).SequenceEqual(name);
            if (goesOn)
            {
                continue;
            }

            if (name.Length > 0)
            {
                found.Add((name, from, i));
            }

            (name, from) = (tag == Outside ? string.Empty : tag[2..], i);
        }

        return found;
    }

    private static List<TaggedText> ReadPair(string input, string output)
    {
        var (rows, number) = (new List<TaggedText>(), 0);
        using var tags = File.ReadLines(output).GetEnumerator();
        foreach (var line in File.ReadLines(input))
        {
            number++;
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            string[] said = tags.MoveNext() ? tags.Current.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
            if (words.Length != said.Length)
            {
                throw new CorpusFormatException(output, number, 1, $"{said.Length} tags for {words.Length} words", "one tag for each word");
            }

            if (said.FirstOrDefault(tag => tag != Outside && !(tag.Length > 2 && tag[0] is 'B' or 'I' && tag[1] == '-')) is { } wrong)
            {
                throw new CorpusFormatException(output, number, 1, $"the tag \"{wrong}\"", "O, B-name or I-name");
            }

            if (words.Length > 0)
            {
                rows.Add(new TaggedText(words, said));
            }
        }

        return rows;
    }
}
