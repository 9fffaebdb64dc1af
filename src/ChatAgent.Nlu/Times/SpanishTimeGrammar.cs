using ChatAgent.Text;
using NodaTime;
using Captures = ChatAgent.Nlu.Times.RuleGrammar.Captures;

namespace ChatAgent.Nlu.Times;

/// <summary>How Spanish, as Chile writes it, speaks of time.</summary>
/// <remarks>
/// Symbols that the parser composes: <c>day</c> (<see cref="DayForm"/>), <c>part</c> (<see cref="DayPart"/>), <c>clock</c> (<see cref="ClockForm"/>), <c>whole</c> (<see cref="TimeForm"/>, complete
/// by itself), <c>joint</c> (what may stand between two of them). Patterns are written as the lexer folds: lower case and no accents.
/// </remarks>
internal static class SpanishTimeGrammar
{
    public static RuleGrammar Create()
    {
        var g = new RuleGrammar();
        SharedTimeRules.AddTo(g, Language.Spanish, TimeVocabulary.Spanish);
        AddLengths(g);
        AddClocks(g);
        AddParts(g);
        AddDays(g);
        AddWhole(g);
        return g.Checked();
    }

    private static void AddLengths(RuleGrammar g)
    {
        g.Token("unit", static t => t.Folded switch
        {
            "segundo" or "segundos" or "seg" => new TimeLength(0, 0, 1),
            "minuto" or "minutos" or "min" or "mins" or "minutito" or "minutitos" => new TimeLength(0, 0, 60),
            "hora" or "horas" or "hr" or "hrs" or "hs" or "horita" or "horitas" => new TimeLength(0, 0, 3600),
            "dia" or "dias" => new TimeLength(0, 1, 0),
            "semana" or "semanas" or "sem" or "semanita" => new TimeLength(0, 7, 0),
            "quincena" or "quincenas" => new TimeLength(0, 15, 0),
            "mes" or "meses" => new TimeLength(1, 0, 0),
            "ano" or "anos" => new TimeLength(12, 0, 0),
            _ => null,
        });
        g.Rule("count", "un par de", static _ => 2L);
        g.Rule("count", "{number:n}", static c => c.Get<long>("n") is >= 0 and <= 10_000 and var n ? n : null);
        g.Rule("length", "{count:n} {unit:u} [(habil|habiles)]", static c => Times(c, 0));
        g.Rule("length", "{count:n} {unit:u} y (media|medio)", static c => Times(c, 30));
        g.Rule("length", "{count:n} {unit:u} y (un cuarto|cuarto)", static c => Times(c, 15));
        g.Rule("length", "{count:n} {unit:u} [y|con|,] {count:m} {unit:v}", static c => Small(c) is { } rest && Times(c, 0) is { } all ? all + rest : null);
        g.Rule("length", "media (hora|horita)", static _ => new TimeLength(0, 0, 1800));
        g.Rule("length", "hora y media", static _ => new TimeLength(0, 0, 5400));
        g.Rule("length", "un cuarto de hora", static _ => new TimeLength(0, 0, 900));
        g.Rule("length", "tres cuartos de hora", static _ => new TimeLength(0, 0, 2700));
    }

    private static TimeLength? Times(Captures c, int extraMinutes)
    {
        var unit = c.Get<TimeLength>("u");
        var length = unit * (int)c.Get<long>("n");
        return extraMinutes == 0 ? length : unit.Seconds == 3600 ? length + new TimeLength(0, 0, extraMinutes * 60) : unit.Days == 7 && extraMinutes == 30 ? length + new TimeLength(0, 3, 0) : null;
    }

    private static TimeLength? Small(Captures c) => c.Get<TimeLength>("v") is { } unit && unit.Seconds is > 0 and < 3600 && c.Get<TimeLength>("u").Seconds == 3600 ? unit * (int)c.Get<long>("m") : null;

