using System.Text.RegularExpressions;

namespace ChatAgent.Email;

/// <summary>What servers write about a failure in words, and what it means.</summary>
internal static partial class BounceText
{
    private const int MaxTextLength = 20_000;

    /// <summary>Reason, kind, and the words that say so; the first that matches holds.</summary>
    private static readonly (string Reason, BounceKind Kind, Regex Words)[] Phrases =
    [
        ("mailbox-full", BounceKind.Soft, Phrase(@"(quota (is )?(exceed|full)|over (disk )?quota|overquota|exceed(s|ed|ing)? (the |its |his |their )?(\w+ )?(quota|storage)|mailbox (is |was )?(currently )?(full|exceed|over)|mailfolder is full|inbox (is )?full|mailbox size limit|storage (limit|quota|allocation)|not enough (storage|disk|space)|insufficient (system |disk )?storage|disk (is )?full|no space left|maildir (delivery )?(over|has overdrawn)|account is (full|over)|user is over|has exceeded|out of (storage|disk) space|disk space|too many messages (in|on) mailbox|mailbox quota|user's mailbox is full|not accepting messages because|buz[oó]n (est[aá] )?lleno|has used up|exceeded (storage|disk)|message store is full|full mailbox|mailbox.* is full|recipient('s)? mailbox is full|Quota violation|is receiving mail (too|at a rate))")),
        ("moved", BounceKind.Hard, Phrase(@"(has moved( to)?|recipient moved|address (has )?changed|has (been )?(relocated|replaced)|user has left|no longer (with|at|works)|moved to (a )?new|5\.1\.6)")),
        ("no-mail", BounceKind.Hard, Phrase(@"(does not accept (e-?)?mail|indicated no smtp service|couldn.t find a mail exchanger|doesn't accept mail|null ?mx|5\.1\.10.*null|domain .*does not (receive|accept)|no (valid )?mx (host|record).*|MX record.*(invalid|illegal|nullmx)|name service error.*malformed|host .*does not receive mail|smtp protocol returned a permanent error|not accept messages from anyone)")),
        ("unknown-host", BounceKind.Hard, Phrase(@"(host unknown|unknown host|host (or domain name )?not found|domain (name )?(is )?(not found|does not exist|doesn't exist|is invalid|invalid)|no such domain|unknown domain|name or service not known|nxdomain|unrouteable (mail )?domain|host not found|host \S+ not found|55[03] [\w\-]+(\.[\w\-]+)+ does not exist|domain is not reachable|non-?existent (domain|host)|domain .*(couldn't be found|could not be found|not be found|does not exist|unknown)|dns (error|lookup failed|server returned answer with no data)|can't find .*(host|domain)|couldn't find any host|illegal host/domain|could not find .*(domain|mail exchanger)|unable to resolve|no such host|recipient address rejected: domain|invalid domain|domain must exist|there's no .*domain|server name .*not found|bad destination system)")),
        ("virus", BounceKind.Soft, Phrase(@"(virus|infected|malware|worm|phish)")),
        ("too-large", BounceKind.Soft, Phrase(@"(message (is |was )?(too (large|big|long)|size exceed|exceeds)|size limit|exceed(s|ed)? (the )?(maximum |fixed |server's |message )*(size|length)|too large|too big|message length exceeds|maximum (message )?size|max(imum)? message size|mail size|header size|line too long)")),
        ("suspended", BounceKind.Soft, Phrase(@"(account (is |has been |was )?(\w+ )?(disabled|suspended|inactive|deactivated|locked|blocked|expired|frozen|on hold)|mailbox (is |has been )?(temporarily |currently )?(disabled|inactive|suspended|frozen|locked|unavailable or access denied|not available)|user (account )?(is |has been )?(disabled|suspended|inactive|locked|deactivated)|disabled (account|mailbox|user)|recipient (is |has been )?(suspended|disabled|inactive)|domain (is |has been )?(suspended|disabled)|sorry .*account.*(suspended|disabled)|temporarily (disabled|deactivated|suspended)|currently (suspended|disabled)|has been disabled|has been suspended|inactive (user|account|mailbox|on this)|being suspended|is inactive|email account that you tried to reach is (disabled|inactive))")),
        ("authentication", BounceKind.Soft, Phrase(@"(\bspf\b|\bdkim\b|\bdmarc\b|sender id|not authenticated|unauthenticated|authentication (failed|failure|required|information|checks)|fails? (to pass )?authentication|sender policy framework|email.*authenticat)")),
        ("spam", BounceKind.Soft, Phrase(@"(\bspam(s|mer|mers|my|ming|med|like|mail|assassin)?\b|anti-?spam|junk|unsolicited|bulk mail|\buce\b|\bube\b|content (is )?(rejected|filter)|scored? (too|above)|considered (to be )?unsolicited|blacklisted url|abusive content)")),
        ("blocked", BounceKind.Soft, Phrase(@"(block(ed|list|ing)|black ?list|spamhaus|spamcop|\brbl\b|dnsbl|\bptr\b|reverse (dns|lookup|mapping)|dynamic (ip|residential)|ip (address )?(has been |is |was )?(blocked|rejected|denied|listed|banned)|your (ip|server|host|mail server|network).*(block|reject|denied|listed|reputation|not allowed)|client host (rejected|blocked)|host .*(refused to talk|rejected)|connection (refused|rejected|dropped) (from|by|due)|access denied|banned|bad reputation|low reputation|reputation|cannot find your (reverse )?hostname|does not resolve|helo|ehlo|denied by .*(policy|administrator)|part of their network is on our block list|we do not accept mail from|not allowed to send|your email has been blocked)")),
        ("rate", BounceKind.Soft, Phrase(@"(too many (connections|messages|recipients|emails|sessions|concurrent|errors|hops?|smtp)|rate limit|throttl|exceeded .*(rate|limit|connections)|deferred due to|try again later.*limit|connection (rate|limit)|unusual rate|sending limit|limit exceeded)")),
        ("policy", BounceKind.Soft, Phrase(@"(relay(ing)? (access )?(denied|not permitted|not allowed|prohibited)|not permitted to relay|relaying|open relay|policy|prohibited|not authorized|unauthorized|permission|security|restricted|not permitted|authoriz|must be authenticated|starttls|tls (is )?required|encrypt|certificate|sender (address )?(rejected|denied|verify|domain)|sender verif|cannot verify|rejected (your|this) message|message (was |has been )?(rejected|refused)|your message.*(rejected|refused|couldn't be|wasn't)|invalid sender|refused|group .*(not exist|may not exist|permission)|posting)")),
        ("unknown-user", BounceKind.Hard, Phrase(UnknownUser)),
        ("expired", BounceKind.Soft, Phrase(@"(retry (time|timeout)|timed? ?out|time-out|delivery (time|period) expired|message expired|expired|giving up|been in (the )?queue (too )?(long|for)|could not be delivered (for|within)|too long|queue (lifetime|life)|exceeded the max(imum)? (time|retry)|not been delivered (to .*)?(after|for)|for more than|will (be retried|continue|keep trying)|has been delayed|still being (retried|attempted)|maximum (retries|attempts|lifetime)|delivery (temporarily )?suspended)")),
        ("network", BounceKind.Soft, Phrase(@"(connection (refused|reset|lost|closed|failed|timed|dropped|was)|network (is )?(unreachable|error)|no route to host|mail loop|loop(s|ing)?( back)?|too many hops|hop count|unable to connect|could not connect|can(no|')t connect|host (is )?(down|unreachable)|unroutable|all (relevant )?mx|lost connection|cannot reach|name server|dns|unreachable|no answer from|loop detected|mail forwarding loop)")),
        ("content", BounceKind.Soft, Phrase(@"(8bit|mime|malformed|header|syntax error|format|illegal (character|attachment)|improper|attachment|rfc ?(2?822|5322)|bare (lf|cr|<)|content)")),
        ("system", BounceKind.Soft, Phrase(@"(system (error|config|problem)|local (error|configuration|problem)|server (error|configuration|busy|unavailable)|service (currently )?(unavailable|not available)|i/o error|cannot (append|open|allocate|write)|can't (create|open)|procmail|exit status|command (died|output)|mailer error|\|/|pipe|unable to (run|execute)|internal|temporary (failure|problem|error|lookup)|resources|x-unix|died|lda|program)")),
    ];

