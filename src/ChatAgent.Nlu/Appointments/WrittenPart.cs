using System.Text.RegularExpressions;

namespace ChatAgent.Nlu.Appointments;

/// <summary>What of a raw body its writer added: quotes, signatures and disclaimers are blanked, so that every place in the text keeps its number.</summary>
/// <remarks>
/// In production ChatAgent.Email cuts before; this is the net for raw bodies, and for chat it finds nothing to cut. Lines are judged one after another: the head of a quoted original
/// (Gmail, Apple Mail, Yahoo, Outlook, forwarded) cuts all that follows, except what stands below lines that begin with "&gt;" (an answer below the quote). Linear in the length.
/// </remarks>
internal static class WrittenPart
{
    private static readonly Regex _originalMark = Linear(@"^\W*(mensaje original|original message|mensaje reenviado|forwarded message|mensaje enviado|begin forwarded message|inicio del mensaje reenviado)\W*$|^_{10,}\s*$");
    private static readonly Regex _wrote = Linear(@"^\s*(el|en|on|a la|am|le)\b.{6,}\b(escribi[óo]|wrote|ha escrito|schrieb|a écrit)\W*$");
    private static readonly Regex _wroteBegin = Linear(@"^\s*(el|en|on)\b.*\d.*$");
    private static readonly Regex _datedHead = Linear(@"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*:\s*$");
    private static readonly Regex _headerFrom = Linear(@"^\s*\*?(de|from)\s?:\*?\s");
    private static readonly Regex _headerField = Linear(@"^\s*\*?(enviado( el)?|sent|fecha|date|para|to|cc|asunto|subject)\s?:");
    private static readonly Regex _signatureMark = Linear(@"^\s*(--|—|__+|\*{4,}|={4,})\s*$");
    private static readonly Regex _sentFrom = Linear(@"^\s*\W*(enviado (desde|con)|sent (from|via|with)|obtener outlook|get outlook|descargar outlook|mandado desde|libre de virus|virus.free)\b");
    private static readonly Regex _disclaimer = Linear(@"^\s*\W*(aviso (legal|de confidencialidad)|confidencial|nota de confidencialidad|disclaimer|confidentiality|legal notice|este (mensaje|correo|e-?mail)( electr[óo]nico)? (y |contiene|es confidencial|est[áa] dirigid|puede contener|va dirigid)|la informaci[óo]n (contenida|transmitida|de este)|the information (in|contained)|this (e-?mail|message) (and|contains|is intended|may contain|is confidential)|antes de imprimir|por favor considere el medio|please consider the env|think before)");
    private static readonly Regex _closing = Linear(@"^\s*((muchos |muy |un )?(saludos?( cordial(es)?| atentos?)?|atte|atentamente|cordialmente|(kind |best |warm )?regards|sincerely|yours( (truly|sincerely|faithfully))?|best( wishes)?|(se despide|saluda)( muy)? atentamente( a (ud|usted|uds|ustedes))?))\W*$");

    /// <summary>The text with everything blanked that its writer did not write; same length.</summary>
    /// <param name="text">The raw body.</param>
    /// <param name="keepSignature">Whether only the quoted original goes, and signature and disclaimer stay.</param>
    public static string Of(string text, bool keepSignature = false)
    {
        var lines = Lines(text);
        var keep = new bool[lines.Count];
        var cutRest = false;
        var inSignature = false;
        var written = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = Line(text, lines[i]);
            if (line.TrimStart().StartsWith('>'))
            {
                inSignature = false;
                continue;
            }

            if (!cutRest && QuoteHead(text, lines, i) is > 0 and var headLines)
            {
                // Below a head the original follows, marked by ">" (then the writer may go on below it) or not (then all the rest is the original).
                var next = i + headLines;
                while (next < lines.Count && string.IsNullOrWhiteSpace(Line(text, lines[next])))
                {
                    next++;
                }

                cutRest = next < lines.Count && !Line(text, lines[next]).TrimStart().StartsWith('>');
                i += headLines - 1;
                continue;
            }

            if (cutRest)
            {
                continue;
            }

            if (!keepSignature)
            {
                if (_signatureMark.IsMatch(line) || (written && _disclaimer.IsMatch(line)))
                {
                    inSignature = true;
                }

                if (inSignature || _sentFrom.IsMatch(line))
                {
                    continue;
                }

                if (written && _closing.IsMatch(line))
                {
                    inSignature = true;
                }
            }

            keep[i] = true;
            written |= !string.IsNullOrWhiteSpace(line);
        }

        if (Array.TrueForAll(keep, static k => k))
        {
            return text;
        }

        var shown = text.ToCharArray();
        for (var i = 0; i < lines.Count; i++)
        {
            if (!keep[i])
            {
                for (var at = lines[i].Start; at < lines[i].End; at++)
                {
                    shown[at] = shown[at] is '\n' or '\r' ? shown[at] : ' ';
                }
            }
        }

        return new string(shown);
    }

    private static List<(int Start, int End)> Lines(string text)
    {
        var lines = new List<(int, int)>();
        var start = 0;
        while (start <= text.Length)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            lines.Add((start, end));
            start = end + 1;
        }

        return lines;
    }

    private static string Line(string text, (int Start, int End) line) => line.End - line.Start > 400 ? text.Substring(line.Start, 400) : text[line.Start..line.End].TrimEnd('\r');

    /// <summary>How many lines the head of a quoted original takes that begins at a line; 0 when none does.</summary>
    private static int QuoteHead(string text, List<(int Start, int End)> lines, int at)
    {
        var line = Line(text, lines[at]);
        if (_originalMark.IsMatch(line))
        {
            return 1;
        }

        if (_wrote.IsMatch(line))
        {
            return 1;
        }

        // Gmail breaks a long head in two: "El lun, 30 jul 2018 a las 8:38, Alicia Ejemplo" / "<citas@...> escribió:".
        if (at + 1 < lines.Count && _wroteBegin.IsMatch(line) && _wrote.IsMatch($"{line} {Line(text, lines[at + 1]).Trim()}"))
        {
            return 2;
        }

        // "28/11/2026 09:06, Centro Médico Los Aromos:" above lines that begin with ">".
        if (at + 1 < lines.Count && _datedHead.IsMatch(line) && Line(text, lines[at + 1]).TrimStart().StartsWith('>'))
        {
            return 1;
        }

        if (!_headerFrom.IsMatch(line))
        {
            return 0;
        }

        var fields = 0;
        for (var next = at + 1; next < lines.Count && next <= at + 6; next++)
        {
            fields += _headerField.IsMatch(Line(text, lines[next])) ? 1 : 0;
        }

        return fields >= 2 ? 1 : 0;
    }

    // Without backtracking a match takes time linear in the line, whatever the line holds.
    private static Regex Linear(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
}
