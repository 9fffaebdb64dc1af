namespace ChatAgent.Text;

/// <summary>What a token is.</summary>
public enum TokenKind
{
    Word,

    /// <summary>Digits, with separators ("15.000", "3,5") and ordinals ("2º", "1st").</summary>
    Number,

    /// <summary>A clock time with a sign of being one: "10:30", "9am", "15:00 hrs", "8h".</summary>
    Time,

    /// <summary>"28/04", "28-04-2026", "2026-04-28".</summary>
    Date,

    /// <summary>A Chilean identity number with its check character, right or wrong: "12.345.678-5".</summary>
    Rut,

    /// <summary>"+56 9 1234 5678", "600 360 7777".</summary>
    Phone,

    Url,

    Email,

    /// <summary>A pictograph or an emoticon such as ":)".</summary>
    Emoji,

    Punctuation,

    /// <summary>A slot of a wording: "{time}".</summary>
    Placeholder,
}
