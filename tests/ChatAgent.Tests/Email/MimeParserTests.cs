using System.Text;

namespace ChatAgent.Email.Tests;

public sealed class MimeParserTests
{
    [Theory]
    [InlineData("Subject: uno\r\n dos\r\n\ttres\r\n\r\n", "uno dos\ttres")]
    [InlineData("Subject: uno\n dos\n\n", "uno dos")]
    [InlineData("Subject:uno\n\n", "uno")]
    [InlineData("Subject : uno\n\n", "uno")]
    [InlineData("Subject: =?utf-8?Q?Confirmaci=C3=B3n?= cita\n\n", "Confirmación cita")]
    [InlineData("Subject: =?utf-8?B?8J+m?= =?utf-8?B?qQ==?=\n\n", "🦩")]
    [InlineData("Subject: =?ISO-8859-1?Q?Se=F1or_?= =?ISO-8859-1?Q?Mu=F1oz?=\n\n", "Señor Muñoz")]
    [InlineData("Subject: =?utf-8*es?Q?a=C3=B1o?= y =?utf-8?Q?m=C3=A1s?=\n\n", "año y más")]
    [InlineData("Subject: =?utf-8?Q?=41=?=\n\n", "A=")]
    [InlineData("Subject: =?utf-8?X?abc?= =?roto\n\n", "=?utf-8?X?abc?= =?roto")]
    [InlineData("Subject: =?no-existe?Q?a=C3=B1o?=\n\n", "año")]
    public void Headers_FoldedOrEncoded_AreRead(string mail, string subject) =>
        Assert.Equal(subject, MailReader.Read(Encoding.UTF8.GetBytes(mail)).Subject);

    [Fact]
    public void Headers_RawEightBit_AreReadAsUtf8ElseWindows1252()
    {
        Assert.Equal("Año", MailReader.Read(Encoding.UTF8.GetBytes("Subject: Año\n\n")).Subject);
        Assert.Equal("Año", MailReader.Read(Encoding.Latin1.GetBytes("Subject: Año\n\n")).Subject);
    }

    [Fact]
    public void Headers_Repeated_KeepTheirOrder()
    {
        var root = Parse("Received: dos\nReceived: uno\nSubject: x\n\n").Root;

        Assert.Equal(["dos", "uno"], root.Headers.Where(h => h.Name == "Received").Select(h => h.Value));
        Assert.Equal("dos", root.Header("received"));
    }

    [Theory]
    [InlineData("attachment; filename=\"orden médica.pdf\"", "orden médica.pdf")]
    [InlineData("attachment; filename*=utf-8'es'orden%20m%C3%A9dica.pdf", "orden médica.pdf")]
    [InlineData("attachment; filename*0*=utf-8''orden%20m%C3; filename*1*=%A9dica; filename*2=.pdf", "orden médica.pdf")]
    [InlineData("attachment; filename*1=dica.pdf; filename*0=me", "medica.pdf")]
    [InlineData("attachment; filename==?utf-8?Q?m=C3=A9dica=2Epdf?=", "médica.pdf")]
    [InlineData("attachment; filename=\"=?utf-8?B?bcOpZGljYS5wZGY=?=\"", "médica.pdf")]
    [InlineData("attachment; filename=\"..\\\\..\\\\c:/raro\\u0007.pdf\"", "raro\\u0007.pdf")]
    [InlineData("attachment; filename=\"sin cerrar.pdf", "sin cerrar.pdf")]
    [InlineData("attachment; filename=a.pdf (comentario); size=3", "a.pdf")]
    [InlineData("attachment; filename=viejo.pdf; filename*=utf-8''nuevo%21.pdf", "nuevo!.pdf")]
    public void FileName_OfEveryForm_IsRead(string disposition, string name) =>
        Assert.Equal(name.Replace("\\u0007", "u0007", StringComparison.Ordinal), Parse($"Content-Disposition: {disposition}\n\n").Root.FileName);

    [Theory]
    [InlineData("windows-1252", "“Sí”, voy – gracias…")]
    [InlineData("iso-8859-1", "“Sí”, voy – gracias…")]
    [InlineData("us-ascii", "“Sí”, voy – gracias…")]
    [InlineData("desconocido", "“Sí”, voy – gracias…")]
    [InlineData("", "“Sí”, voy – gracias…")]
    public void Text_InWindows1252UnderAnyOfItsLabels_IsRead(string charset, string text)
    {
        var head = charset.Length == 0 ? string.Empty : $"Content-Type: text/plain; charset={charset}\n";
        byte[] mail = [.. Encoding.ASCII.GetBytes($"{head}\n"), 0x93, (byte)'S', 0xED, 0x94, .. ", voy "u8, 0x96, .. " gracias"u8, 0x85];

        Assert.Equal(text, MailReader.Read(mail).Text);
    }

