using System.Globalization;
using ChatAgent.Text;

namespace ChatAgent.Mailroom;

/// <summary>What patients read around the generated words, in one language: buttons, pages, footers.</summary>
public sealed record LetterWords
{
    public required string Code { get; init; }

    public required string Attend { get; init; }

    public required string Decline { get; init; }

    public required string OtherTime { get; init; }

    public required string AnswerByMail { get; init; }

    public required string WhyYouGetThis { get; init; }

    public required string Unsubscribe { get; init; }

    public required string When { get; init; }

    public required string With { get; init; }

    public required string Where { get; init; }

    public required string PageTitle { get; init; }

    public required string PageQuestion { get; init; }

    public required string Send { get; init; }

    public required string ChooseOther { get; init; }

    public required string Confirmed { get; init; }

    public required string Declined { get; init; }

    public required string OtherTimeTaken { get; init; }

    public required string BeingHandled { get; init; }

    public required string HourChanged { get; init; }

    public required string TooLate { get; init; }

    public required string UnsubscribeQuestion { get; init; }

    public required string UnsubscribeButton { get; init; }

    public required string Unsubscribed { get; init; }

    public required string WriteInChat { get; init; }

    private string Culture { get; init; } = string.Empty;

    private string MomentFormat { get; init; } = string.Empty;

    public static LetterWords Spanish { get; } = new()
    {
        Code = "es",
        Culture = "es-CL",
        MomentFormat = "dddd d 'de' MMMM 'a las' H:mm",
        Attend = "Sí, asistiré",
        Decline = "No podré ir",
        OtherTime = "Prefiero otra hora",
        AnswerByMail = "También puede responder este correo con sus propias palabras.",
        WhyYouGetThis = "Le escribimos porque tiene una hora con nosotros. Si no es usted, respóndanos y lo corregimos.",
        Unsubscribe = "No recibir más estos correos",
        When = "Cuándo",
        With = "Con",
        Where = "Dónde",
        PageTitle = "Su hora",
        PageQuestion = "¿Qué nos responde?",
        Send = "Enviar respuesta",
        ChooseOther = "Elija una respuesta; nada queda registrado hasta que presione el botón.",
        Confirmed = "Listo: su asistencia quedó confirmada.",
        Declined = "Listo: su hora quedó liberada. Gracias por avisar.",
        OtherTimeTaken = "Recibido. Le enviamos por correo las horas que quedan.",
        BeingHandled = "Recibimos su respuesta. Le escribiremos por correo en cuanto quede registrada.",
        HourChanged = "Esta hora cambió desde que le escribimos. Abajo está como queda ahora: responda por ella.",
        TooLate = "Este enlace ya no sirve: venció o la hora ya pasó. Escríbanos o llámenos y le ayudamos.",
        UnsubscribeQuestion = "¿Dejamos de escribirle sobre sus horas a este correo?",
        UnsubscribeButton = "Sí, no me escriban más",
        Unsubscribed = "Listo. No le enviaremos más estos correos. Su hora sigue como estaba.",
        WriteInChat = "Escribirnos en el chat",
    };

    public static LetterWords English { get; } = new()
    {
        Code = "en",
        Culture = "en-GB",
        MomentFormat = "dddd d MMMM 'at' H:mm",
        Attend = "Yes, I will come",
        Decline = "I cannot come",
        OtherTime = "I would like another time",
        AnswerByMail = "You can also answer this mail in your own words.",
        WhyYouGetThis = "We write because you have an appointment with us. If this is not you, answer and we will put it right.",
        Unsubscribe = "No more of these mails",
        When = "When",
        With = "With",
        Where = "Where",
        PageTitle = "Your appointment",
        PageQuestion = "What is your answer?",
        Send = "Send my answer",
        ChooseOther = "Choose an answer; nothing is recorded before you press the button.",
        Confirmed = "Done: your attendance is confirmed.",
        Declined = "Done: your appointment is free again. Thank you for telling us.",
        OtherTimeTaken = "Received. We are sending you the times that are left by mail.",
        BeingHandled = "We have your answer. We will write to you as soon as it is recorded.",
        HourChanged = "This appointment has changed since we wrote. Below is how it stands now: please answer for that.",
        TooLate = "This link no longer works: it has expired, or the time has passed. Write or call and we will help.",
        UnsubscribeQuestion = "Shall we stop writing to this address about appointments?",
        UnsubscribeButton = "Yes, write no more",
        Unsubscribed = "Done. We will send no more of these mails. Your appointment stands as it was.",
        WriteInChat = "Write to us in the chat",
    };

    public static LetterWords Of(string? code) => LanguageCodes.TryParse(code, out var language) && language == Language.English ? English : Spanish;

    /// <summary>"viernes 24 de abril a las 10:30".</summary>
    public string Moment(NodaTime.LocalDateTime start) => start.ToDateTimeUnspecified().ToString(MomentFormat, CultureInfo.GetCultureInfo(Culture));
}
