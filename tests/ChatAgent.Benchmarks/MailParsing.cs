using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatAgent.Email;

namespace ChatAgent.Benchmarks;

/// <summary>
/// Mails a second: the tree with every text decoded against Python's email package on the same files (where python3 is there), and the whole reading with the
/// writer's words cut out, with its p99 and memory, over written replies. Arguments: a folder of mails (the shared data's email/mime and email/bounce),
/// seconds a measurement (3), replies (10000).
/// </summary>
internal static class MailParsing
{
    /// <summary>The same work: parse from bytes, walk, decode each text in its charset.</summary>
    private const string Python = """
        import sys, time, email, email.policy
        folder, seconds = sys.argv[1], float(sys.argv[2])
        mails = []
        for line in open(folder, encoding="utf-8"):
            mails.append(open(line.rstrip("\n"), "rb").read())
        def read(raw):
            for part in email.message_from_bytes(raw, policy=email.policy.compat32).walk():
                if part.get_content_maintype() == "text":
                    body = part.get_payload(decode=True)
                    if body is not None:
                        try:
                            body.decode(part.get_content_charset() or "utf-8", "replace")
                        except LookupError:
                            body.decode("latin-1")
        done, failed, start = 0, 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            for raw in mails:
                try:
                    read(raw)
                except Exception:
                    failed += 1
                done += 1
        print(done / (time.perf_counter() - start), failed * len(mails) // max(1, done))
        """;

    public static void Run(string[] args)
    {
        var shared = Environment.GetEnvironmentVariable("CHATAGENT_DATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared", "data");
        string[] folders = args.Length > 0 ? [args[0]] : [Path.Combine(shared, "email", "mime"), Path.Combine(shared, "email", "bounce", "sisimai")];
        var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        var replies = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10_000;
        var files = folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Where(file => Path.GetExtension(file) is ".eml" or ".txt").Select(Path.GetFullPath).Order(StringComparer.Ordinal).ToList();
        if (files.Count > 0)
        {
            Compare(files, seconds);
        }
        else
        {
            Print($"no mails under {string.Join(", ", folders)}; name a folder");
        }

        ReadReplies(replies);
    }

    private static void Compare(List<string> files, double seconds)
    {
        var mails = files.Select(File.ReadAllBytes).ToList();
        Print($"{mails.Count} files, {mails.Sum(mail => (long)mail.Length) / 1e6:F1} MB; parsed, walked, every text decoded");

        // In alternation: the machine may be busy with something else.
        for (var round = 0; round < 2; round++)
        {
            var python = RunPython(files, seconds);
            Print($"  Python email    {python ?? "python3 is missing"}");
            Print($"  MimeParser      {PerSecond(mails, seconds, Parse):F0} mails/s");
            Print($"  MailReader      {PerSecond(mails, seconds, mail => MailReader.Read(mail)):F0} mails/s (with HTML, reply, bounce and calendar)");
        }
    }

    private static void Parse(byte[] mail)
    {
        foreach (var part in MimeParser.Parse(mail).AllParts())
        {
            if (part.Type.Value.StartsWith("text/", StringComparison.Ordinal))
            {
                _ = part.DecodeText();
            }
        }
    }

    private static double PerSecond(List<byte[]> mails, double seconds, Action<byte[]> work)
    {
        mails.ForEach(work);
        var (done, watch) = (0, Stopwatch.StartNew());
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            mails.ForEach(work);
            done += mails.Count;
        }

        return done / watch.Elapsed.TotalSeconds;
    }

    private static string? RunPython(List<string> files, double seconds)
    {
        var list = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(list, files);
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Python, list, seconds.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, UseShellExecute = false });
            var answer = python!.StandardOutput.ReadToEnd().Split(' ');
            python.WaitForExit();
            return python.ExitCode == 0 && answer.Length == 2 ? string.Create(CultureInfo.InvariantCulture, $"{double.Parse(answer[0], CultureInfo.InvariantCulture):F0} mails/s, {answer[1].Trim()} files fail") : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            File.Delete(list);
        }
    }

    /// <summary>Replies as patients' programs send them, read from a folder one after the other.</summary>
    private static void ReadReplies(int count)
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-mails").FullName;
        try
        {
            var random = new Random(1);
            string[] words = ["Sí, confirmo.", "No podré ir, ¿puede ser el jueves a las 10?", "Cancelo mi hora, gracias", "¿Qué debo llevar?", "Confirmo 👍"];
            for (var i = 0; i < count; i++)
            {
                var said = words[random.Next(words.Length)];
                var plain = $"{said}\r\n\r\nEl mar, 5 may 2026 a las 10:02, Centro Los Aromos (<citas@losaromos.example>)\r\nescribió:\r\n\r\n> Su hora es el martes 12 de mayo a las 09:30.\r\n> ¿Asistirá? Si no puede, responda CANCELAR.\r\n";
                var html = $"<div dir=\"ltr\">{said}</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">El mar, 5 may 2026, Centro escribió:<br></div><blockquote class=\"gmail_quote\">Su hora es el martes 12 de mayo a las 09:30.<br>¿Asistirá?</blockquote></div>";
                var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(plain), Base64FormattingOptions.InsertLineBreaks);
                var parts = i % 4 == 0 ? string.Empty : $"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}\r\n";
                File.WriteAllText(Path.Combine(folder, $"{i:D6}.eml"), $"From: =?utf-8?Q?Isabel_Mu=C3=B1oz?= <i{i}@ejemplo.cl>\r\nTo: citas+a7f3c9d2@losaromos.example\r\nSubject: Re: Su hora\r\nMessage-ID: <r{i}@ejemplo.cl>\r\nIn-Reply-To: <ask-{i}@losaromos.example>\r\nDate: Tue, 05 May 2026 11:00:00 -0400\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{parts}--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n");
            }

            var times = new List<double>(count);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                var from = Stopwatch.GetTimestamp();
                _ = MailReader.Read(File.ReadAllBytes(file)).Reply.Text;
                times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            var elapsed = watch.Elapsed.TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            times.Sort();
            Print($"{count} replies from a folder: {count / elapsed:F0} mails/s, p50 {times[count / 2]:F2} ms, p99 {times[(int)(count * 0.99)]:F2} ms, {allocated / 1024.0 / count:F0} kB allocated a mail, working set {Environment.WorkingSet / 1e6:F0} MB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