    private static void AddClocks(RuleGrammar g)
    {
        g.Rule("hour", "{hour24:h}", static c => c.Get<int>("h"));
        g.Code("hourWord", static (tokens, at) => at < tokens.Length && !tokens[at].IsDigits && NumberWords.Read(tokens, at, Language.Spanish) is ({ } end, long and >= 1 and <= 24 and var hour) && end == at + 1
            ? (end, (int)hour)
            : (-1, null));
        g.Rule("hour", "{hourWord:h}", static c => c.Get<int>("h"));
        g.Words("hours", "(horas|hora|hrs|hr|hs|h) [~ .]");
        g.Rule("half", "(am|a [~ .] ~ m [~ .]|a . m [~ .])", static _ => Half.Am);
        g.Rule("half", "(pm|p [~ .] ~ m [~ .]|p . m [~ .])", static _ => Half.Pm);
        g.Rule("half", "(de|d) la (manana|madrugada|mananita)", static _ => Half.Am);
        g.Rule("half", "(de|d) la (tarde|noche|tardecita)", static _ => Half.Pm);
        g.Rule("minutes", "y media", static _ => 30);
        g.Rule("minutes", "y (cuarto|un cuarto)", static _ => 15);
        g.Rule("minutes", "y {number:n} !({unit}|{weekdayAny})", static c => c.Get<long>("n") is >= 1 and < 60 and var n ? (int)n : null);
        g.Rule("minutes", "menos cuarto", static _ => -15);
        g.Rule("minutes", "menos {number:n}", static c => c.Get<long>("n") is >= 1 and < 60 and var n ? -(int)n : null);

        // "time" is what may follow "a las"; "marked" is an hour even without it.
        g.Words("clockMark", "({hours}|{half}|y media|y cuarto|: {minute2})");
        g.Rule("time", "{hour24:h} (:|;) {minute2:m} [: {minute2}] [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{hour24:h} ~ (.|,|h|hrs) ~ {minute2:m} [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{clock4:hm} [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{hour:h} [{minutes:m}] [{hours}] [en punto] [{half:p}]", Clock);
        g.Rule("time", "{hour:h} [{hours}] [{minutes:m}] [{half:p}]", Clock);
        g.Rule("time", "{number:n} para las {hour:h} [{half:p}]", static c => c.Get<long>("n") is < 60 and var n ? Shift(Clock(c), -(int)n) : null);
        g.Rule("time", "[un] cuarto para (las|la) {hour:h} [{half:p}]", static c => Shift(Clock(c), -15));
        g.Rule("time", "(mediodia|medio dia|medidia)", static _ => new ClockForm.At(12, 0, Half.Pm));
        g.Rule("time", "(medianoche|media noche)", static _ => new ClockForm.At(24, 0));
        g.Rule("marked", "{hour24:h} ~ : ~ {minute2:m} [: {minute2}] [{hours}] [{half:p}]", Clock);
        g.Rule("marked", "{hour24:h} ~ h ~ {minute2:m}", Clock);
        g.Rule("marked", "{hour24:h} ~ . ~ {minute2:m} ({hours}|{half:p})", Clock);
        g.Rule("marked", "{hour24:h} {hours} [{half:p}] !(antes|despues|mas|de (antelacion|anticipacion|viaje|espera|ayuno|trabajo|retraso))", static c => c.Get<int>("h") >= 8 || c.Has("p") ? Clock(c) : null);
        g.Rule("marked", "{hour:h} [{minutes:m}] [{hours}] {half:p}", Clock);
        g.Rule("marked", "{hour:h} {minutes:m} !({unit}|de {month}|hora)", static c => c.Get<int>("m") is 30 or 15 or -15 ? Clock(c) : null);
        g.Rule("marked", "[un] cuarto para (las|la) {hour:h} [{half:p}]", static c => Shift(Clock(c), -15));
        g.Rule("marked", "{number:n} para las {hour:h} [{half:p}]", static c => c.Get<long>("n") is < 60 and var n ? Shift(Clock(c), -(int)n) : null);

        g.Words("article", "(las|la|los)");
        g.Words("about", "(tipo|tipin|a eso de|como a|como|cerca de|cercano a|alrededor de|por ahi a|por ahi por|sobre|hacia|aprox a|aproximadamente a|mas o menos a|onda)");
        g.Words("notHour", "({unit} !({half})|veces|personas|cosas|sesiones|horas medicas|opciones|primeras|ultimas|de {month}|/ {digits}|%|- {digits})");
        g.Words("hourEnds", "(.|,|;|!|?|de|del|y|o|u|ese|este|el|en|para|pa|si|porque|por|pq|gracias|es|me|puede|podria|seria|estaria|tambien|mejor|hoy|manana|x|pero|no|esta|estoy|salgo|aunque|con|sin|ya|que|como|maximo|exacto|justo|aprox|{weekdayAny}|{month})");
        g.Rule("clock", "[{about}] (a|para) {article} !({number} {notHour}) {time:t}", Pass);
        g.Rule("clock", "{about} [{article}] !({number} {notHour}) {time:t}", Pass);
        g.Rule("clock", "(las|la) !({number} {notHour}|dos !({clockMark})) {time:t} &({hourEnds}|$)", Pass);
        g.Rule("clock", "(las|la) {marked:t}", Pass);
        g.Rule("clock", "{marked:t}", Pass);
        g.Rule("clock", "[(a|al|de|para el)] (mediodia|medio dia)", static _ => new ClockForm.At(12, 0, Half.Pm));
        g.Rule("clock", "a (medianoche|media noche)", static _ => new ClockForm.At(24, 0));

        g.Rule("clock", "(de|desde|entre|tipo|horario de) [{article}] {time:a} (a|y|hasta|-|o) [{article}] {time:b} !({unit} !({half})|de {month}|/ {digits}|{month}|de (este|ese|cada) mes|%)", Window);
        g.Rule("plainTime", "{hour24:h} : {minute2:m} [{hours}]", Clock);
        g.Rule("plainTime", "{hour:h} [{hours}]", static c => new ClockForm.At(c.Get<int>("h"), 0));
        g.Rule("plainTime", "{hour:h} y media", static c => new ClockForm.At(c.Get<int>("h"), 30));
        g.Rule("plainTime", "{hour:h} y cuarto", static c => new ClockForm.At(c.Get<int>("h"), 15));
        g.Rule("clock", "entre [{article}] {plainTime:a} y [{article}] {time:b} !({unit} !({half})|de {month}|/ {digits}|{month}|%)", Window);
        g.Rule("clock", "[a|entre] {article} {time:a} (y|-|hasta) {article} {time:b}", Window);
        g.Rule("clock", "{hour:h0} (a|-|y|hasta) [{article}] {marked:b}", static c => Between(new ClockForm.At(c.Get<int>("h0"), 0), c.Get<ClockForm.At>("b")));
        g.Rule("clock", "{marked:a} (a|-|hasta) [{article}] {time:b} !({unit} !({half})|de {month})", Window);
        g.Rule("clock", "(despues de|despues d|dsps de|desp de|a partir de|pasadas|pasada|luego de|posterior a|mas tarde de|mas tarde que|desde|despues de eso de) {article} {time:t} [en adelante|hacia adelante|pm]", static c => new ClockForm.Window(c.Get<ClockForm.At>("t"), null));
        g.Rule("clock", "(despues del|despues de|desde el|desde|a partir del|pasado el|pasado) (mediodia|medio dia) [en adelante]", static _ => new ClockForm.Window(new ClockForm.At(12, 0), null));
        g.Rule("clock", "(despues de|dsps de|despues del|luego de|luego del|pasado el) (almuerzo|almorzar|colacion)", static _ => new ClockForm.Window(new ClockForm.At(14, 0), null));
        g.Rule("clock", "[(de|desde|a partir de)] {article} {time:t} (en adelante|pa delante|para adelante|hacia adelante|pa arriba|o mas tarde|o despues)", static c => new ClockForm.Window(c.Get<ClockForm.At>("t"), null));
        g.Rule("clock", "(antes de|antes d|hasta|no mas alla de|maximo hasta|maximo a|a mas tardar a|no mas tarde de|previo a) {article} {time:t}", static c => new ClockForm.Window(null, c.Get<ClockForm.At>("t")));
        g.Rule("clock", "(antes del|antes de|hasta el|hasta) (mediodia|medio dia|almuerzo|almorzar)", static _ => new ClockForm.Window(null, new ClockForm.At(12, 0)));
        g.Rule("clock", "[a|en] (la|el|al|) (misma|mismo) (hora|horario) !(que)", static _ => new ClockForm.OfAnchor());
        g.Rule("clock", "(a|en) (esa|la misma) (hora|horita)", static _ => new ClockForm.OfAnchor());
        g.Rule("clock", "[un] [(poco|poquito|rato|ratito|pelin)] mas (tarde|tardecito|tardecita) !(de las|que las|{digits})", static _ => new ClockForm.Later());
        g.Rule("clock", "[un] [(poco|poquito|rato|ratito|pelin)] mas (temprano|tempranito|tempranito)", static _ => new ClockForm.Earlier());
        g.Rule("clock", "(ahora|altiro|al tiro|ahorita|inmediatamente|de inmediato|ya mismo) [mismo|ya]", static _ => new ClockForm.Now());
        g.Rule("clock", "(dentro de|en|de aqui a|de aca a) {length:l} [mas]", static c => Hours(c, 1, Origin.Reference));
        g.Rule("clock", "[en] {length:l} (mas tarde|despues|posterior|luego)", static c => Hours(c, 1, Origin.Anchor));
        g.Rule("clock", "{length:l} (antes|mas temprano|antecito)", static c => Hours(c, -1, Origin.Anchor));
        g.Rule("clock", "hace {length:l}", static c => Hours(c, -1, Origin.Reference));
    }

