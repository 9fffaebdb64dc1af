using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class LexicalizerTests
{
    [Theory]
    [InlineData("con el {v}", "Dra. Camila Rojas Peña", "con la Dra. Camila Rojas Peña")]
    [InlineData("con la {v}", "Dr. Andrés Fuentes", "con el Dr. Andrés Fuentes")]
    [InlineData("la agenda del {v}", "Klga. Daniela Pérez-Cotapos", "la agenda de la Klga. Daniela Pérez-Cotapos")]
    [InlineData("la agenda de la {v}", "Klgo. Felipe Araya-Smith", "la agenda del Klgo. Felipe Araya-Smith")]
    [InlineData("ver al {v}", "Psic. Antonia Larraín", "ver a la Psic. Antonia Larraín")]
    [InlineData("ver al {v}", "Psic. Matías Cárcamo", "ver al Psic. Matías Cárcamo")]
    [InlineData("ver a la {v}", "Psic. Rocío Mella", "ver a la Psic. Rocío Mella")]
    [InlineData("El {v} le espera", "Dra. Francisca O'Ryan", "La Dra. Francisca O'Ryan le espera")]
    [InlineData("Del {v} no sé", "Mat. Paulina Oñate", "De la Mat. Paulina Oñate no sé")]
    [InlineData("su consulta con {v}", "Dra. Ana Ríos", "su consulta con Dra. Ana Ríos")]
    [InlineData("papel {v}", "Dra. Ana Ríos", "papel Dra. Ana Ríos")]
    [InlineData("a las {v}", "1:00", "a la 1:00")]
    [InlineData("a las {v}", "01:30", "a la 01:30")]
    [InlineData("a la {v}", "13:00", "a las 13:00")]
    [InlineData("a la {v}", "10:45", "a las 10:45")]
    [InlineData("Son las {v}", "1:20", "Es la 1:20")]
    [InlineData("ahora es la {v}", "11:20", "ahora son las 11:20")]
    [InlineData("viene el {v}", "mañana", "viene mañana")]
    [InlineData("El {v} le espero.", "mañana", "Mañana le espero.")]
    [InlineData("para el {v}", "hoy", "para hoy")]
    [InlineData("su hora del {v}", "pasado mañana", "su hora de pasado mañana")]
    [InlineData("su hora del {v}", "martes 28 de abril", "su hora del martes 28 de abril")]
    [InlineData("puede ser de {v}", "el martes 28 o el jueves 30", "puede ser del martes 28 o el jueves 30")]
    [InlineData("lo paso a {v}", "el martes 28", "lo paso al martes 28")]
    [InlineData("va a {v}", "El Quisco", "va a El Quisco")]
    [InlineData("usted y {v}", "Íñigo", "usted e Íñigo")]
    [InlineData("usted y {v}", "Ignacia", "usted e Ignacia")]
    [InlineData("usted y {v}", "Hilda", "usted e Hilda")]
    [InlineData("usted e {v}", "Rosa", "usted y Rosa")]
    [InlineData("agua y {v}", "hielo", "agua y hielo")]
    [InlineData("usted y {v}", "Ian", "usted y Ian")]
    [InlineData("uno o {v}", "Osorno", "uno u Osorno")]
    [InlineData("uno o {v}", "11", "uno u 11")]
    [InlineData("uno o {v}", "110", "uno o 110")]
    [InlineData("{v} es su hora.", "martes 28 de abril", "Martes 28 de abril es su hora.")]
    [InlineData("Bien. ¿{v}?", "martes 28", "Bien. ¿Martes 28?")]
    [InlineData("Es así: {v}.", "martes 28", "Es así: martes 28.")]
    [InlineData("Listo. {v} es la página.", "losaromos.example/bonos", "Listo. losaromos.example/bonos es la página.")]
    [InlineData("Hola, {v}.", "{v}", "Hola, {v}.")]
    public void Fill_SpanishWording_AgreesWithTheValue(string wording, string value, string expected)
    {
        Assert.Equal(expected, Lexicalizer.Fill(wording, Slots("v", value), Language.Spanish));
    }

    [Theory]
    [InlineData("have a {v} visit", "Ophthalmology", "have an Ophthalmology visit")]
    [InlineData("have a {v} visit", "Urology", "have a Urology visit")]
    [InlineData("have an {v} visit", "Cardiology", "have a Cardiology visit")]
    [InlineData("an {v} slot", "8:30", "an 8:30 slot")]
    [InlineData("la {v}", "Dr. Ana Ríos", "la Dr. Ana Ríos")]
    [InlineData("at {v}", "1:00", "at 1:00")]
    public void Fill_EnglishWording_AgreesWithTheValue(string wording, string value, string expected)
    {
        Assert.Equal(expected, Lexicalizer.Fill(wording, Slots("v", value), Language.English));
    }

    [Fact]
    public void Fill_PlaceholderWithoutValue_NamesIt()
    {
        var missing = Assert.Throws<KeyNotFoundException>(() => Lexicalizer.Fill("Hola, {patient}.", Slots("doctor", "Dr. Soto"), Language.Spanish));
        Assert.Contains("\"patient\"", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{date}", "(date)")]
    [InlineData("<b>Ana</b>", "(b)Ana(/b)")]
    [InlineData("  Ana\r\n\tMaría ", "Ana María")]
    [InlineData("D'Angelo-Ñúñez", "D'Angelo-Ñúñez")]
    public void Clean_PlaceholderMarkupOrBlanks_IsPlainText(string value, string expected)
    {
        Assert.Equal(expected, Lexicalizer.Clean("greet_known", "patient", value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    public void Clean_EmptyValue_NamesActAndSlot(string value)
    {
        var broken = Assert.Throws<ArgumentException>(() => Lexicalizer.Clean("greet_known", "patient", value));
        Assert.Contains("act \"greet_known\": slot \"patient\" is empty", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_FiveHundredCharacters_IsKeptAndOneMoreIsRefused()
    {
        Assert.Equal(500, Lexicalizer.Clean("a", "s", new string('x', 500)).Length);
        Assert.Contains("501", Assert.Throws<ArgumentException>(() => Lexicalizer.Clean("a", "s", new string('x', 501))).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Slots(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
