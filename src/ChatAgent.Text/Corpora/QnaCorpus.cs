namespace ChatAgent.Text.Corpora;

/// <summary>QnA Maker's .qna: <c># ? question</c>, <c>- another wording</c>, then the answer in a fence, which is no row.</summary>
internal static class QnaCorpus
{
    public static List<LabelledText> Parse(string content, string file)
    {
        var rows = new List<LabelledText>();
        string? label = null;
        var inFence = false;
        var fenceLine = 0;
        foreach (var (number, raw) in CorpusReader.Lines(content))
        {
            var line = raw.Trim();
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inFence = !inFence;
                fenceLine = number;
                label = null;
            }
            else if (inFence || line.Length == 0 || line[0] == '>')
            {
                continue;
            }
            else if (line[0] == '#' && line.TrimStart('#').TrimStart() is ['?', .. var question])
            {
                label = question.Trim();
                if (label.Length == 0)
                {
                    throw new CorpusFormatException(file, number, 1, "a heading without a question", "# ? question");
                }

                rows.Add(new LabelledText(label, label) { File = file, Line = number });
            }
            else if (line.StartsWith("**", StringComparison.Ordinal))
            {
                // "**Filters:**" and "**Prompts:**": their lines are no questions.
                label = null;
            }
            else if (line[0] == '-' && label is not null)
            {
                rows.Add(new LabelledText(label, line[1..].Trim()) { File = file, Line = number });
            }
        }

        return inFence ? throw new CorpusFormatException(file, fenceLine, 1, "a fence that is not closed", "```") : rows;
    }
}
