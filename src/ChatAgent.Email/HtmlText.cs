using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace ChatAgent.Email;

/// <summary>HTML of a mail as the text that a reader sees, with the spans that its program marked as quoted.</summary>
internal static class HtmlText
{
    /// <summary>Characters of HTML that are read; what people write is far shorter.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>Tags, and tags within each other, beyond which the markup is taken off without a tree: building one for hostile nesting takes quadratic time.</summary>
    private const int MaxTags = 100_000;
    private const int MaxNesting = 2_000;

    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase) { "head", "style", "script", "title", "template", "noscript", "object", "iframe", "svg", "select", "textarea" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
    };

    private static readonly string[] QuoteClasses = ["gmail_attr", "yahoo_quoted", "moz-cite-prefix", "moz-forward-container", "protonmail_quote", "tutanota_quote", "zmail_extra", "OutlookMessageHeader", "gmail_signature", "moz-signature", "protonmail_signature_block"];
    private static readonly string[] QuoteIds = ["ms-outlook-mobile-signature", "Signature", "x_Signature"];
    private static readonly string[] EverythingBelowIds = ["divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container", "stopSpelling", "reply-intro"];

    /// <summary>Text with line feeds, and its quoted spans in order; they begin and end at line ends.</summary>
    public static (string Text, IReadOnlyList<BodySpan> Quoted) Read(string html)
    {
        if (html.Length > MaxLength)
        {
            html = html[..MaxLength];
        }

        if (IsHostile(html))
        {
            return (StripTags(html), []);
        }

        return new Writer().Run(new HtmlParser().ParseDocument(html).DocumentElement);
    }

    /// <summary>Counts opening against closing tags; those that need no closing one are few beside the limit.</summary>
    private static bool IsHostile(string html)
    {
        var tags = 0;
        var open = 0;
        for (var i = html.IndexOf('<', StringComparison.Ordinal); i >= 0 && i + 1 < html.Length; i = html.IndexOf('<', i + 1))
        {
            tags++;
            open += html[i + 1] == '/' ? -1 : char.IsAsciiLetter(html[i + 1]) && !IsVoid(html.AsSpan(i + 1)) ? 1 : 0;
            if (tags > MaxTags || open > MaxNesting)
            {
                return true;
            }
        }

        return false;

        static bool IsVoid(ReadOnlySpan<char> tag) =>
            tag.StartsWith("br", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("img", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("hr", StringComparison.OrdinalIgnoreCase)
            || tag.StartsWith("meta", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("link", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("col", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes the markup off without reading it.</summary>
    private static string StripTags(string html)
    {
        var text = new StringBuilder();
        var isTag = false;
        foreach (var c in html)
        {
            if (c == '<')
            {
                isTag = true;
            }
            else if (c == '>' && isTag)
            {
                isTag = false;
                text.Append(text.Length > 0 && text[^1] != '\n' ? '\n' : ' ');
            }
            else if (!isTag)
            {
                text.Append(c);
            }
        }

        return System.Net.WebUtility.HtmlDecode(text.ToString());
    }

    private sealed class Writer
    {
        private readonly StringBuilder _text = new();
        private readonly List<BodySpan> _quoted = [];
        private bool _isLineOpen;
        private bool _hasBlank;
        private int _preformatted;
        private int _quoteDepth;
        private int _quoteStart;

        public (string Text, IReadOnlyList<BodySpan> Quoted) Run(IElement root)
        {
            // An explicit stack: nesting is the sender's choice.
            var work = new Stack<(INode Node, bool IsLeaving, bool IsQuote)>();
            work.Push((root, false, false));
            while (work.TryPop(out var step))
            {
                if (step.IsLeaving)
                {
                    Leave((IElement)step.Node, step.IsQuote);
                }
                else if (step.Node is IText text)
                {
                    Write(text.Data);
                }
                else if (step.Node is IElement element && !Dropped.Contains(element.LocalName) && !IsHidden(element))
                {
                    if (IsEverythingBelow(element))
                    {
                        // Never left again.
                        EnterQuote();
                    }

                    var isQuote = IsQuote(element);
                    Enter(element, isQuote);
                    work.Push((element, true, isQuote));
                    for (var child = element.LastChild; child is not null; child = child.PreviousSibling)
                    {
                        work.Push((child, false, false));
                    }
                }
            }

            if (_quoteDepth > 0)
            {
                _quoteDepth = 1;
                LeaveQuote();
            }

            return (_text.ToString(), _quoted);
        }

        private void Enter(IElement element, bool isQuote)
        {
            switch (element.LocalName)
            {
                case "br":
                    _text.Append('\n');
                    _isLineOpen = _hasBlank = false;
                    break;
                case "img" when element.GetAttribute("alt") is { Length: > 0 and <= 16 } alt && alt.Any(c => c > 127 && !char.IsLetter(c)):
                    // An emoji drawn as a picture.
                    Write(alt);
                    break;
                case "td" or "th":
                    _hasBlank |= _isLineOpen;
                    break;
                case var name when Blocks.Contains(name):
                    EndLine();
                    if (IsParagraph(element))
                    {
                        EmptyLine();
                    }

                    if (name == "li")
                    {
                        Write("- ");
                        _hasBlank = true;
                    }

                    break;
            }

            _preformatted += element.LocalName == "pre" ? 1 : 0;
            if (isQuote)
            {
                EnterQuote();
            }
        }

        private void Leave(IElement element, bool isQuote)
        {
            if (isQuote)
            {
                LeaveQuote();
            }

            _preformatted -= element.LocalName == "pre" ? 1 : 0;
            if (Blocks.Contains(element.LocalName))
            {
                EndLine();
                if (IsParagraph(element))
                {
                    EmptyLine();
                }
            }
        }

        private void EnterQuote()
        {
            EndLine();
            if (_quoteDepth++ == 0)
            {
                _quoteStart = _text.Length;
            }
        }

        private void LeaveQuote()
        {
            EndLine();
            if (--_quoteDepth == 0 && _text.Length > _quoteStart)
            {
                _quoted.Add(new BodySpan(_quoteStart, _text.Length - _quoteStart));
            }
        }

        private void Write(string data)
        {
            foreach (var c in data)
            {
                if (_preformatted > 0)
                {
                    if (c != '\r')
                    {
                        _text.Append(c);
                        _isLineOpen = c != '\n';
                    }
                }
                else if (c is ' ' or '\t' or '\r' or '\n' or '\f')
                {
                    _hasBlank = true;
                }
                else
                {
                    if (_hasBlank && _isLineOpen)
                    {
                        _text.Append(' ');
                    }

                    // No-break spaces are layout; line separators must not make lines that spans do not know of.
                    _text.Append(c is '\u00A0' or '\u2028' or '\u2029' or '\u0085' or '\v' ? ' ' : c);
                    _isLineOpen = true;
                    _hasBlank = false;
                }
            }
        }

        private void EndLine()
        {
            if (_isLineOpen)
            {
                _text.Append('\n');
            }

            _isLineOpen = _hasBlank = false;
        }

        private void EmptyLine()
        {
            if (_text.Length > 1 && !(_text[^1] == '\n' && _text[^2] == '\n'))
            {
                _text.Append('\n');
            }
        }

        private static bool IsParagraph(IElement element) =>
            element.LocalName is "p" && !element.ClassList.Contains("MsoNormal") && !Style(element).Contains("margin:0", StringComparison.Ordinal);

        private static bool IsHidden(IElement element)
        {
            if (element.HasAttribute("hidden"))
            {
                return true;
            }

            var style = Style(element);
            return style.Length > 0 && (style.Contains("display:none", StringComparison.Ordinal) || style.Contains("visibility:hidden", StringComparison.Ordinal) || style.Contains("mso-hide:all", StringComparison.Ordinal)
                || IsZero(style, "font-size:") || IsZero(style, "opacity:") || (IsZero(style, "max-height:") && style.Contains("overflow:hidden", StringComparison.Ordinal)));
        }

        /// <summary>"font-size:0", "font-size:0px", "font-size:0.0pt"; not "font-size:0.9em".</summary>
        private static bool IsZero(string style, string property)
        {
            var at = style.IndexOf(property, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            var digits = 0;
            for (var i = at + property.Length; i < style.Length && (char.IsAsciiDigit(style[i]) || style[i] == '.'); i++, digits++)
            {
                if (style[i] is not ('0' or '.'))
                {
                    return false;
                }
            }

            return digits > 0;
        }

        private static bool IsQuote(IElement element)
        {
            if (element.LocalName == "blockquote")
            {
                // The "indent" button of Gmail and Outlook makes a block quote without a border: the writer's own words.
                var style = Style(element);
                return element.GetAttribute("type") is not null || element.ClassName is { Length: > 0 } || !(style.Contains("border:none", StringComparison.Ordinal) || style.Contains("border:medium none", StringComparison.Ordinal));
            }

            if (element.Id is { } id && QuoteIds.Contains(id, StringComparer.Ordinal))
            {
                return true;
            }

            foreach (var name in element.ClassList)
            {
                // Web mail that rewrites classes puts "x_" before them.
                var bare = name.StartsWith("x_", StringComparison.Ordinal) ? name[2..] : name;
                if (QuoteClasses.Contains(bare, StringComparer.Ordinal))
                {
                    return true;
                }

                // Around a quoted block this class holds the answers between its pieces too; without one it is a forwarded message.
                if (bare == "gmail_quote" && !element.Children.Any(child => child.LocalName == "blockquote"))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool IsEverythingBelow(IElement element)
        {
            if (element.Id is { } id && EverythingBelowIds.Any(known => id.Equals(known, StringComparison.Ordinal) || id.Equals("x_" + known, StringComparison.Ordinal)))
            {
                return true;
            }

            // Outlook's rule above the quoted headers.
            var style = element.LocalName == "div" ? Style(element) : string.Empty;
            return style.Contains("border:none;border-top:solid#", StringComparison.Ordinal) && (style.Contains("padding:3.0pt0", StringComparison.Ordinal) || style.Contains("padding:3pt0", StringComparison.Ordinal))
                && element.QuerySelector("b, strong") is not null;
        }

        /// <summary>Lower case, without blanks.</summary>
        private static string Style(IElement element) =>
            element.GetAttribute("style") is { Length: > 0 and < 4000 } style ? new string([.. style.Where(c => !char.IsWhiteSpace(c))]).ToLowerInvariant() : string.Empty;
    }
}