    private const string UnknownUser =
        @"(user (is )?unknown|unknown (user|recipient|local|address|account|mailbox|or illegal)|no such (user|recipient|mailbox|address|person|account|email|mail ?drop|destination|name|addressee)|(user|recipient|mailbox|account|address|addressee|alias|e-?mail)( address)?( name)?( .*)?(is |was |could |can)?( ?not|n't)( be)? (found|exist|known|valid|listed|recognized|recognised|registered|available|a (valid|known)|have an?|in our|local|hosted|match)|does ?n[o']?t? (exist|have an?)|(invalid|bad|illegal|incorrect|nonexistent|non-existent|undefined|unrecognized) (recipient|mailbox|address|user|local|destination|mail ?box|e-?mail)|not a (valid|known) (user|recipient|mailbox|address|inbox)|no (valid )?(recipient|mailbox|account|user)s?( (by|with|here|found|for|matching))|not (our|a local) (customer|user)|there is no (user|one|such)|isn't (in|a)|is not a (known|valid|registered)|(addressee|address|recipient|user) unknown|mailbox (is )?(unavailable|invalid|not found|unknown)|account (is )?(not found|unavailable|closed|deleted|terminated|has been (closed|deleted|terminated))|doesn't have an? |couldn't be found|wasn't found|not listed in|unroutable address|unrouteable address|unknown in (virtual|local|relay)|recipient (address )?rejected: (user|undeliverable|unknown|invalid|no such|not found|unverified)|no longer (exist|valid|available|in use|active|on server)|this (user|address|account) (does|is|has)|dosn't exist|usuario (desconocido|no existe)|no existe|destinat[aá]rio|we have no mailbox|delivery to .* failed.*user|user .* (not|unknown)|unknown;|name not found|not our customer|there's no such|can't find .*user|bad address|cannot be delivered to this (user|address)|mailbox does not|no mailbox|recipient address rejected\.|recipnotfound|recipient ?not ?found|not a member|deactivated mailbox|does not like recipient|no (fue |se )?encontr(ad[oa]|[oó])|não (foi )?encontrad[oa]|usu[aá]rio (desconhecido|inexistente)|casilla (no existe|inexistente)|unbekannter (empf[aä]nger|benutzer)|utilisateur inconnu|destinataire (inconnu|invalide)|見つかりません)";

