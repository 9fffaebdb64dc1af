using System.Text.RegularExpressions;

namespace ChatAgent.Email;

/// <summary>The lines that mail programs put around an answer. Written from knowledge of the programs' formats.</summary>
/// <remarks>All expressions run without backtracking: linear in the line, whoever wrote it.</remarks>
internal static class ReplyPatterns
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Verb =
        @"(?:wrote|writes|escribi[óo]|ha escrito|escreveu|a écrit|écrivait|schrieb|ha scritto|scrisse|skrev|napisał(?:\\?\(a\\?\)|a)?|napisal(?:\(a\)|a)?|schreef|"
        + @"написал(?:\(а\)|а)?|пишет|писал(?:\(а\)|а)?|yazdı|kirjoitti|napsal(?:\(a\)|a)?|írta|a scris|έγραψε|va escriure|ha escrit|escribiu|写道|寫道|님이 작성)";

    private const string Month =
        @"(?:jan(?:uary|uar|eiro|vier)?|ene(?:ro)?|gen(?:naio)?|feb(?:ruary|rero|ruar|braio)?|fev(?:ereiro)?|févr?(?:ier)?|mar(?:ch|zo|ço|s)?|märz|maart|apr(?:il|ile)?|abr(?:il)?|avr(?:il)?|"
        + @"may|mayo|mai(?:o)?|mag(?:gio)?|mei|maj|jun(?:e|io|ho|i)?|giu(?:gno)?|juin|jul(?:y|io|ho|i)?|lug(?:lio)?|juil(?:let)?|lip(?:ca)?|aug(?:ust)?|ago(?:sto)?|août|sep(?:t|tember|tiembre|tembre)?|"
        + @"set(?:embro|iembre|tembre)?|oct(?:ober|ubre|obre)?|out(?:ubro)?|okt(?:ober)?|ott(?:obre)?|nov(?:ember|iembre|embro|embre)?|dec(?:ember)?|dic(?:iembre|embre)?|dez(?:embro|ember)?|déc(?:embre)?|"
        + @"sty|lut|kwi|cze|sie|wrz|paź|lis|gru|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)";

    private const string Weekday =
        @"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[ée]|jue|vie|s[áa]b|dom|seg|ter|qua|qui|sex|mo|di|mi|do|fr|sa|so|gio|ven|mer|pon|wto|śro|czw|pią|sob|nie|пн|вт|ср|чт|пт|сб|вс)[\p{L}]{0,8}(?:-feira)?";

    /// <summary>A line that ends an attribution: "escribió:", "wrote:", also with dashes behind it (Zoho).</summary>
    public static readonly Regex VerbAtEnd = new($@"(?:^|[\s,>)\]""'*_]|\d){Verb}\s*[:：]?[\s*_\-]*$", Linear);

    /// <summary>"X &lt;a@b&gt; schrieb am Fr., 28. Apr. 2017 um 11:53 Uhr:", "Den 15. jun. 2016 kl. 20.42 skrev X &lt;a@b&gt;:".</summary>
    public static readonly Regex VerbInside = new($@"(?:^|[\s,>)\]""']){Verb}\s.*[:：][\s*_]*$", Linear);

    /// <summary>Yahoo on Android puts the quote on the line of its attribution, behind several blanks.</summary>
    public static readonly Regex AttributionAndQuote = new($@"@[^\s<>]+[>)\]]+\s*{Verb}\s*[:：]\s\s", Linear);

    /// <summary>A line on which an attribution may begin: "El …", "On …", a weekday or a date.</summary>
    public static readonly Regex Lead = new(
        $@"^[\s*_\-""'>|]{{0,8}}(?:(?:on|el|em|no dia|am|le|il|den|op|dnia|dne|el día|la|at|a|vào|pada|på)\s+(?:\S+\s+){{0,3}}?\S*\d|(?:on|el|em|am|le|il|den|op)\s+{Weekday}|\d{{1,4}}[./\-]\d{{1,2}}[./\-]\d{{1,4}}|\d{{1,2}}\.?\s+(?:de\s+)?{Month}|{Weekday}\.?,?\s+\d)",
        Linear);

    /// <summary>A date with day and month, or with a year.</summary>
    public static readonly Regex Date = new(
        $@"(?:\d{{1,2}}\.?\s*(?:de\s+|\.\s*)?{Month}|{Month}\.?\s+\d{{1,2}}|\d{{1,4}}[./\-]\d{{1,2}}[./\-]\d{{1,4}}|\d{{4}}\s*年|\d{{1,2}}\s*月)",
        Linear);

    public static readonly Regex Clock = new(@"\d{1,2}[:.h]\d{2}", Linear);

    public static readonly Regex Address = new(@"[^\s<>()\[\]]+@[^\s<>()\[\],]+", Linear);

    public static readonly Regex BracketedAddress = new(@"[<(\[]\s*(?:mailto:)?[^\s<>]+@[^\s<>]+", Linear);

    /// <summary>"Some One &lt;a@b&gt; wrote:", alone on its line.</summary>
    public static readonly Regex NameAddressVerb = new($@"^[\s*_]*[\p{{L}}\d""'][^<>!?:;]*[<(\[]+\s*(?:mailto:)?[^\s<>]+@[^\s<>]+[>)\]]+\s*{Verb}\b.*$", Linear);

    /// <summary>A name stands right before the verb: "Alicia Ejemplo escribió:", "richard_clark wrote:"; not "mi marido escribió:".</summary>
    public static readonly Regex NameBeforeVerb = new(
        $@"(?:^|[\s,""'(])(?:[\p{{Lu}}][\p{{L}}\p{{M}}\d'’.\-&]*|[\p{{L}}\d]+[_.\d][\p{{L}}\d_.]*)[""')\]]*\s+(?i:{Verb})\s*[:：]?[\s*_\-]*$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>-----Mensaje original-----, ---------- Forwarded message ---------, with or without dashes where the words alone are clear.</summary>
    public static readonly Regex OriginalMarker = new(
        @"^[\s*_>|]{0,6}(?:[-_=—]{2,}\s*(?:original message|original appointment|reply message|forwarded message|forwarded by.*|mensaje original|mensaje reenviado|mensaje enviado|mensaje de respuesta|cita original|mensagem original|"
        + @"mensagem encaminhada|mensagem de resposta|message d.origine|message original|message transféré|urspr(?:ü|u|ue|¨u)ngliche nachricht|weitergeleitete nachricht|original-nachricht|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|"
        + @"doorgestuurd bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|пересланное сообщение|originální zpráva|alkuperäinen viesti|eredeti üzenet|orijinal mesaj|原始邮件|原始郵件|転送メッセージ|original)\s*[-_=—]*"
        + @"|(?:begin forwarded message|inicio del mensaje reenviado|in[íi]cio da mensagem (?:encaminhada|reenviada)|début du message (?:réexpédié|transféré)|anfang der weitergeleiteten nachricht|inizio messaggio inoltrato)\s*:)[\s*_]*$",
        Linear);

    /// <summary>A header line of a quoted message, in the languages of the common programs; group "n" is the name.</summary>
    public static readonly Regex HeaderLine = new(@"^[\s>|]{0,6}[*_]{0,2}(?<n>[\p{L}][\p{L}\- .]{0,24}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}(?:\s|$)", Linear);

    /// <summary>Dashes, underscores and the like alone on a line: what follows is a signature or a footer.</summary>
    public static readonly Regex Delimiter = new(@"^[\s]*(?:[-_=+~#*—–]{2,}|[—ᐧ])[\s]*$", Linear);

    private static readonly Regex Device = new(
        @"\b(?:i\s?phone|ipad|ipod|ios|galaxy|samsung|android|m[óo]vil|m[óo]bile?|cellulare|celular|tel[ée]fono|telefono|telemóvel|phone|smartphone|tablet|tableta|blackberry|outlook|mail|correo|mailbox|airmail|yahoo|proton|tutanota|nokia|huawei|xiaomi|redmi|motorola|moto|"
        + @"oppo|realme|honor|sony|xperia|htc|lg|pixel|windows|gmail|thunderbird|spark|typeapp|bluemail|mymail|zoho|hotmail|k-9|dispositivo|device|mobiltelefon|mobilgerät|handy|portable|cell|mac|macbook|pc|nine|edison|spike|alcatel|lumia)\b",
        Linear);

    /// <summary>How such a line begins when only the device tells it from a sentence: "Enviado desde Correo para Windows".</summary>
    private static readonly Regex ProgramOpening = new(@"^[\s\W]{0,4}(?:(?:sent|posted|written)\s+(?:from|via|with|using|by|on)|(?:enviad[oa]|escrito|mandado)\s+(?:desde|con|por|via|vía|a partir de|de|do|da|pelo|pela|com|usando)|(?:from|desde|de)\s+(?:my|mi|meu))\s", Linear);

    /// <summary>Lines that need no device to be known.</summary>
    private static readonly Regex ProgramLine = new(
        @"^[\s\W]{0,4}(?:sent\s+(?:from|via)\s+my\s.*"
        + @"|enviad[oa]\s+(?:desde|de|do|da)\s+(?:mi|meu|minha|o meu|la meva)\s+\S+(?:\s\S+)?(?:\s\S+)?"
        + @"|envoyé\s+(?:depuis|de|à partir de|via)\s.*"
        + @"|(?:von\s+(?:meinem|meiner)\s.*gesendet|gesendet\s+(?:von|mit|über)\s|diese nachricht wurde von mein).*"
        + @"|inviat[oa]\s+(?:da|dal|con|tramite)\s.*"
        + @"|(?:verzonden|verstuurd)\s+(?:met|vanaf|van|via)\s.*"
        + @"|(?:skickat|sendt)\s+(?:från|fra|fran)\s.*"
        + @"|wysłan[eoy]\s+(?:z|ze|przez)\s.*"
        + @"|отправлено\s+(?:с|из|от)\s.*"
        + @"|.*에서 보냄.*|.*から送信.*|发自我的.*|從我的.*傳送"
        + @"|(?:get|obt[ée]n(?:er|ha)?|obter|descargar?|baixe|télécharge[rz]|hole?n? sie|scarica|download|ottieni|skaffa|pobierz)\s+(?:o\s+|el\s+)?\[?(?:outlook|yahoo|bluemail|typeapp|spark|gmail).*"
        + @"|\p{L}+\s+from\s+mobile)$",
        Linear);

    /// <summary>What goes on behind a comma in such a line without being a message: "…, disculpe las faltas".</summary>
    private static readonly Regex Apology = new(@"(?:excuse|sorry|typo|brevity|error|disculp|perdon|falta|brevedad|desculp|erro)", Linear);

    private static readonly Regex ArticleDevice = new(@"^\s*(?:sent|posted)\s+from\s+an?\s", Linear);

    /// <summary>What a telephone or a program adds under a text: "Enviado desde mi iPhone", "Get Outlook for iOS".</summary>
    /// <param name="line">One line, short.</param>
    public static bool IsProgramSignature(string line)
    {
        var isKnown = ProgramLine.IsMatch(line) || (ProgramOpening.IsMatch(line) && Device.IsMatch(line) && !ArticleDevice.IsMatch(line));
        if (!isKnown)
        {
            return false;
        }

        // "Enviado desde mi celular, confirmo la hora" is an answer.
        var comma = line.IndexOfAny([',', ';', '?', '!']);
        return comma < 0 || comma > line.TrimEnd().Length - 3 || line.TrimStart().StartsWith("Sent", StringComparison.OrdinalIgnoreCase) || Apology.IsMatch(line[comma..]);
    }

    /// <summary>The first line of a disclaimer or of what a mailing list or a virus scanner adds.</summary>
    public static readonly Regex FooterStart = new(
        @"^[\s*_#]{0,6}(?:aviso\s+(?:legal|de\s+(?:confidencialidad|privacidad))|cl[áa]usula\s+de\s+confidencialidad|advertencia\s+legal|nota\s+(?:de\s+confidencialidad|legal)|confidencialidad\s*:|confidentiality\s+(?:notice|note|warning|statement)|disclaimer\b|legal\s+(?:notice|disclaimer)|privileged\s+and\s+confidential"
        + @"|aviso\s+de\s+confidencialidade|nota\s+de\s+confidencialidade"
        + @"|(?:the\s+information|la\s+informaci[óo]n|a\s+informação|as\s+informações)\s+(?:contained|transmitted|contenida|transmitida|contida|contidas|in\s+this|que\s+contiene).*"
        + @"|(?:this|the)\s+(?:e-?mail|message|communication|transmission)\b.*(?:confidential|privileged|intended|attachments?).*"
        + @"|(?:este|el\s+presente)\s+(?:mensaje|correo|e-?mail|comunicado)\b.*(?:confidencial|privad|destinatari|adjunt|anex|virus).*"
        + @"|(?:esta|a\s+presente|este)\s+(?:mensagem|e-?mail|correio)\b.*(?:confidencia|destinatári|privileg|anexo).*"
        + @"|(?:libre\s+de\s+virus|virus-free|livre\s+de\s+v[íi]rus|sin\s+virus)\b.*"
        + @"|(?:antes\s+de\s+imprimir|no\s+imprima|piense\s+(?:bien\s+)?(?:antes|en\s+el\s+medio)|por\s+favor,?\s+considere\s+(?:el\s+medio|su\s+responsabilidad)|please\s+consider\s+the\s+environment|before\s+printing|think\s+before\s+(?:you\s+)?print|ayude(?:nos)?\s+a\s+cuidar\s+el\s+medio).*"
        + @"|(?:has|ha)\s+recibido\s+este\s+(?:mensaje|correo)\s+porque.*|you\s+(?:received|are\s+receiving|are\s+subscribed)\b.*(?:because|to\s+the).*|você\s+(?:recebeu|está\s+recebendo)\s+(?:essa|esta)\s+mensagem\s+porque.*"
        + @"|(?:para\s+(?:cancelar|anular)\s+(?:esta|la|tu|su)\s+suscripci[óo]n|to\s+unsubscribe\s+from|para\s+anular\s+la\s+suscripci[óo]n|para\s+cancelar\s+(?:a\s+)?inscri).*)",
        Linear);

    /// <summary>"-Abhishek Kona": a name behind a hyphen, as the last line.</summary>
    public static readonly Regex HyphenName = new(@"^-\p{Lu}[\p{L}.'’]*(?:\s\p{Lu}[\p{L}.'’]*){0,3}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>What a header's name says, or null; names are compared in lower case.</summary>
    public static HeaderRole? RoleOf(string name) => Roles.TryGetValue(name.Trim().ToLowerInvariant(), out var role) ? role : null;

    private static readonly Dictionary<string, HeaderRole> Roles = MakeRoles();

    private static Dictionary<string, HeaderRole> MakeRoles()
    {
        var roles = new Dictionary<string, HeaderRole>(StringComparer.Ordinal);
        Add(HeaderRole.From, "from", "de", "da", "von", "fra", "från", "van", "od", "от", "от кого", "desde", "remitente", "remetente", "expéditeur", "lähettäjä", "kimden", "feladó", "发件人", "寄件者", "差出人", "보낸 사람", "從");
        Add(HeaderRole.Sent, "sent", "sent at", "date", "enviado", "enviado el", "enviado em", "enviada", "enviada el", "enviada em", "enviados", "fecha", "fecha de envío", "data", "data de envio", "envoyé", "envoyé le", "gesendet", "datum", "inviato", "skickat", "sendt", "dato", "verzonden", "wysłano",
            "отправлено", "дата", "lähetetty", "päivämäärä", "gönderilen", "tarih", "küldve", "odesláno", "发送时间", "发送日期", "日期", "送信日時", "보낸 날짜", "el", "when", "cuándo", "quando");
        Add(HeaderRole.To, "to", "para", "a", "an", "à", "til", "till", "aan", "do", "кому", "destinatario", "destinatário", "destinataire", "vastaanottaja", "kime", "címzett", "komu", "收件人", "宛先", "받는 사람", "per a");
        Add(HeaderRole.Copy, "cc", "c.c.", "bcc", "cco", "copia", "cópia", "kopie", "kopia", "kopi", "copie à", "копия", "dw", "抄送");
        Add(HeaderRole.Subject, "subject", "asunto", "assunto", "assumpte", "betreff", "objet", "oggetto", "ämne", "emne", "onderwerp", "temat", "тема", "aihe", "konu", "tárgy", "předmět", "主题", "主旨", "件名", "제목", "re");
        Add(HeaderRole.Other, "reply-to", "responder a", "responder para", "répondre à", "antwort an", "rispondi a", "risposta", "organization", "importance", "importancia", "importância", "priority", "prioridad", "attachments", "adjuntos", "datos adjuntos", "anexos", "attachment", "newsgroups", "message-id", "auto forwarded by", "location", "where", "lugar", "ubicación", "local", "onde");
        return roles;

        void Add(HeaderRole role, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                roles.TryAdd(name, role);
            }
        }
    }
}

/// <summary>What a header line of a quoted message says.</summary>
internal enum HeaderRole
{
    From,
    Sent,
    To,
    Copy,
    Subject,
    Other,
}
