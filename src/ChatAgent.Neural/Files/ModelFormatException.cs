namespace ChatAgent.Neural;

/// <summary>A model file is not what it should be; the message names the file, what was found and what was expected.</summary>
public sealed class ModelFormatException : Exception
{
    /// <param name="file">The file's name.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="inner">What the reader stumbled over, if anything.</param>
    public ModelFormatException(string file, string problem, Exception? inner = null)
        : base($"{file}: {problem}", inner)
    {
    }
}
