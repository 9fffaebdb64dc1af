using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ChatAgent.Text;

/// <summary>The Chilean identity number: digits and a check character by modulus 11.</summary>
public static class Rut
{
    /// <summary>The check character ('0' to '9' or 'K') of a body of digits.</summary>
    /// <remarks>Weights 2 to 7 from the right, over and over; 11 less the sum modulo 11, where 11 is '0' and 10 is 'K'.</remarks>
    public static char CheckCharacter(int body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(body);
        var sum = 0;
        for (var weight = 2; body > 0; body /= 10)
        {
            sum += body % 10 * weight;
            weight = weight == 7 ? 2 : weight + 1;
        }

        var check = 11 - (sum % 11);
        return check == 11 ? '0' : check == 10 ? 'K' : (char)('0' + check);
    }

    /// <summary>Reads "12.345.678-5", "12345678-5", "12 345 678 5" or "123456785"; the value is "12345678-5" with a capital K.</summary>
    /// <returns>False for other characters, a body outside 100,000 to 99,999,999, or a wrong check character.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? value)
    {
        value = null;
        Span<char> digits = stackalloc char[10];
        var count = 0;
        foreach (var c in text.AsSpan().Trim())
        {
            if (c is '.' or '-' or ' ')
            {
                continue;
            }

            if (count == digits.Length || !(char.IsAsciiDigit(c) || c is 'k' or 'K') || (count > 0 && digits[count - 1] is 'k' or 'K'))
            {
                return false;
            }

            digits[count++] = c;
        }

        if (count is < 7 or > 9 || !int.TryParse(digits[..(count - 1)], NumberStyles.None, CultureInfo.InvariantCulture, out var body) || body < 100_000)
        {
            return false;
        }

        var check = CheckCharacter(body);
        if (char.ToUpperInvariant(digits[count - 1]) != check)
        {
            return false;
        }

        value = string.Create(CultureInfo.InvariantCulture, $"{body}-{check}");
        return true;
    }
}
