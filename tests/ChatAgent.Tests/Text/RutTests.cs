namespace ChatAgent.Text.Tests;

public sealed class RutTests
{
    [Theory]
    [InlineData("12.345.678-5", "12345678-5")]
    [InlineData("123456785", "12345678-5")]
    [InlineData(" 11.111.111-1 ", "11111111-1")]
    [InlineData("1.000.005-k", "1000005-K")]
    public void TryParse_RightCheckCharacter_GivesPlainForm(string text, string value)
    {
        Assert.True(Rut.TryParse(text, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("12.345.678-6")]
    [InlineData("1k345678-5")]
    [InlineData("99")]
    [InlineData("")]
    [InlineData("1234567890123")]
    [InlineData("doce")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Rut.TryParse(text, out _));

    [Fact]
    public void TryParse_OneDigitChanged_IsAlwaysRefused()
    {
        for (var body = 5_000_000; body < 25_000_000; body += 999_983)
        {
            var right = $"{body}{Rut.CheckCharacter(body)}";
            Assert.True(Rut.TryParse(right, out _));
            for (var place = 0; place < right.Length - 1; place++)
            {
                var wrong = right.ToCharArray();
                wrong[place] = wrong[place] == '9' ? '1' : (char)(wrong[place] + 1);
                Assert.False(Rut.TryParse(new string(wrong), out _), new string(wrong));
            }
        }
    }
}