    public static bool HasFailureWords(string text) => FailureWords().IsMatch(Cap(text));

    /// <summary>The reason behind a status and the words beside it.</summary>
    /// <param name="said">What the server answered; may be empty.</param>
    /// <param name="human">What the report says about it in words: there stands to which command the server answered.</param>
    public static BounceReport Judge(string recipient, string status, string said, string human, bool isDelayed)
    {
        var code = status.Split('.') is [_, var subject, var detail] ? $"{subject}.{detail}" : string.Empty;
        var words = Cap(said);
        (string Reason, BounceKind Kind)? verdict = null;

        // Codes that leave no doubt speak before words; words before codes that servers use for anything.
        verdict = code switch
        {
            "1.2" => ("unknown-host", BounceKind.Hard),
            "1.6" => ("moved", BounceKind.Hard),
            "1.10" => (Phrases[2].Words.IsMatch(words) ? "no-mail" : "unknown-user", BounceKind.Hard),
            "2.2" => ("mailbox-full", BounceKind.Soft),
            // Exchange Online, for an address that its directory does not hold.
            "4.1" when words.Contains("recipient address rejected", StringComparison.OrdinalIgnoreCase) || words.Contains("access denied", StringComparison.OrdinalIgnoreCase) => ("unknown-user", BounceKind.Hard),
            "2.3" or "3.4" => ("too-large", BounceKind.Soft),
            "1.7" or "1.8" => ("policy", BounceKind.Soft),
            _ => null,
        };
        if (verdict is null)
        {
            // A full text repeats what was sent; the first phrase in the order above decides, but 5.1.1 with words for an unknown user is just that.
            if (code is "1.1" && UnknownUserWords.IsMatch(words))
            {
                verdict = ("unknown-user", BounceKind.Hard);
            }
            else
            {
                // An answer in an encoding of its own, or none that says anything: the report's words then.
                verdict = Named(words) ?? (code is "" or "0.0" ? Named(Cap(human)) : null);
            }
        }

        verdict ??= code switch
        {
            "1.0" or "1.8" or "1.7" => ("policy", BounceKind.Soft),
            "1.1" => ("unknown-user", BounceKind.Hard),
            "2.1" => ("suspended", BounceKind.Soft),
            "4.7" => ("expired", BounceKind.Soft),
            ['4', '.', ..] => ("network", BounceKind.Soft),
            ['7', '.', ..] => ("policy", BounceKind.Soft),
            ['6', '.', ..] => ("content", BounceKind.Soft),
            ['3', '.', ..] => ("system", BounceKind.Soft),
            ['2', '.', ..] => ("filtered", BounceKind.Soft),
            _ => isDelayed ? ("delayed", BounceKind.Soft) : ("other", BounceKind.Soft),
        };

        // Words alone condemn an address only where the server spoke of the recipient: in answer to RCPT, or as the one who would have delivered. After
        // DATA, or behind a code for something else, "user unknown" is what some filters say to all they refuse.
        if (verdict is ("unknown-user", _) && !IsAboutRecipient(code, recipient, words, Cap(human)))
        {
            verdict = ("filtered", BounceKind.Soft);
        }

        // RFC 3463: a delay is no failure, whatever it is about.
        return new BounceReport(recipient, status, isDelayed ? BounceKind.Soft : verdict.Value.Kind, verdict.Value.Reason);
    }

