namespace ChatAgent.Nlu.Tests;

public sealed class UrgencyTests
{
    [Theory]
    [InlineData("me duele mucho el pecho")]
    [InlineData("no puedo respirar bien")]
    [InlineData("mi papá se desmayó recién")]
    [InlineData("mi guagua está convulsionando")]
    [InlineData("no para de sangrar")]
    [InlineData("creo que es un infarto!!")]
    [InlineData("se me durmió la mitad de la cara")]
    [InlineData("mándenme una ambulancia")]
    [InlineData("I can't breathe")]
    [InlineData("I have chest pain")]
    [InlineData("my mom won't wake up")]
    [InlineData("quería cambiar la hora pero ahora me duele el pecho")]
    public void Parse_SymptomsThatCannotWait_AreAnEmergency(string text) => Assert.Equal(Urgency.Emergency, SmallClinic.Read(text).Urgency);

    [Theory]
    [InlineData("me quiero morir")]
    [InlineData("ya no quiero vivir más")]
    [InlineData("he pensado en suicidarme")]
    [InlineData("voy a terminar con todo")]
    [InlineData("me corté las venas")]
    [InlineData("I want to kill myself")]
    [InlineData("I don't want to live anymore")]
    [InlineData("me voy a tirar de un puente")]
    public void Parse_Despair_IsACrisis(string text) => Assert.Equal(Urgency.Crisis, SmallClinic.Read(text).Urgency);

    [Theory]
    [InlineData("no es una emergencia, solo quiero preguntar el horario")]
    [InlineData("es urgente cambiar mi hora")]
    [InlineData("necesito urgente una hora con el doctor")]
    [InlineData("¿tienen servicio de urgencia?")]
    [InlineData("it's not an emergency, I just want to reschedule")]
    [InlineData("me muero de ganas de ir")]
    [InlineData("sí voy")]
    [InlineData("a qué hora abren")]
    [InlineData("tuve un infarto el año pasado y quiero un control")]
    [InlineData("hola")]
    public void Parse_NoCallForHelp_IsNone(string text) => Assert.Equal(Urgency.None, SmallClinic.Read(text).Urgency);

    [Theory]
    [InlineData("no es una emergencia")]
    [InlineData("no es emergencia, ayuda con el horario")]
    public void Parse_DeniedEmergency_IsAnotherIntent(string text) => Assert.NotEqual("emergency", SmallClinic.Read(text).Intents[0].Intent);
}
