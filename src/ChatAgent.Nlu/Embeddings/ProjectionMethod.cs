namespace ChatAgent.Nlu.Embeddings;

/// <summary>How vectors become points.</summary>
public enum ProjectionMethod
{
    /// <summary>The directions of largest variance.</summary>
    Pca,

    /// <summary>Neighbours by Student's t (van der Maaten and Hinton 2008), exact.</summary>
    TSne,

    /// <summary>A fuzzy graph of neighbours drawn by attraction and repulsion (McInnes et al. 2018, arXiv:1802.03426).</summary>
    Umap,
}
