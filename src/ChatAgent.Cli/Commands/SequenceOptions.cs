using System.CommandLine;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlu;

namespace ChatAgent.Cli.Commands;

/// <summary>The options that <c>classify train</c> and <c>slots train</c> have in common.</summary>
internal sealed class SequenceOptions
{
    private static readonly SequenceTrainingOptions Usual = new();

    private readonly Option<RecurrentCell> _cell = new("--cell") { Description = "Recurrent layers: gru, lstm, rnn or a variant.", DefaultValueFactory = _ => Usual.Cell, CustomParser = ParseCell };
    private readonly Option<int> _embedding = Number("--embedding", "Numbers per word.", Usual.Embedding);
    private readonly Option<int> _hidden = Number("--hidden", "Numbers of state in each direction.", Usual.Hidden);
    private readonly Option<int> _layers = Number("--layers", "Layers.", Usual.Layers);
    private readonly Option<float> _dropout = new("--dropout") { Description = "Share zeroed while training.", DefaultValueFactory = _ => Usual.Dropout };
    private readonly Option<int> _epochs = Number("--epochs", "Passes over the rows.", Usual.Epochs);
    private readonly Option<int> _batch = Number("--batch", "Rows of one step.", Usual.Batch);
    private readonly Option<float> _rate = new("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => Usual.LearningRate };
    private readonly Option<double?> _minutes = new("--minutes") { Description = "Stop after this long." };
    private readonly Option<int> _threads = Number("--threads", "Threads; the result does not depend on it.", Environment.ProcessorCount);
    private readonly Option<int> _seed = Number("--seed", "Of every draw.", Usual.Seed);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _cell, _embedding, _hidden, _layers, _dropout, _epochs, _batch, _rate, _minutes, _threads, _seed })
        {
            command.Add(option);
        }
    }

    /// <exception cref="FormatException">A number is outside its range.</exception>
    public (SequenceTrainingOptions Options, int Threads) Read(ParseResult result)
    {
        var options = new SequenceTrainingOptions
        {
            Cell = result.GetValue(_cell), Embedding = result.GetValue(_embedding), Hidden = result.GetValue(_hidden), Layers = result.GetValue(_layers), Dropout = result.GetValue(_dropout),
            Epochs = result.GetValue(_epochs), Batch = result.GetValue(_batch), LearningRate = result.GetValue(_rate), Seed = result.GetValue(_seed),
            TimeLimit = result.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
        var threads = result.GetValue(_threads);
        return threads is < 1 or > 1024 ? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"--threads {threads}: expected 1 to 1024."))
            : options is { Epochs: >= 1, Batch: >= 1, LearningRate: > 0, Dropout: >= 0 and < 1, Embedding: >= 1, Hidden: >= 1, Layers: >= 1 } ? (options, threads)
            : throw new FormatException("--epochs, --batch, --embedding, --hidden, --layers: expected 1 or more; --learning-rate above 0, --dropout 0 to below 1.");
    }

    private static RecurrentCell ParseCell(System.CommandLine.Parsing.ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Enum.TryParse<RecurrentCell>(text, ignoreCase: true, out var cell) && Enum.IsDefined(cell))
        {
            return cell;
        }

        argument.AddError($"--cell {text}: expected {string.Join(", ", Enum.GetNames<RecurrentCell>().Select(name => name.ToLowerInvariant()))}.");
        return default;
    }

    private static Option<int> Number(string name, string description, int usual) => new(name) { Description = description, DefaultValueFactory = _ => usual };
}
