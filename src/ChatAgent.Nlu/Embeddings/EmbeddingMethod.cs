namespace ChatAgent.Nlu.Embeddings;

/// <summary>How word vectors are learnt from running text.</summary>
public enum EmbeddingMethod
{
    /// <summary>Each word predicts its neighbours (Mikolov et al. 2013, arXiv:1301.3781).</summary>
    SkipGram,

    /// <summary>The neighbours together predict the word.</summary>
    Cbow,

    /// <summary>Least squares on logarithms of co-occurrence counts (Pennington et al. 2014).</summary>
    Glove,

    /// <summary>Skip-gram over words and their character n-grams, which gives unseen words vectors too (Bojanowski et al. 2016, arXiv:1607.04606).</summary>
    FastText,

    /// <summary>Positive pointwise mutual information, truncated singular value decomposition (Levy et al. 2015).</summary>
    Svd,
}
