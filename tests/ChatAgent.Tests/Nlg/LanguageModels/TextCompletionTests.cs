using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class TextCompletionTests
{
    private static readonly SlotChecker Checker = new(["Ovalle", "Dra. Inés Soto"]);

    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["date"] = "martes 24 de noviembre", ["time"] = "1:00", ["doctor"] = "Dra. Inés Soto", ["branch"] = "Ovalle",
    };

    private static readonly ReplyPair[] Pairs =
    [
        .. Enumerable.Range(0, 4).Select(number => Pair(
            $"Le esperamos el lunes {number + 1} de mayo a las 9:{number}0 con el Dr. Raúl Díaz. Recuerde traer su cédula.", ("date", $"lunes {number + 1} de mayo"), ("time", $"9:{number}0"), ("doctor", "Dr. Raúl Díaz"))),
        .. Enumerable.Range(0, 4).Select(_ => Pair("Su hora con la Dra. Eva Paz es a la 1:30, en la sucursal Lebu.", ("doctor", "Dra. Eva Paz"), ("time", "1:30"), ("branch", "Lebu"))),
        Pair("¿Le acomoda otra hora?"),
        Pair("Su cita quedó lista, Zoroastro."),
    ];

    private readonly TextCompletion _completion = TextCompletion.Learn(Pairs, ["Si necesita otra cosa, escriba aquí mismo. El martes viene Zoroastro."], Language.Spanish, Checker)!;

    [Theory]
    [InlineData("Le esp", "eramos el martes 24 de noviembre a la 1:00 con la Dra. Inés Soto")]
    [InlineData("le esperamos", " el martes 24 de noviembre a la 1:00 con la Dra. Inés Soto")]
    [InlineData("Buenas tardes. Le esperamos el ", "martes 24 de noviembre a la 1:00 con la Dra. Inés Soto")]
    [InlineData("Le esperamos el mar", "tes 24 de noviembre a la 1:00 con la Dra. Inés Soto")]
    [InlineData("Le esperamos el martes 24 de noviembre a ", "la 1:00 con la Dra. Inés Soto")]
    [InlineData("Le esperamos el martes 24 de noviembre a la ", "1:00 con la Dra. Inés Soto")]
    [InlineData("Su hora con la ", "Dra. Inés Soto es a la 1:00")]
    [InlineData("Su hora con la dra", ". Inés Soto es a la 1:00")]
    [InlineData("Buenas. Su hora con la Dra. In", "és Soto es a la 1:00")]
    [InlineData("Recuerde tr", "aer su cédula")]
    [InlineData("si necesita o", "tra cosa")]
    public void Complete_Beginning_GoesOnWithTheValuesAtHand(string typed, string expected) => Assert.Equal(expected, _completion.Complete(typed, Values));

    [Theory]
    [InlineData("")]
    [InlineData("Hola. ")]
    [InlineData("xyz")]
    [InlineData("Le esperamos el lunes ")]
    [InlineData("Z")]
    [InlineData("Su cita quedó lista, Zo")]
    [InlineData("El martes viene ")]
    public void Complete_NothingThatMayBeSaid_IsNull(string typed) => Assert.Null(_completion.Complete(typed, Values));

    [Fact]
    public void Complete_ValueIsNotKnown_EndsBeforeIt()
    {
        Assert.Equal("eramos el", _completion.Complete("Le esp", new Dictionary<string, string>(StringComparer.Ordinal)));
        Assert.Null(_completion.Complete("Le esperamos el ", new Dictionary<string, string>(StringComparer.Ordinal) { ["time"] = "9:00" }));
    }

    /// <summary>Whatever stands in the pairs' values or in a sentence with a fact: typed to its last letter but one, it never comes out.</summary>
    [Fact]
    public void Complete_EveryBeginningOfATaughtText_NeverShowsATaughtValue()
    {
        foreach (var text in Pairs.Select(pair => pair.Text).Append("El martes viene Zoroastro.").Distinct(StringComparer.Ordinal))
        {
            for (var length = 1; length <= text.Length; length++)
            {
                var completion = _completion.Complete(text[..length], Values) ?? string.Empty;
                Assert.DoesNotContain("oroastro", completion, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("lunes", completion, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("Lebu", completion, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("Díaz", completion, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public void Learn_NothingInTheLanguage_IsNull() => Assert.Null(TextCompletion.Learn(Pairs, [], Language.English, Checker));

    private static ReplyPair Pair(string text, params (string Slot, string Value)[] slots) =>
        new("any", Language.Spanish, ReplyStyle.Formal, slots.ToDictionary(slot => slot.Slot, slot => slot.Value, StringComparer.Ordinal), text);
}