    [Theory]
    [InlineData("utf-7", "7bit", "a+APE-o", "año")]
    [InlineData("utf-8", "quoted-printable", "S=C3=AD, a la=\r\ns 9 =3D nueve=", "Sí, a las 9 = nueve")]
    [InlineData("utf-8", "quoted-printable", "100% =ZZ ok= \nya", "100% =ZZ okya")]
    [InlineData("utf-8", "base64", "U8OtLCB2\r\nb3k=", "Sí, voy")]
    [InlineData("utf-8", "BASE64 ", "U8O!tLCB2b3k", "Sí, voy")]
    [InlineData("utf-8", "base64", "Esto no es base64, son palabras. ¡Y punto!", "Esto no es base64, son palabras. ¡Y punto!")]
    [InlineData("us-ascii", "x-uuencode", "begin 644 nota.txt\n$2&]L80``\n`\nend\n", "Hola")]
    [InlineData("iso-2022-jp", "7bit", "\u001b$B$\"\u001b(B", "あ")]
    public void Text_InEveryEncoding_IsRead(string charset, string encoding, string body, string text) =>
        Assert.Equal(text, MailReader.Read(Encoding.UTF8.GetBytes($"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}")).Text.TrimEnd());

    [Fact]
    public void Flowed_ParagraphsAndQuotes_AreJoined()
    {
        const string Mail = "Content-Type: text/plain; format=flowed; delsp=no\n\nConfirmo la hora \ndel martes.\n\n> ¿Asistirá a \n> la cita?\n>> otra\n De nuevo sin sangría\n-- \nIsabel\n";

        Assert.Equal("Confirmo la hora del martes.\n\n> ¿Asistirá a la cita?\n>> otra\nDe nuevo sin sangría\n-- \nIsabel\n", MailReader.Read(Encoding.UTF8.GetBytes(Mail)).Text);
    }

    [Fact]
    public void Multipart_MissingEndBoundaries_KeepsTextAndAttachment()
    {
        const string Mail = "Content-Type: multipart/mixed; boundary=fuera\n\npreámbulo\n--fuera\nContent-Type: multipart/alternative; boundary=dentro\n\n--dentro\n\nConfirmo\n--dentro\nContent-Type: text/html\n\n<p>Confirmo</p>\n--fuera\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n";

        var mail = MailReader.Read(Encoding.UTF8.GetBytes(Mail));

        Assert.Equal("Confirmo", mail.Text);
        Assert.Equal("<p>Confirmo</p>", mail.Html);
        Assert.Equal(3, Assert.Single(mail.Attachments).Bytes);
        Assert.Contains("a multipart has no end boundary", mail.Problems);
    }

    [Fact]
    public void Multipart_BoundaryThatIsNotUsed_IsGuessed()
    {
        const string Mail = "Content-Type: multipart/mixed; boundary=\"otra\"\n\n--esta\nContent-Type: text/plain\n\nConfirmo\n--esta--\n";

        Assert.Equal("Confirmo", MailReader.Read(Encoding.UTF8.GetBytes(Mail)).Text);
    }

    [Fact]
    public void Multipart_BoundaryThatBeginsLikeTheOuter_IsNotMistakenForIt()
    {
        const string Mail = "Content-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Type: multipart/alternative; boundary=b12\n\n--b12\n\nuno\n--b12--\n--b1\nContent-Type: text/plain; name=nota.txt\n\ndos\n--b1--\n";

        var root = Parse(Mail).Root;

        Assert.Equal(2, root.Parts.Count);
        Assert.Equal("uno", Assert.Single(root.Parts[0].Parts).DecodeText());
        Assert.Equal("dos", root.Parts[1].DecodeText());
    }

    [Fact]
    public void AttachedMessage_IsATreeOfItsOwn_AndNoBody()
    {
        const string Mail = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nReenvío esto\n--x\nContent-Type: message/rfc822\n\nSubject: adentro\n\nCancelo\n--x--\n";
        var mail = MailReader.Read(Encoding.UTF8.GetBytes(Mail));

        Assert.Equal("Reenvío esto", mail.Text);
        Assert.Equal("adentro", mail.Attachments[0].Part.Message!.Header("Subject"));
    }

