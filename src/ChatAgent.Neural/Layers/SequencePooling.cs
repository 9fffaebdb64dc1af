namespace ChatAgent.Neural;

/// <summary>How the outputs of all steps become one vector.</summary>
public enum SequencePooling
{
    /// <summary>The last step's; of a bidirectional stack the last of its forward half and the first of its backward half.</summary>
    Last,

    /// <summary>The mean of the steps.</summary>
    Mean,

    /// <summary>The largest of the steps, each number for itself.</summary>
    Max,

    /// <summary>A weighted mean whose weights are learnt: <see cref="AttentionPooling"/>.</summary>
    Attention,
}
