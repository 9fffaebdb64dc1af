using System.Text;

namespace ChatAgent.Text.Corpora;

/// <summary>LUIS's .lu: <c># Intent</c>, <c>- words {entity=words} words</c>; definitions of entities, lists and imports are passed over.</summary>
internal static class LuCorpus
{
    public static List<LabelledText> Parse(string content, string file)
    {
        var rows = new List<LabelledText>();
        string? intent = null;
        var inDefinition = false;
        foreach (var (number, raw) in CorpusReader.Lines(content))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '>' or '!' || line.StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            if (line[0] == '#')
            {
                intent = line.TrimStart('#').Trim();
                inDefinition = false;
                if (intent.Length == 0)
                {
                    throw new CorpusFormatException(file, number, 1, "a heading without a name", "# Intent");
                }
            }
            else if (line[0] is '@' or '$' or '[')
            {
                inDefinition = line[0] != '[';
            }
            else if (line[0] is '-' or '*' or '+')
            {
                if (inDefinition)
                {
                    continue;
                }

                if (intent is null)
                {
                    throw new CorpusFormatException(file, number, 1, CorpusReader.Shown(line), "a heading \"# Intent\" before the first example");
                }

                var indent = raw.IndexOf(line, StringComparison.Ordinal) + 1;
                var words = line[1..];
                rows.Add(Row(intent, words.Trim(), file, number, indent + words.Length - words.TrimStart().Length));
            }
            else
            {
                throw new CorpusFormatException(file, number, 1, CorpusReader.Shown(line), "\"#\", \"-\", \"@\" or \">\"");
            }
        }

        return rows;
    }

    private static LabelledText Row(string intent, string marked, string file, int line, int indent)
    {
        var text = new StringBuilder(marked.Length);
        var open = new Stack<(string Name, int Start)>();
        var entities = new List<LabelledEntity>();
        for (var i = 0; i < marked.Length; i++)
        {
            if (marked[i] == '{')
            {
                var stop = marked.IndexOfAny(['=', '}'], i);
                if (stop < 0)
                {
                    throw new CorpusFormatException(file, line, indent + i + 1, CorpusReader.Shown(marked.AsSpan(i)), "{entity=words}");
                }

                var name = marked[(i + 1)..stop].Trim().TrimStart('@');
                if (marked[stop] == '}')
                {
                    // A pattern's slot without words: the name stands for itself.
                    text.Append(name);
                    i = stop;
                    continue;
                }

                open.Push((name, text.Length));
                i = stop;
                while (i + 1 < marked.Length && marked[i + 1] == ' ')
                {
                    i++;
                }
            }
            else if (marked[i] == '}' && open.TryPop(out var entity))
            {
                var words = text.ToString(entity.Start, text.Length - entity.Start);
                entities.Add(new LabelledEntity(entity.Name, new TextSpan(entity.Start, words.Length), words));
            }
            else
            {
                text.Append(marked[i]);
            }
        }

        if (open.Count > 0)
        {
            throw new CorpusFormatException(file, line, indent + marked.Length, "the line's end", "a closing \"}\"");
        }

        return new LabelledText(intent, text.ToString()) { Entities = [.. entities.OrderBy(entity => entity.Span.Start).ThenByDescending(entity => entity.Span.Length)], File = file, Line = line };
    }
}