    private static void AddParts(RuleGrammar g)
    {
        const string In = "(en|por|de|a|durante|x|pa|para|x)";
        g.Rule("part", $"{In} (la|las) (manana|mananas|mananita)", static _ => DayPart.Morning);
        g.Rule("part", "(horario|turno|jornada|bloque|bloques|agenda|hora) (de|de la|en la|) (manana|am)", static _ => DayPart.Morning);
        g.Rule("part", "(la|toda la|las) manana", static _ => DayPart.Morning);
        g.Rule("part", "<({weekdayName}|manana|{day31}|pasado|hoy) (am|a . m [~ .])", static _ => DayPart.Morning);
        g.Rule("part", "(en|horario|jornada|turno|bloque) am", static _ => DayPart.Morning);
        g.Rule("part", $"{In} (la|las) (tarde|tardes|tardecita)", static _ => DayPart.Afternoon);
        g.Rule("part", "(horario|turno|jornada|bloque|bloques|agenda|hora) (de|de la|en la|) (tarde|pm)", static _ => DayPart.Afternoon);
        g.Rule("part", "(la|toda la|las) tarde", static _ => DayPart.Afternoon);
        g.Rule("part", "<({weekdayName}|manana|{day31}|hoy) (tarde|pm|p . m [~ .])", static _ => DayPart.Afternoon);
        g.Rule("part", "(en|horario|jornada|turno|bloque) pm", static _ => DayPart.Afternoon);
        g.Rule("part", $"{In} (la|las) (noche|noches)", static _ => DayPart.Night);
        g.Rule("part", $"{In} la madrugada", static _ => DayPart.Dawn);
        g.Rule("part", "[lo mas|bien|muy|mas] (temprano|tempranito|tempranitos|temprana) [{inMorning}]", static _ => DayPart.Early);
        g.Words("inMorning", "(en|por|de) la manana");
        g.Words("inAfternoon", "(en|por|de|del) (la tarde|dia|la jornada|la noche)");
        g.Rule("part", "[a|en] [la|las] (primera hora|primeras horas|primerisima hora|primera horita) [{inMorning}]", static _ => DayPart.FirstThing);
        g.Rule("part", "[a|en] [la|las] (primera hora|primeras horas) (de|en) la tarde", static _ => DayPart.Afternoon);
        g.Rule("part", "[a|en] [la|las] (ultima hora|ultimas horas|ultima horita) [{inAfternoon}]", static _ => DayPart.LastThing);
        g.Rule("part", "(al|a) (final|fin|termino) (del dia|de la tarde|de la jornada)", static _ => DayPart.LastThing);
        g.Rule("part", "[bien] tarde en la tarde", static _ => DayPart.LastThing);
    }

