using System.Text;

namespace ChatAgent.Email.Tests;

public sealed class HtmlReplyTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const string Question = "Su hora es el martes. Si no puede, responda CANCELAR";

    [Theory]
    [InlineData("<div dir=ltr>Sí, voy<br>Gracias</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">El mar, 5 may 2026, Centro escribió:<br></div><blockquote class=\"gmail_quote\">" + Question + "</blockquote></div>")]
    [InlineData("<html><body>Sí, voy<div>Gracias</div><div><br><blockquote type=\"cite\"><div>El 05-05-2026, a la(s) 10:02, Centro escribió:</div><div>" + Question + "</div></blockquote></div></body></html>")]
    [InlineData("<div>Sí, voy</div><div>Gracias</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>De:</b> Centro</div><div>" + Question + "</div>")]
    [InlineData("<p class=MsoNormal>Sí, voy</p><p class=MsoNormal>Gracias</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>De:</b> Centro</p></div><p class=MsoNormal>" + Question + "</p>")]
    [InlineData("<div>Sí, voy</div><div>Gracias</div><div class=\"yahoo_quoted\"><div>El martes, Centro escribió:</div><div>" + Question + "</div></div>")]
    [InlineData("<p>Sí, voy<br>Gracias</p><div class=\"moz-cite-prefix\">El 05-05-2026 a las 10:02, Centro escribió:<br></div><blockquote type=\"cite\" cite=\"mid:x\">" + Question + "</blockquote>")]
    [InlineData("<style>p{color:red}</style><div>Sí, voy</div><div>Gracias</div><div style=\"display:none\">CANCELAR</div><span style=\"font-size:0px\">no voy</span><blockquote>" + Question + "</blockquote>")]
    [InlineData("<div>Sí, voy</div><div>Gracias</div><div class=\"gmail_quote\">---------- Forwarded message ---------<br>" + Question + "</div>")]
    [InlineData("<div>Sí, voy</div><div>Gracias</div><br><div>De: Centro<br>Enviado: martes<br>Para: Isabel<br>Asunto: Su hora</div><div>" + Question + "</div>")]
    public void Html_OfEveryClient_GivesOnlyTheWritersWords(string html)
    {
        var mail = Read(html);

        Assert.Equal("Sí, voy\nGracias", mail.Reply.Text);
        Assert.Contains("CANCELAR", mail.Reply.Quoted, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_AnswersBetweenTheQuotes_ArePieces()
    {
        var mail = Read("<div dir=ltr>Hola</div><div class=\"gmail_quote\"><blockquote class=\"gmail_quote\">¿Asistirá?</blockquote><div>Sí</div><blockquote class=\"gmail_quote\">¿Con quién?</blockquote><div>Sola</div></div>");

        Assert.Equal("Hola\nSí\nSola", mail.Reply.Text);
    }

    [Fact]
    public void Html_IndentedByTheWriter_IsNoQuote() =>
        Assert.Equal("Puedo el jueves", Read("<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\"><div>Puedo el jueves</div></blockquote>").Reply.Text);

    [Fact]
    public void Html_WithEmptyPlainText_IsRead()
    {
        var mail = MailReader.Read(Encoding.UTF8.GetBytes("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/html; charset=utf-8\n\n<p>Confirmo&nbsp;👍</p>\n--b--\n"));

        Assert.Equal("Confirmo 👍", mail.Reply.Text);
        Assert.Equal("Confirmo 👍", mail.Text);
    }

    [Theory]
    [InlineData("<p>uno</p><p>dos</p>", "uno\n\ndos")]
    [InlineData("<div>uno</div><div><br></div><div>dos</div>", "uno\n\ndos")]
    [InlineData("uno<br><br>dos", "uno\n\ndos")]
    [InlineData("<ul><li>martes</li><li>jueves</li></ul>", "- martes\n- jueves")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc")]
    [InlineData("<pre>a\n  b</pre>", "a\n  b")]
    [InlineData("a &lt;b&gt; <img alt=\"👍\"> <img alt=\"logo de la clínica\">", "a <b> 👍")]
    public void Html_AsText_HasTheLinesThatAReaderSees(string html, string text) => Assert.Equal(text, Read(html).Text);

    [Fact]
    public void Html_HostileNesting_IsReadInBoundedTime()
    {
        foreach (var html in new[] { Repeat("<div>", 200_000), Repeat("<b><i>", 14_000), Repeat("<table><tr><td>", 9_000), Repeat("<a><p>", 14_000), Repeat("<blockquote>", 29_000), Repeat("<b><i>", 990), Repeat("<table><tr><td>", 600), Repeat("<a><p>", 990), Repeat("<blockquote>", 1_900), new string('<', 900_000) })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.NotNull(Read(html + "hola"));
            output.WriteLine($"{html[..12]}: {watch.ElapsedMilliseconds} ms");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{html[..12]}: {watch.Elapsed}");
        }

        static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
    }

    private static IncomingMail Read(string html) => MailReader.Read(Encoding.UTF8.GetBytes($"Content-Type: text/html; charset=utf-8\n\n{html}"));
}
