namespace ChatAgent.Nlu.Intents;

/// <summary>Numbers of features, ascending, and their weights; the first <paramref name="Count"/> entries count.</summary>
internal readonly record struct SparseVector(int[] Indices, float[] Values, int Count)
{
    /// <summary>Sum of squared weights: 1, or 0 when no feature is known.</summary>
    public float SquaredLength()
    {
        var sum = 0f;
        for (var i = 0; i < Count; i++)
        {
            sum += Values[i] * Values[i];
        }

        return sum;
    }
}