    private static void AddDays(RuleGrammar g)
    {
        g.Words("the", "(el|al|del|para el|pal|pa el|este|ese|estes|x el|por el|de el|d el)");
        g.Words("nextWord", "(proximo|proxima|prox|prox .|siguiente|prosimo|procimo|proxim|prixmo|prosima|procima)");
        g.Words("coming", "(que viene|q viene|k viene|que bien|que sigue|proximo|proxima|siguiente|entrante|venidero|prox)");

        g.Rule("day", "[para|pa|por] hoy [(mismo|dia)]", static _ => new DayForm.Offset(0));
        g.Rule("day", "(esta (manana|tarde|noche)) ", static _ => new DayForm.Offset(0));
        g.Rule("day", "[para|pa] [el dia de|el dia] manana [mismo] [[,] {weekdayName}]", static _ => new DayForm.Offset(1));
        g.Rule("day", "[para|pa] (pasado manana|subsiguiente dia|pasao manana|pasadomanana) [[,] {weekdayName}]", static _ => new DayForm.Offset(2));
        g.Rule("day", "<(o|u|y|,|/) [el] pasado !({weekdayAny}|el|las|la|de|mes|ano)", static _ => new DayForm.Offset(2));
        g.Rule("day", "[el dia de] ayer", static _ => new DayForm.Offset(-1));
        g.Rule("day", "anoche", static _ => new DayForm.Offset(-1));
        g.Rule("day", "(anteayer|antier|antes de ayer|antiyer)", static _ => new DayForm.Offset(-2));
        g.Rule("day", "(el|al) dia siguiente", static _ => new DayForm.Shifted(new TimeLength(0, 1, 0), Origin.Anchor));
        g.Rule("day", "[para|pa|en] (el|al) dia anterior", static _ => new DayForm.Shifted(new TimeLength(0, -1, 0), Origin.Anchor));
        g.Rule("day", "[el|para el|ese|este] mismo dia", static _ => new DayForm.OfAnchor());
        g.Rule("day", "(ese|para ese|ese mismo) dia", static _ => new DayForm.OfAnchor());

        // Days of the month. "domGuard" holds what makes of the number something else: an hour, a price, a length.
        g.Words("domGuard", "(: {digits}|~ : {digits}|{hours}|{half}|y media|y cuarto|menos cuarto|{unit}|%|mil|veces|piso|personas|~ . ~ {digits}|(/|-) ~ {digits}|en punto|a {digits} {unit}|{longDigits})");
        g.Code("domWord", static (tokens, at) => at < tokens.Length && !tokens[at].IsDigits && NumberWords.Read(tokens, at, Language.Spanish) is ({ } end and > 0, long and >= 1 and <= 31 and var day) && tokens[at].Folded is not ("un" or "una")
            ? (end, (int)day)
            : (-1, null));
        g.Rule("dom", "{day31:d} [(~ °|~ ro|~ o|~ er)]", static c => c.Get<int>("d"));
        g.Rule("dom", "{domWord:d}", static c => c.Get<int>("d"));
        g.Rule("dom", "(primero|primer)", static _ => 1);
        g.Rule("ofYear", "[,] [de|del] [ano] {year4:y}", static c => c.Get<int>("y"));
        g.Rule("day", "[{the}] [dia|fecha] [{weekdayAny:w} [,]] [{the}] [dia] {dom:d} (de|d|del mes de|del|) {month:m} [{ofYear:y}]", Named);
        g.Rule("day", "[{the}] [{weekdayAny:w} [,]] {monthName:m} {dom:d} !({domGuard}) [{ofYear:y}]", Named);
        g.Rule("day", "[{the}] [dia] [{weekdayAny:w} [,]] [{the}] [dia] {numericDate:n}", static c => c.Get<DayForm.Calendar>("n") with { Weekday = c.Maybe<IsoDayOfWeek>("w") });
        g.Rule("day", "[{the}] {weekdayAny:w} [,] {looseNumericDate:n}", static c => c.Get<DayForm.Calendar>("n") with { Weekday = c.Maybe<IsoDayOfWeek>("w") });
        g.Rule("day", "[{the}] [dia] {weekdayAny:w} [,] [el|dia|el dia] {dom:d} !({domGuard}) [(de|del) (este|presente) mes]", static c => new DayForm.Calendar(c.Get<int>("d"), null, null, c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] (dia|fecha) {dom:d} !({domGuard})", static c => new DayForm.Calendar(c.Get<int>("d"), null, null));
        g.Rule("day", "(el|al|del|para el|pal|este) {dom:d} !({domGuard}|{month}|de (los|las|mi|la|el|febrero))", static c => new DayForm.Calendar(c.Get<int>("d"), null, null));
        g.Rule("listRest", "(o|u|y|ni) [el|al] [dia] {dom} [de|del] {month:m}", static c => c.Get<int>("m"));
        g.Rule("listRest", ", [el] {dom} {listRest:m}", static c => c.Get<int>("m"));
        g.Rule("day", "[los|{the}] [dias|dia] {dom:d} &({listRest:m})", static c => new DayForm.Calendar(c.Get<int>("d"), c.Get<int>("m"), null));
        g.Rule("day", "{the} [dia] {dom:d} (de|del) (este mes|presente mes|mes en curso|presente|mes actual|corriente)", static c => new DayForm.DayOfMonthOffset(c.Get<int>("d"), 0));
        g.Rule("day", "{the} [dia] {dom:d} (de|del) [el] ({nextWord} mes|mes {coming}|{nextWord}|otro mes|mes subsiguiente)", static c => new DayForm.DayOfMonthOffset(c.Get<int>("d"), 1));

        // Weekdays. "el próximo martes" is the first one, as the bare name is.
        g.Rule("weekday", "{weekdayName:w}", static c => c.Get<IsoDayOfWeek>("w"));
        g.Rule("weekday", "{weekdayShort:w} ~ .", static c => c.Get<IsoDayOfWeek>("w"));
        g.Rule("day", "[{the}] [dia] {weekday:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "(el|al|este|para el) [dia] {weekdayShort:w} !({word})", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] [dia] {weekday:w} ({coming}|de esta semana|de la presente semana|inmediato)", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] {nextWord} [dia] {weekday:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] [dia] {weekday:w} [(de|d|en)] [la|esta] ({nextWord} semana|semana {coming}|otra semana|sgte semana|semana proxima)", static c => new DayForm.WeekdayOfWeek(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "[{the}] [dia] {weekday:w} [(de|d|en)] [la] (semana subsiguiente|subsiguiente semana)", static c => new DayForm.WeekdayOfWeek(c.Get<IsoDayOfWeek>("w"), 2));
        g.Rule("day", "[{the}] (otro|subsiguiente) {weekday:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "[{the}] {weekday:w} subsiguiente", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "[{the}] {weekday:w} (pasado|anterior|recien pasado)", static c => new DayForm.LastWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[el] pasado {weekday:w}", static c => new DayForm.LastWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] {weekday:w} [(en|dentro de)] {count:n} semanas [mas]", static c => new DayForm.WeekdayOfWeek(c.Get<IsoDayOfWeek>("w"), (int)c.Get<long>("n")));
        g.Rule("ordinal", "(primer|primero|primera|1 ~ °|1 ~ er)", static _ => 1);
        g.Rule("ordinal", "(segundo|segunda)", static _ => 2);
        g.Rule("ordinal", "(tercer|tercero|tercera)", static _ => 3);
        g.Rule("ordinal", "(cuarto|cuarta)", static _ => 4);
        g.Rule("ordinal", "(ultimo|ultima)", static _ => -1);
        g.Rule("monthPeriod", "(de|del mes de|en) {month:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("monthPeriod", "(de|del|en) (este mes|mes|presente mes|mes en curso)", static _ => new DayForm.MonthOffset(0));
        g.Rule("monthPeriod", "(de|del|en el|en) ({nextWord} mes|mes {coming}|otro mes|mes siguiente)", static _ => new DayForm.MonthOffset(1));
        g.Rule("day", "[{the}] {ordinal:o} {weekday:w} {monthPeriod:p}", static c => new DayForm.NthWeekday(c.Get<int>("o"), c.Get<IsoDayOfWeek>("w"), c.Get<DayForm>("p")));
        g.Rule("day", "(la|en la|para la) {ordinal:o} (semana|quincena) {monthPeriod:p}", static c => new DayForm.NthWeek(c.Get<int>("o"), c.Get<DayForm>("p")));

        // Weeks and months.
        const string ForThe = "[(en|para|pa|de|durante)]";
        g.Rule("week", "((la|esta|) ({nextWord} (semana|semanita)|(semana|semanita) {coming}|(semana|semanita) proxima|sgte semana)|la otra (semana|semanita))", static _ => new DayForm.Week(1));
        g.Rule("week", "(la|) (semana subsiguiente|subsiguiente semana|siguiente a la proxima)", static _ => new DayForm.Week(2));
        g.Rule("week", "(esta|la presente) [misma] (semana|semanita)", static _ => new DayForm.Week(0));
        g.Rule("week", "(la semana pasada|la pasada semana|la semana anterior)", static _ => new DayForm.Week(-1));
        g.Rule("week", "la semana siguiente a (esa|la [hora|cita])", static _ => new DayForm.Week(1, Origin.Anchor));
        g.Rule("week", "(la|esa) semana (del|de el) {numericDate:d}", static c => new DayForm.WeekOf(c.Get<DayForm>("d")));
        g.Rule("week", "(la|esa) semana (del|de el) [(lunes|dia)] {dom:d} [de {month:m}]", static c => new DayForm.WeekOf(new DayForm.Calendar(c.Get<int>("d"), c.Maybe<int>("m"), null)));
        g.Rule("week", "(esa|la misma) [misma] semana", static _ => new DayForm.Week(0, Origin.Anchor));
        g.Rule("day", $"{ForThe} {{week:w}}", static c => c.Get<DayForm>("w"));
        g.Rule("day", $"{ForThe} (este|el|) [{{nextWord}}] (fin de semana|finde|fds|finde semana) [{{coming}}]", static _ => new DayForm.Weekend(0));
        g.Rule("day", $"{ForThe} el (otro|subsiguiente) (fin de semana|finde|fds)", static _ => new DayForm.Weekend(1));
        g.Rule("day", $"{ForThe} (el|) (fin de semana|finde) (pasado|anterior)", static _ => new DayForm.Weekend(-1));
        g.Rule("day", "(en|para|durante|pa) [el mes de] {monthName:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("day", "{monthName:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("day", $"{ForThe} (este|el presente|el mismo) mes", static _ => new DayForm.MonthOffset(0));
        g.Rule("day", $"{ForThe} (el|este|) ({{nextWord}} mes|mes {{coming}}|otro mes)", static _ => new DayForm.MonthOffset(1));
        g.Rule("day", $"{ForThe} el mes (pasado|anterior)", static _ => new DayForm.MonthOffset(-1));
        g.Rule("day", $"{ForThe} (este|el presente) ano", static _ => new DayForm.YearOffset(0));
        g.Rule("day", $"{ForThe} (el|) ({{nextWord}} ano|ano {{coming}}|otro ano)", static _ => new DayForm.YearOffset(1));
        g.Rule("day", $"{ForThe} el ano pasado", static _ => new DayForm.YearOffset(-1));
        g.Rule("third", "[a|para|en|desde|hasta|por] (principio|principios|comienzo|comienzos|inicio|inicios|los primeros dias)", static _ => Third.Early);
        g.Rule("third", "[a|para|en|desde|hasta|por] [la] (mediados|mediado|mitad)", static _ => Third.Middle);
        g.Rule("third", "[a|para|en|desde|hasta|por] [el] (fin|fines|final|finales|los ultimos dias)", static _ => Third.Late);
        g.Rule("day", "{third:t} {monthPeriod:p}", static c => new DayForm.PartOf(c.Get<DayForm>("p"), c.Get<Third>("t")));
        g.Rule("day", "{third:t} (de semana|de la semana|de esta semana)", static c => new DayForm.PartOf(new DayForm.Week(0), c.Get<Third>("t")));
        g.Rule("day", "{third:t} de {week:w}", static c => new DayForm.PartOf(c.Get<DayForm>("w"), c.Get<Third>("t")));

        // Shifts by whole days, ranges, open ranges.
        g.Rule("day", "[para] (dentro de|en|de aqui a|de aca a) {length:l} [mas]", static c => Days(c, 1, Origin.Reference));
        g.Rule("day", "{length:l} mas !(tarde|temprano)", static c => Days(c, 1, Origin.Reference));
        g.Rule("day", "[en] {length:l} (mas tarde|despues|posterior|luego|mas adelante)", static c => Days(c, 1, Origin.Anchor));
        g.Rule("day", "{length:l} antes", static c => Days(c, -1, Origin.Anchor));
        g.Rule("day", "hace {length:l}", static c => Days(c, -1, Origin.Reference));
        g.Rule("day", "{length:l} atras", static c => Days(c, -1, Origin.Reference));
        g.Rule("point", "{weekdayAny:w} [{dom:d} !({domGuard})] [de {month:m}]", static c => c.Maybe<int>("d") is { } d ? new DayForm.Calendar(d, c.Maybe<int>("m"), null) : new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("point", "[dia] {dom:d} [de {month:m}] !({domGuard})", static c => new DayForm.Calendar(c.Get<int>("d"), c.Maybe<int>("m"), null));
        g.Rule("point", "{numericDate:d}", static c => c.Get<DayForm>("d"));
        g.Rule("point", "(manana|pasado manana)", static _ => new DayForm.Offset(1));
        g.Rule("day", "(del|desde el|entre el) {point:a} (al|hasta el|y el) {point:b}", DayRange);
        g.Rule("day", "(de|entre|desde) {point:a} (a|y|hasta|al) {point:b}", static c => DayRange(c) is { From: not DayForm.Calendar { Month: null, Weekday: null } } range ? range : null);
        g.Rule("day", "[{the}] {dom:a0} (al|a|-|hasta el) {dom:b0} [de] {month:m}", static c => new DayForm.Range(new DayForm.Calendar(c.Get<int>("a0"), c.Get<int>("m"), null), new DayForm.Calendar(c.Get<int>("b0"), c.Get<int>("m"), null)));
        g.Rule("day", "(a partir de|a partir del|a contar de|a contar del|desde el|desde) [el|dia|la] ({numericDate:d}|{point:d}) [en adelante|pa delante]", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "(a partir de|desde) {week:d} [en adelante]", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "[del|el] {point:d} (en adelante|pa delante|para adelante|hacia adelante|o despues|o posterior)", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "(despues del|pasado el|posterior al|luego del|dsps del|despues de) {point:d}", static c => new DayForm.Since(c.Get<DayForm>("d"), false));
        g.Rule("day", "(despues de|pasada) {week:d}", static c => new DayForm.Since(c.Get<DayForm>("d"), false));
        g.Rule("day", "(a partir de|desde) (manana)", static _ => new DayForm.Since(new DayForm.Offset(1), true));
        g.Rule("day", "(a partir de|desde|a contar de) {monthName:m}", static c => new DayForm.Since(new DayForm.WholeMonth(c.Get<int>("m"), null), true));
        g.Rule("day", "(a partir|desde|a contar) (del|de|el) ({nextWord} mes|mes {coming}|otro mes)", static _ => new DayForm.Since(new DayForm.MonthOffset(1), true));
        g.Rule("day", "(antes del) {point:d}", static c => new DayForm.Until(c.Get<DayForm>("d"), false));
        g.Rule("day", "(hasta el|a mas tardar el) {point:d}", static c => new DayForm.Until(c.Get<DayForm>("d"), true));
        g.Token("word", static t => t.IsWord ? t.Folded : null);
    }

    private static void AddWhole(RuleGrammar g)
    {
        g.Rule("recurrence", "(los|todos los|cada) [dias] {weekday:w}", static c => new Recurrence(c.Get<IsoDayOfWeek>("w"), null));
        g.Rule("recurrence", "(todos los dias|cada dia|a diario|diariamente|diario)", static _ => new Recurrence(null, new TimeLength(0, 1, 0)));
        g.Rule("recurrence", "(todas las semanas|cada semana|semanalmente)", static _ => new Recurrence(null, new TimeLength(0, 7, 0)));
        g.Rule("recurrence", "(todos los meses|cada mes|mensualmente)", static _ => new Recurrence(null, new TimeLength(1, 0, 0)));
        g.Rule("recurrence", "(todos los anos|cada ano|anualmente)", static _ => new Recurrence(null, new TimeLength(12, 0, 0)));
        g.Rule("recurrence", "cada {length:l}", static c => new Recurrence(null, c.Get<TimeLength>("l")));
        g.Rule("whole", "{recurrence:r}", static c => new TimeForm(Recurrence: c.Get<Recurrence>("r")));
        g.Rule("whole", "{length:l}", static c => new TimeForm(Length: c.Get<TimeLength>("l")));
        g.Words("joint", "(, [el|de|en]|como|mas o menos|idealmente|ojala|pero|y|eso si|-|~ ,|entonces|mejor|preferentemente|tambien)");
    }

    private static object? Pass(Captures c) => c.Get<ClockForm>("t");

    private static ClockForm.At? Clock(Captures c)
    {
        var (hour, minute) = c.Maybe<int>("hm") is { } packed ? (packed / 100, packed % 100) : (c.Get<int>("h"), c.Maybe<int>("m") ?? 0);
        var at = new ClockForm.At(hour, Math.Max(minute, 0), c.Maybe<Half>("p") ?? Half.Unsaid);
        return minute < 0 ? Shift(at, minute) : at;
    }

    /// <summary>So many minutes before the full hour: "cuarto para las cinco" is 4:45 of the same half.</summary>
    private static ClockForm.At? Shift(ClockForm.At? at, int minutes) => at is null ? null : at with { Hour = at.Hour == 1 ? 12 : at.Hour - 1, Minute = 60 + minutes };

    private static ClockForm.Window? Window(Captures c) => Between(c.Get<ClockForm.At>("a"), c.Get<ClockForm.At>("b"));

    private static ClockForm.Window? Between(ClockForm.At from, ClockForm.At to) => from == to ? null : new ClockForm.Window(from, to);

    private static ClockForm.Shifted? Hours(Captures c, int sign, Origin origin) => c.Get<TimeLength>("l") is { IsWholeDays: false, Days: 0, Months: 0 } length ? new ClockForm.Shifted(length * sign, origin) : null;

    private static DayForm.Shifted? Days(Captures c, int sign, Origin origin) => c.Get<TimeLength>("l") is { IsWholeDays: true } length ? new DayForm.Shifted(length * sign, origin) : null;

    private static DayForm.Range? DayRange(Captures c)
    {
        var (from, to) = (c.Get<DayForm>("a"), c.Get<DayForm>("b"));
        return (from, to) switch
        {
            (DayForm.Calendar { Month: null } a, DayForm.Calendar { Month: { } month } b) => a.Day <= b.Day ? new DayForm.Range(a with { Month = month }, b) : new DayForm.Range(a, b),
            (DayForm.Calendar { Month: null } a, DayForm.Calendar { Month: null } b) when a.Day >= b.Day => null,
            _ => new DayForm.Range(from, to),
        };
    }

    private static DayForm.Calendar? Named(Captures c)
    {
        int day = c.Get<int>("d"), month = c.Get<int>("m");
        return day <= CalendarSystem.Iso.GetDaysInMonth(2024, month) ? new DayForm.Calendar(day, month, c.Maybe<int>("y"), c.Maybe<IsoDayOfWeek>("w")) : null;
    }
}
