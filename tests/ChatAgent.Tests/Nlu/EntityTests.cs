using ChatAgent.Nlu.Entities;

namespace ChatAgent.Nlu.Tests;

public sealed class EntityTests
{
    [Theory]
    [InlineData("quiero con la dra rojas", "doctor", "Dra. Camila Rojas Peña")]
    [InlineData("con la Doctora Camila", "doctor", "Dra. Camila Rojas Peña")]
    [InlineData("camila rojas peña por favor", "doctor", "Dra. Camila Rojas Peña")]
    [InlineData("con la doctora oryan", "doctor", "Dra. Francisca O'Ryan Tapia")]
    [InlineData("dr ibañes", "doctor", "Dr. Tomás Ibáñez Vidal")]
    [InlineData("la kine perez-cotapos", "doctor", "Klga. Daniela Pérez-Cotapos Soto")]
    [InlineData("en la sede de nunoa", "branch", "Ñuñoa")]
    [InlineData("la de MAIPÚ", "branch", "Maipú")]
    [InlineData("la de irarrazabal", "branch", "Ñuñoa")]
    [InlineData("hora con traumatologo", "specialty", "Traumatología")]
    [InlineData("soy de cruz blanca", "insurer", "Cruz Blanca")]
    [InlineData("mi rut es 12.345.678-5", "rut", "12345678-5")]
    [InlineData("rut 123456785", "rut", "12345678-5")]
    [InlineData("rut 1000005 k", "rut", "1000005-K")]
    [InlineData("mi fono es +56 9 8765 4321", "phone", "+56987654321")]
    [InlineData("escribame a Ana.Perez@correo.cl", "email", "ana.perez@correo.cl")]
    [InlineData("el código es 482913", "code", "482913")]
    [InlineData("puede ser el jueves a las 9", "time", "2026-04-30T09:00")]
    public void Parse_Entity_HasItsCanonicalValue(string text, string name, string value) =>
        Assert.Equal(value, Assert.Single(SmallClinic.Read(text).Entities, entity => entity.Name == name).Value);

    /// <summary>A variation selector without an emoji before it is a token of which folding leaves nothing.</summary>
    [Fact]
    public void Parse_TokenWithoutAFold_IsPassedOver() => Assert.Empty(SmallClinic.Read("si \uFE0F \uFE0Fgracias").Entities);

    [Theory]
    [InlineData("hola soy Rodrigo Sandoval", "Rodrigo Sandoval")]
    [InlineData("me llamo Ana Maria de la Fuente soto", "Ana Maria de la Fuente Soto")]
    [InlineData("Mi nombre es ROSA SOTO", "Rosa Soto")]
    [InlineData("my name is Emma Taylor", "Emma Taylor")]
    [InlineData("habla Luz Klapp", "Luz Klapp")]
    [InlineData("soy la señora Carmen Muñoz", "Carmen Muñoz")]
    public void Parse_GivenName_IsAPerson(string text, string name) =>
        Assert.Equal(name, Assert.Single(SmallClinic.Read(text).Entities, entity => entity.Name == "person").Value);

    [Theory]
    [InlineData("soy diabético", "person")]
    [InlineData("soy el papá", "person")]
    [InlineData("I am sick", "person")]
    [InlineData("rut 12.345.678-6", "rut")]
    [InlineData("son 15.000 pesos", "code")]
    [InlineData("con todo gusto", "doctor")]
    [InlineData("fuentes de agua", "doctor")]
    [InlineData("hace mucho frío", "time")]
    public void Parse_WhatOnlyLooksLikeIt_GivesNone(string text, string name) =>
        Assert.DoesNotContain(SmallClinic.Read(text).Entities, entity => entity.Name == name);

    [Fact]
    public void Parse_NameAlone_CountsWhenIdentityWasAsked()
    {
        Assert.DoesNotContain(SmallClinic.Read("Rodrigo Sandoval").Entities, entity => entity.Name == "person");
        Assert.Contains(SmallClinic.Read("Rodrigo Sandoval", new ParseContext { OpenQuestion = "ask_identity" }).Entities, entity => entity.Value == "Rodrigo Sandoval");
    }

    [Fact]
    public void Parse_Entities_StandInOrderAndDoNotOverlap()
    {
        var entities = SmallClinic.Read("soy Ana Soto 12.345.678-5, hora con la dra rojas en maipu el martes a las 10").Entities;

        Assert.Equal(["person", "rut", "doctor", "branch", "time"], entities.Select(entity => entity.Name));
        Assert.All(entities.Zip(entities.Skip(1)), pair => Assert.True(pair.First.Span.End <= pair.Second.Span.Start));
    }

    [Theory]
    [InlineData("rojas", "rojas", 0)]
    [InlineData("rojas", "rjoas", 1)]
    [InlineData("rojas", "roja", 1)]
    [InlineData("rojas", "rotas", 1)]
    [InlineData("irarrazaval", "irarazabal", 2)]
    [InlineData("abc", "xyz", 3)]
    [InlineData("", "a", 1)]
    public void EditDistance_Words_CountsTypingErrors(string a, string b, int expected) => Assert.Equal(Math.Min(expected, 3), EditDistance.Between(a, b, 2));
}