    private static (string Reason, BounceKind Kind)? Named(string words)
    {
        foreach (var (reason, kind, phrase) in Phrases)
        {
            if (phrase.IsMatch(words))
            {
                return (reason, kind);
            }
        }

        return null;
    }

    private static bool IsAboutRecipient(string code, string recipient, string words, string human)
    {
        if (code is "1.1" or "1.10" or "4.1" || words.Contains("account", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // With pipelining DATA has gone out before the answer to RCPT comes in; what the server then says of DATA tells that it had refused the recipient.
        if (AfterData().IsMatch(human) && (code is ['7', '.', ..] || !NoRecipientLeft().IsMatch(human)))
        {
            return false;
        }

        var isAfterRecipient = human.Contains("rcpt", StringComparison.OrdinalIgnoreCase) || words.Contains("rcpt", StringComparison.OrdinalIgnoreCase) || NoRecipientLeft().IsMatch(human);
        return isAfterRecipient || (code is not ['7', '.', ..] && AnswerNames(words, recipient)) || ((code is "" or "0.0" or "1.0" or "5.0") && !ReplyCode().IsMatch(words));
    }

    /// <summary>Whether the answer puts the recipient before its reason, as servers do in answer to RCPT: "550 &lt;ana@ejemplo.cl&gt;: user unknown".</summary>
    private static bool AnswerNames(string words, string recipient)
    {
        var at = recipient.Length > 0 ? words.IndexOf($"<{recipient}>", StringComparison.OrdinalIgnoreCase) : -1;
        return at >= 0 && words.AsSpan(at + recipient.Length + 2).TrimStart(':').TrimStart("…. ").ToString() is var rest && UnknownUserWords.Match(rest) is { Success: true, Index: < 8 };
    }

    /// <summary>The enhanced code that stands in a server's answer; null when there is none.</summary>
    public static string? StatusIn(string said)
    {
        foreach (Match match in EnhancedCode().Matches(Cap(said)))
        {
            if (!match.Value.EndsWith(".0.0", StringComparison.Ordinal))
            {
                return match.Value;
            }
        }

        return null;
    }

    /// <summary>The enhanced code of a server that took the mail; "2.0.0" when its answer has none.</summary>
    public static string DeliveredIn(string said) => DeliveredCode().Match(Cap(said)) is { Success: true } match ? match.Value : "2.0.0";

    /// <summary>The paragraphs of a human text that speak of a recipient, without the returned message.</summary>
    public static string Around(string text, string recipient)
    {
        var human = HumanPart(text);
        var at = recipient.Length > 0 ? human.IndexOf(recipient, StringComparison.OrdinalIgnoreCase) : -1;
        return at < 0 ? human : human[at..Math.Min(human.Length, at + 1500)];
    }

    /// <summary>Recipients and reasons of a report that is all words.</summary>
    /// <param name="sentTo">To of the returned message, for a report that names nobody.</param>
    public static List<BounceReport> Read(MimePart root, string text, string? sentTo)
    {
        var human = HumanPart(text);
        var own = IncomingAddress.ParseList(root.Header("To")).Select(address => address.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = new List<(string Address, int At)>();
        foreach (var failed in (root.Header("X-Failed-Recipients") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(50))
        {
            named.Add((failed, Math.Max(0, human.IndexOf(failed, StringComparison.OrdinalIgnoreCase))));
        }

        if (named.Count == 0)
        {
            foreach (Match match in RecipientLine().Matches(human))
            {
                var address = match.Groups["a"].Value.Trim('.', '\'', '"');
                if (!own.Contains(address) && !IsRobot(address) && named.Count < 50 && !named.Exists(known => known.Address.Equals(address, StringComparison.OrdinalIgnoreCase)))
                {
                    named.Add((address, match.Index));
                }
            }
        }

        if (named.Count == 0 && AnyAddress().Matches(human).Select(match => (Address: match.Value.Trim('.', '\'', '"'), match.Index)).FirstOrDefault(found => !own.Contains(found.Address) && !IsRobot(found.Address)) is { Address: { Length: > 0 } only, Index: var at })
        {
            named.Add((only, at));
        }

        if (named.Count == 0 && !HasFailureWords(text))
        {
            return [];
        }

        if (named.Count == 0)
        {
            var to = sentTo ?? (ToInText().Match(Cap(text)) is { Success: true } line ? line.Groups["to"].Value : null);
            named.Add((IncomingAddress.ParseList(to) is [var first, ..] ? first.Address : string.Empty, 0));
        }

        var isDelayed = DelayWords().IsMatch(human) && !GivenUp().IsMatch(human);
        var reports = new List<BounceReport>();
        for (var i = 0; i < named.Count; i++)
        {
            var end = i + 1 < named.Count && named[i + 1].At > named[i].At ? named[i + 1].At : human.Length;
            var mine = named.Count == 1 ? human : human[named[i].At..end];
            var status = StatusIn(mine) ?? (named.Count > 1 ? null : StatusIn(human)) ?? (isDelayed || (ReplyCode().Match(mine) is { Success: true } code && code.Value[0] == '4') ? "4.0.0" : "5.0.0");
            reports.Add(status.StartsWith('2') ? new BounceReport(named[i].Address, status, BounceKind.Other, "delivered") : Judge(named[i].Address, status, mine, mine, isDelayed));
        }

        return reports;
    }

    private static bool IsRobot(string address) =>
        address.StartsWith("mailer-daemon@", StringComparison.OrdinalIgnoreCase) || address.StartsWith("postmaster@", StringComparison.OrdinalIgnoreCase) || address.StartsWith("support@", StringComparison.OrdinalIgnoreCase) || address.StartsWith("help@", StringComparison.OrdinalIgnoreCase);

    /// <summary>The text above the returned message.</summary>
    private static string HumanPart(string text)
    {
        var capped = Cap(text);
        var match = ReturnedMessage().Match(capped);
        return match.Success && match.Index > 20 ? capped[..match.Index] : capped;
    }

    private static string Cap(string text) => text.Length > MaxTextLength ? text[..MaxTextLength] : text;

    private static Regex Phrase(string words) => new(words, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    private static readonly Regex UnknownUserWords = Phrase(UnknownUser);

    [GeneratedRegex(@"^[ >]*to:[ ]*(?<to>[^\n]{3,300})$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex ToInText();

    [GeneratedRegex(@"(in\s+reply\s+to\s+(the\s+)?(end\s+of\s+)?data|>+ ?data\s+<<< ?5|after (end of )?data)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex AfterData();

    [GeneratedRegex(@"(?<![\d.])2\.\d{1,3}\.\d{1,3}(?![.\d])", RegexOptions.CultureInvariant, -1)]
    private static partial Regex DeliveredCode();

    [GeneratedRegex(@"<<< ?5\d\d[^\n]*(need rcpt|no valid recipient)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex NoRecipientLeft();

    [GeneratedRegex(@"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![.\d])", RegexOptions.CultureInvariant, -1)]
    private static partial Regex EnhancedCode();

    [GeneratedRegex(@"(?<![\d.\-])[45]\d\d(?=[\s\-,:])", RegexOptions.CultureInvariant, -1)]
    private static partial Regex ReplyCode();

    [GeneratedRegex(@"^[ \t>*]*([45]\d\d[ \-]([45]\.\d+\.\d+ )?|to:|recipient:|rcpt to:|user:|address:|.{0,60}delivered to:|.{0,60}delivering your mail to|<|\[smtp:|failed recipient:|final-recipient: rfc822;)?[ \t]*[<\[""]?(smtp:)?(?<a>[^\s<>()\[\],;:""]{1,100}@[^\s<>()\[\],;:""]{1,250})[>\]]?", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex RecipientLine();

    [GeneratedRegex(@"[^\s<>()\[\],;:""=]{1,100}@[^\s<>()\[\],;:""=]{1,200}\.[A-Za-z]{2,}", RegexOptions.CultureInvariant, -1)]
    private static partial Regex AnyAddress();

    [GeneratedRegex(@"^([ \t>]*-{2,}.*(original message|copy of (the|your) message|below this line|message (header|text|follows)|unsent message|returned message|header).*|[ \t]*(the header of the original message|original message follows|content-type: message/rfc822|----- original message|message header follows|reporting-mta:|received: from|return-path: <).*)$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex ReturnedMessage();

    [GeneratedRegex(@"(warning|delay|will (be )?(retr|continue|keep|try)|still (trying|being)|temporar|not yet been delivered|no action is required)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex DelayWords();

    [GeneratedRegex(@"(permanent|giving up|given up|fatal|could not be delivered|cannot be delivered|undeliverable|failed|not be delivered|returned|rejected|unable to deliver)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex GivenUp();

    [GeneratedRegex(@"(undeliver|not (be )?deliver|could ?n[o']t (be )?(deliver|sent)|unable to deliver|failed|failure|delivery|rejected|unknown|error|permanent|deferred|transcript of session|bounce|no se (ha podido|pudo) entregar)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex FailureWords();
}
