namespace ChatAgent.Mailroom;

/// <summary>Errors among cases, with the interval that so many cases allow.</summary>
/// <param name="Errors">How many.</param>
/// <param name="Cases">Of how many.</param>
public readonly record struct ErrorRate(int Errors, int Cases)
{
    /// <summary>Standard deviations of a two-sided 95 % interval.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>The share, 0 to 1; 0 without cases.</summary>
    public double Rate => Cases == 0 ? 0 : (double)Errors / Cases;

    /// <summary>Lower end of the 95 % interval of Wilson (1927), 0 to 1; 0 without cases.</summary>
    public double Lower => Cases == 0 ? 0 : Math.Max(0, Centre - Reach);

    /// <summary>Upper end, 0 to 1; 1 without cases.</summary>
    public double Upper => Cases == 0 ? 1 : Math.Min(1, Centre + Reach);

    private double Centre => (Rate + (Z * Z / (2 * Cases))) / (1 + (Z * Z / Cases));

    private double Reach => Z / (1 + (Z * Z / Cases)) * Math.Sqrt((Rate * (1 - Rate) / Cases) + (Z * Z / (4.0 * Cases * Cases)));
}
