namespace ChatAgent.Neural;

/// <summary>How an <see cref="AttentionLayer"/> scores a step of the memory.</summary>
public enum AttentionScore
{
    /// <summary>h·(W m), "general" of Luong et al. 2015.</summary>
    Multiplicative,

    /// <summary>v·tanh(W m + U h + b) of Bahdanau et al. 2015.</summary>
    Additive,
}
