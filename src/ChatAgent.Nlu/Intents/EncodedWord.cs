namespace ChatAgent.Nlu.Intents;

/// <summary>A word as the encoder looks it up.</summary>
/// <param name="Word">Its number in the vocabulary, 0 when it is not there.</param>
/// <param name="Pieces">Rows of its pieces.</param>
internal readonly record struct EncodedWord(int Word, int[] Pieces);
