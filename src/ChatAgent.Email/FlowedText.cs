using System.Text;

namespace ChatAgent.Email;

/// <summary>Paragraphs of format=flowed put together again. Source: RFC 3676 §4.</summary>
internal static class FlowedText
{
    /// <param name="text">Decoded body; line ends of any kind.</param>
    /// <param name="deleteSpace">DelSp=yes: the blank at a soft line end is no part of the text.</param>
    public static string Join(string text, bool deleteSpace)
    {
        var joined = new StringBuilder(text.Length);
        var openDepth = -1;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var depth = 0;
            while (depth < line.Length && line[depth] == '>')
            {
                depth++;
            }

            // Stuffing: a blank before what would otherwise begin with a blank, ">" or "From ".
            var content = line.AsSpan(depth);
            if (content is [' ', ..])
            {
                content = content[1..];
            }

            var isSignatureMark = content is "-- ";
            if (openDepth != depth || isSignatureMark)
            {
                if (openDepth >= 0)
                {
                    joined.Append('\n');
                }

                joined.Append('>', depth).Append(depth > 0 ? " " : string.Empty);
            }

            var isSoft = content is [.., ' '] && !isSignatureMark;
            joined.Append(isSoft && deleteSpace ? content[..^1] : content);
            openDepth = isSoft ? depth : -1;
            if (!isSoft)
            {
                joined.Append('\n');
            }
        }

        // Split gives one line more than there are line ends.
        return joined is { Length: > 0 } && joined[^1] == '\n' ? joined.ToString(0, joined.Length - 1) : joined.ToString();
    }
}
