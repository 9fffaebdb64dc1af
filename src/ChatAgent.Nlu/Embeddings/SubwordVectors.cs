using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Vectors of character n-grams: what an unseen word is made of.</summary>
/// <remarks>Only the cells that some word of the training text hit have a row. Immutable after training; thread-safe.</remarks>
internal sealed class SubwordVectors(SubwordGrams grams, Dictionary<int, int> rowOfCell, RowMatrix rows)
{
    public SubwordGrams Grams { get; } = grams;

    public IReadOnlyDictionary<int, int> RowOfCell => rowOfCell;

    public RowMatrix Rows { get; } = rows;

    /// <summary>The mean of the rows of a word's grams; false where none was seen in training.</summary>
    public bool TryCompose(string word, Span<float> vector)
    {
        var cells = new List<int>();
        Grams.Collect(word, cells);
        vector.Clear();
        var found = 0;
        foreach (var cell in cells)
        {
            if (rowOfCell.TryGetValue(cell, out var row))
            {
                Kernels.Add(Rows[row], vector);
                found++;
            }
        }

        if (found > 0)
        {
            Kernels.Scale(1f / found, vector);
        }

        return found > 0;
    }
}
