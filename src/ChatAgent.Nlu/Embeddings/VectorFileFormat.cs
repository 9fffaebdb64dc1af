namespace ChatAgent.Nlu.Embeddings;

/// <summary>How a file of word vectors is laid out; see <see cref="VectorFile"/>.</summary>
public enum VectorFileFormat
{
    /// <summary>With a first line "V D": word2vec's text and fastText's .vec.</summary>
    Word2VecText,

    /// <summary>word2vec's binary.</summary>
    Word2VecBinary,

    /// <summary>Without a first line.</summary>
    Glove,
}
