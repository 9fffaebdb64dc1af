namespace ChatAgent.Neural;

/// <summary>Makes recurrent layers by their kind.</summary>
internal static class Cells
{
    public static IRecurrentLayer Create(RecurrentCell cell, ParameterSet parameters, string name, int inputs, int hidden, Random random, WorkerPool? pool) => cell switch
    {
        RecurrentCell.Gru => new GruLayer(parameters, name, inputs, hidden, random, pool),
        RecurrentCell.Lstm => new LstmLayer(parameters, name, inputs, hidden, random, pool),
        RecurrentCell.Rnn => new SimpleRnnLayer(parameters, name, inputs, hidden, random, pool),
        RecurrentCell.GruResetFirst => new GruResetFirstLayer(parameters, name, inputs, hidden, random, pool),
        RecurrentCell.PeepholeLstm => new PeepholeLstmLayer(parameters, name, inputs, hidden, random, pool),
        RecurrentCell.CoupledLstm => new CoupledLstmLayer(parameters, name, inputs, hidden, random, pool),
        _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "not a kind of recurrent layer"),
    };

    /// <summary>Whether a state is an output and a cell.</summary>
    public static bool HasCell(RecurrentCell cell) => cell is RecurrentCell.Lstm or RecurrentCell.PeepholeLstm or RecurrentCell.CoupledLstm;

    /// <summary>What a stack of them is called in a parameter set.</summary>
    public static string NameOf(RecurrentCell cell) => cell.ToString().ToLowerInvariant();
}