    [Fact]
    public void Tnef_IsLeftAsideWithANote()
    {
        var mail = MailReader.Read("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nConfirmo\n--x\nContent-Type: application/ms-tnef; name=winmail.dat\n\nxx\n--x--\n"u8.ToArray());

        Assert.Equal("Confirmo", mail.Text);
        Assert.Contains("a TNEF part (winmail.dat) was left aside", mail.Problems);
    }

    [Fact]
    public void Limits_OnDepthPartsAndSize_AreKeptAndNamed()
    {
        var deep = string.Concat(Enumerable.Range(0, 200).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}x\n\n--b{i}x\n"));
        var nested = MimeParser.Parse(Encoding.ASCII.GetBytes(deep));
        Assert.InRange(nested.AllParts().Count(), 1, 31);
        Assert.NotEmpty(nested.Problems);

        var wide = "Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\nx\n", 3000));
        var many = MimeParser.Parse(Encoding.ASCII.GetBytes(wide));
        Assert.Equal(500, many.AllParts().Count());

        var cut = MimeParser.Parse(Encoding.ASCII.GetBytes("\n0123456789"), new MimeLimits { MaxBytes = 5 });
        Assert.Equal("0123", cut.Root.DecodeText());
        Assert.Contains(cut.Problems, problem => problem.Contains("longer than 5 bytes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Mon, 29 Jun 2026 17:33:46 -0400", "2026-06-29T17:33:46-04:00")]
    [InlineData("29 Jun 2026 17:33 GMT", "2026-06-29T17:33:00+00:00")]
    [InlineData("Mon, 29-Jun-26 17:33:46 +0200 (CEST)", "2026-06-29T17:33:46+02:00")]
    [InlineData("Mon Jun 29 17:33:46 2026", "2026-06-29T17:33:46+00:00")]
    [InlineData("Sun, 28 Feb 99 08:00:00 EST", "1999-02-28T08:00:00-05:00")]
    public void Date_InTheFormsOfClients_IsRead(string header, string date) =>
        Assert.Equal(date, MailReader.Read(Encoding.ASCII.GetBytes($"Date: {header}\n\n")).Date?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Mon, 31 Feb 2026 10:00:00 +0000")]
    [InlineData("mañana")]
    [InlineData("Mon, 29 Jun 2026 25:33:46 -0400")]
    [InlineData("Mon, 29 Jun 2026 17:33:46 -9900")]
    public void Date_Impossible_IsNullAndAProblem(string header)
    {
        var mail = MailReader.Read(Encoding.UTF8.GetBytes($"Date: {header}\n\n"));

        Assert.Null(mail.Date);
        Assert.Contains("the date of the mail is unreadable", mail.Problems);
    }

    [Theory]
    [InlineData("Isabel Contreras <isabel@ejemplo.cl>", "Isabel Contreras|isabel@ejemplo.cl")]
    [InlineData("\"Contreras, Isabel\" <isabel@ejemplo.cl>, otro@ejemplo.cl", "Contreras, Isabel|isabel@ejemplo.cl;|otro@ejemplo.cl")]
    [InlineData("isabel@ejemplo.cl (Isabel (hija))", "Isabel (hija)|isabel@ejemplo.cl")]
    [InlineData("=?utf-8?Q?Mu=C3=B1oz?= <m@ejemplo.cl", "Muñoz|m@ejemplo.cl")]
    [InlineData("Pacientes: a@x.cl, B <b@x.cl>;", "|a@x.cl;B|b@x.cl")]
    [InlineData("<@r1,@r2:c@x.cl>", "|c@x.cl")]
    [InlineData("\"a b\"@x.cl", "|\"a b\"@x.cl")]
    public void Addresses_OfEveryForm_AreRead(string header, string expected) =>
        Assert.Equal(expected.Replace("\"a b\"@x.cl", "\"a b\"@x.cl", StringComparison.Ordinal), string.Join(';', IncomingAddress.ParseList(header).Select(a => a.Address.Length > 0 ? $"{a.Name}|{a.Address}" : $"|{a.Name}")));

    private static MimeMessage Parse(string mail) => MimeParser.Parse(Encoding.UTF8.GetBytes(mail));
}
