namespace ChatAgent.Neural;

/// <summary>How wide the weights are kept while decoding. States and results are 32-bit floats with each.</summary>
public enum WeightFormat
{
    /// <summary>As they were trained.</summary>
    Float32,

    /// <summary>The upper half of a float, rounded to nearest: relative error at most 2⁻⁸ for each weight.</summary>
    BFloat16,

    /// <summary>
    /// Whole numbers −127 to 127 with one scale for each output: error at most 1/254 of the largest weight of that output. What is multiplied by them is rounded to
    /// at most 16 bits: with H = 650 to 1/26,000 of the row's largest number, less finely the longer the sum.
    /// </summary>
    Int8,
}
