using System.Diagnostics;
using System.Text;
using ChatAgent.Tests;
using Xunit.Abstractions;

namespace ChatAgent.Email.Tests;

/// <summary>Mutated mails: no throw, no hang, bounded memory. CHATAGENT_FUZZ_SECONDS sets how long (5 by default), CHATAGENT_FUZZ_SEED repeats a run.</summary>
public sealed class MailFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Seeds =
    [
        "From: =?utf-8?Q?Isabel_Mu=C3=B1oz?= <i@x.cl>\r\nTo: \"C, itas\" <c@y.cl>, Grupo: a@b.cl;\r\nSubject: =?iso-8859-1?B?Q29uZmlybWFjafNu?=\r\nDate: Mon, 29 Jun 2026 17:33:46 -0400\r\nReferences: <a@b> <c@d>\r\nContent-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nS=C3=AD, confirmo \r\nmi hora\r\n\r\nEl 05-05-2026, a la(s) 10:02, Centro <c@y.cl> escribi=C3=B3:\r\n> =C2=BFAsistir=C3=A1?\r\n--=_b\r\nContent-Type: text/html\r\n\r\n<div>S&iacute;</div><div class=gmail_quote><blockquote>q</blockquote></div>\r\n--=_b--\r\n",
        "From: MAILER-DAEMON@mx.cl\nSubject: Undelivered Mail\nReturn-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=d\n\n--d\n\n<i@x.cl>: 550 5.1.1 User unknown (in reply to RCPT TO)\n--d\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; i@x.cl\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550\n 5.1.1 no\n\n--d\nContent-Type: message/rfc822\n\nMessage-ID: <a@b>\nContent-Type: multipart/mixed; boundary=dd\n\n--dd\n\nx\n--dd--\n--d--\n",
        "From: i@x.cl\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/calendar; method=REPLY\nContent-Transfer-Encoding: base64\n\nQkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVQTFkNCkJFR0lOOlZFVkVOVA0KVUlEOjENCkRUU1RBUlQ7VFpJRD1YOjIwMjYwNzAxVDEzMTUwMA0KRU5EOlZFVkVOVA0KRU5EOlZDQUxFTkRBUg==\n--c\nContent-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b.ics\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n$2&]L80``\nend\n--c\nContent-Type: application/ics\n\nBEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU\nTZOFFSETTO:-0400\nDTSTART:19700101T000000\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:2\nDTSTART;TZID=X:20260701T131500\nEND:VEVENT\nEND:VCALENDAR\n--c--",
        "Subject: hola\n\nNo podré.\n\nEnviado desde mi iPhone\n\n-----Mensaje original-----\nDe: Centro\nEnviado el: martes\nPara: i\nAsunto: x\n\n> uno\n>> dos\n| tres\n| cuatro\n--\nfirma\nAVISO LEGAL: x\n",
    ];

    [Fact]
    public void Read_MutatedMails_NeverThrowsNorHangsNorEatsMemory()
    {
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("CHATAGENT_FUZZ_SECONDS"), System.Globalization.CultureInfo.InvariantCulture, out var stated) ? stated : 5;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CHATAGENT_FUZZ_SEED"), System.Globalization.CultureInfo.InvariantCulture, out var chosen) ? chosen : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var mails = Seeds.Select(Encoding.UTF8.GetBytes).ToList();
        if (Repository.SharedData is { } shared && Directory.Exists(Path.Combine(shared, "email")))
        {
            mails.AddRange(Directory.EnumerateFiles(Path.Combine(shared, "email"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(mail => mail.Length < 60_000));
        }

        // The expressions are built once, on the first mails; that is not what a mail costs.
        foreach (var mail in Seeds)
        {
            _ = MailReader.Read(Encoding.UTF8.GetBytes(mail));
        }

        var until = Stopwatch.StartNew();
        var round = 0;
        for (; until.Elapsed.TotalSeconds < seconds; round++)
        {
            var random = new Random(seed + round);
            var mail = Mutate(mails, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                var read = MailReader.Read(mail);
                foreach (var part in MimeParser.Parse(mail).AllParts())
                {
                    _ = part.DecodeText();
                }

                Assert.Equal(read.Reply.Text, string.Join('\n', read.Reply.Pieces.Select(piece => read.Reply.Body.Substring(piece.Start, piece.Length))));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed + round}: {failure.Message}", failure);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 40_000_000 + (400L * mail.Length), $"seed {seed + round}: {allocated} bytes for a mail of {mail.Length}");
            if (watch.Elapsed >= TimeSpan.FromSeconds(15))
            {
                // The machine may have stood still for us; a mail that hangs is slow again.
                watch.Restart();
                _ = MailReader.Read(mail);
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"seed {seed + round}: {watch.Elapsed}, twice");
            }
        }

        output.WriteLine($"{round} mails");
        Assert.True(round > 0);
    }

    [Fact]
    public void Read_HostileSizes_EndInBoundedTime()
    {
        string[] bodies =
        [
            string.Concat(Enumerable.Repeat("El 1:\n", 150_000)),
            string.Concat(Enumerable.Repeat("De: a\n", 150_000)),
            string.Concat(Enumerable.Repeat("<a@b.cl>\n", 100_000)),
            string.Concat(Enumerable.Repeat("> ", 400_000)),
            string.Concat(Enumerable.Repeat("x escribió:\n\n", 70_000)),
            new string('a', 900_000),
            new string('\n', 900_000),
        ];
        foreach (var body in bodies)
        {
            var watch = Stopwatch.StartNew();
            Assert.NotNull(MailReader.Read(Encoding.UTF8.GetBytes($"From: MAILER-DAEMON@x.cl\nReturn-Path: <>\n\n{body}")));
            output.WriteLine($"{body[..6].ReplaceLineEndings(" ")}: {watch.ElapsedMilliseconds} ms");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{body[..6]}: {watch.Elapsed}");
        }

        foreach (var header in new[] { new string('(', 60_000), new string('"', 60_000), string.Concat(Enumerable.Repeat("=?utf-8?Q?", 6000)), string.Concat(Enumerable.Repeat("<,", 30_000)), string.Concat(Enumerable.Repeat("a*0*=;", 10_000)) })
        {
            var watch = Stopwatch.StartNew();
            Assert.NotNull(MailReader.Read(Encoding.UTF8.GetBytes($"From: {header}\nSubject: {header}\nTo: {header}\nReferences: {header}\nDate: {header}\nContent-Type: {header}\nContent-Disposition: a;{header}\n\nx")));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{header[..8]}: {watch.Elapsed}");
        }
    }

    private static byte[] Mutate(List<byte[]> mails, Random random)
    {
        var mail = mails[random.Next(mails.Count)].ToList();
        for (var i = random.Next(1, 12); i > 0 && mail.Count > 0; i--)
        {
            var at = random.Next(mail.Count);
            switch (random.Next(6))
            {
                case 0:
                    mail[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mail.RemoveRange(at, Math.Min(random.Next(1, 200), mail.Count - at));
                    break;
                case 2:
                    mail.InsertRange(at, mail.GetRange(at, Math.Min(random.Next(1, 2000), mail.Count - at)));
                    break;
                case 3:
                    var other = mails[random.Next(mails.Count)];
                    var from = random.Next(other.Length);
                    mail.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 3000), other.Length - from)).ToArray());
                    break;
                case 4:
                    mail.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "\n", "\r\n\r\n", "--", ":", ";", "=?utf-8?B?", "?=", "\"", "(", "<", ">", "\0", "=", "\n> ", "\n--\n", "<blockquote>", "\nescribió:\n" }[random.Next(17)]));
                    break;
                default:
                    mail.RemoveRange(at, mail.Count - at);
                    break;
            }
        }

        return mail.ToArray();
    }
}
