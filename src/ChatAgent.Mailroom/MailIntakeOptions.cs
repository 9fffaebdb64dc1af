namespace ChatAgent.Mailroom;

/// <summary>How mails that come in are judged.</summary>
public sealed record MailIntakeOptions
{
    /// <summary>Name under which our border server writes Authentication-Results; null where there is none, and then nobody's results are believed.</summary>
    public string? AuthservId { get; init; }

    /// <summary>Mails of ours in one thread within 24 hours before an answer is left to an operator, 1 to 20.</summary>
    public int AnswersPerDay { get; init; } = 3;

    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    internal static void Require(MailIntakeOptions options)
    {
        if (options.AnswersPerDay is < 1 or > 20)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.AnswersPerDay, "answers per day: 1 to 20");
        }
    }
}
