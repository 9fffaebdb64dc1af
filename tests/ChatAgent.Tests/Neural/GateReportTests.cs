using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

public sealed class GateReportTests
{
    [Theory]
    [InlineData(RecurrentCell.Gru, "reset update")]
    [InlineData(RecurrentCell.GruResetFirst, "reset update")]
    [InlineData(RecurrentCell.Lstm, "input forget output")]
    [InlineData(RecurrentCell.PeepholeLstm, "input forget output")]
    [InlineData(RecurrentCell.CoupledLstm, "input output")]
    [InlineData(RecurrentCell.Rnn, "")]
    public void Of_EveryCell_NamesItsGatesOfEveryLayer(RecurrentCell cell, string gates)
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 6, Embedding = 4, Hidden = 5, Layers = 2 }, new Random(1));

        var report = GateReport.Of(network, [0, 5, 2]);

        Assert.Equal(gates, string.Join(' ', report.Rows.Where(row => row.Layer == 0).Select(row => row.Gate)));
        Assert.Equal(2 * gates.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, report.Rows.Count);
        Assert.All(report.Rows, row => Assert.All(row.Values, value => Assert.InRange(value, 0f, 1f)));
    }

    [Fact]
    public void Of_GateHeldOpenByItsBias_IsTheOneThatIsOpen()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 3, Embedding = 4, Hidden = 5 }, new Random(1));
        network.Recurrent[0].B.Values[..5].Fill(12f);
        network.Recurrent[0].B.Values.Slice(5, 5).Fill(12f);

        var report = GateReport.Of(network, [0, 1, 2, 1]);

        Assert.All(report.Rows[0].Values, value => Assert.InRange(value, 0.99f, 1f));
        Assert.All(report.Rows[1].Values, value => Assert.InRange(value, 0f, 0.01f));
    }

    [Fact]
    public void Of_OneToken_OpensAsItsEquationSays()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 3, Embedding = 4, Hidden = 5 }, new Random(7));
        var layer = network.Recurrent[0];
        var (reset, update) = (0.0, 0.0);
        for (var unit = 0; unit < 10; unit++)
        {
            var sum = (double)layer.B.Values[unit] + layer.C.Values[unit];
            for (var e = 0; e < 4; e++)
            {
                sum += layer.W.Values[(unit * 4) + e] * network.Embedding.Weight.Values[(2 * 4) + e];
            }

            var gate = 1 / (1 + Math.Exp(-sum));
            (reset, update) = unit < 5 ? (reset + (gate / 5), update) : (reset, update + ((1 - gate) / 5));
        }

        var report = GateReport.Of(network, [2]);

        Assert.Equal(reset, report.Rows[0].Values[0], 1e-5);
        Assert.Equal(update, report.Rows[1].Values[0], 1e-5);
    }

    [Fact]
    public void Draw_ShadesFromLeastToLargestOfEachRow()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 6, Embedding = 4, Hidden = 5 }, new Random(1));

        var lines = GateReport.Of(network, [0, 5, 2]).Draw(["mañana", "a", "las"]).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^ +mañana a +las", lines[0]);
        Assert.Matches(@"^layer 1 reset +\.\d\d", lines[1]);
        Assert.Matches(@"^layer 1 update +\.\d\d", lines[2]);
        Assert.Equal(2, lines[1].Count(c => c == '█'));
        Assert.Throws<ArgumentException>(() => GateReport.Of(network, [0]).Draw(["a", "b"]));
    }

    [Fact]
    public void Draw_InColours_HasTheSameNumbersOnGrounds()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 6, Embedding = 4, Hidden = 5 }, new Random(1));
        var report = GateReport.Of(network, [0, 5, 2]);

        var coloured = report.Draw(["mañana", "a", "las"], colours: true).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        var plain = report.Draw(["mañana", "a", "las"]).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(plain[0], coloured[0]);
        for (var row = 1; row < 3; row++)
        {
            // The lightest ground is the most open of a row, the darkest the least, and every ground is taken back.
            Assert.Contains("\e[48;5;255;", coloured[row], StringComparison.Ordinal);
            Assert.Contains("\e[48;5;232;", coloured[row], StringComparison.Ordinal);
            Assert.Equal(3, coloured[row].Split("\e[0m").Length - 1);
            var bare = string.Concat(coloured[row].Split('\e').Select((part, i) => i == 0 ? part : part[(part.IndexOf('m', StringComparison.Ordinal) + 1)..]));
            Assert.Equal(plain[row].Length, bare.Length);
            Assert.Equal(plain[row].Where(char.IsAsciiDigit), bare.Where(char.IsAsciiDigit));
        }
    }

    [Fact]
    public void Of_NoTokens_Throws()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 6, Embedding = 4, Hidden = 5 }, new Random(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GateReport.Of(network, []));
    }
}
