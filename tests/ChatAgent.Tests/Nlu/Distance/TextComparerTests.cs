using System.Diagnostics;
using ChatAgent.Nlu.Distance;
using ChatAgent.Tests;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Tests.Distance;

/// <summary>Whether two texts mean the same.</summary>
public sealed class TextComparerTests
{
    private static readonly TextComparer Comparer = new();

    private static string Folder => Path.Combine(Repository.Root, "corpora", "distance");

    [Theory]
    [InlineData("La ley 19.496 protege a los consumidores y fue complementada por la ley 21.081.", "Los derechos de los consumidores están resguardados por la Ley N° 19.496, a la que luego complementó la ley 21.081.", true)]
    [InlineData("La ley 19.496 protege a los consumidores frente a los proveedores.", "La ley 19.496 protege a los proveedores frente a los consumidores.", false)]
    [InlineData("La ley 19.496 protege a los consumidores.", "La ley 19.496 no protege a los consumidores.", false)]
    [InlineData("La ley 19.496 protege a los consumidores y fue complementada por la ley 21.081.", "La ley 21.081 protege a los consumidores y fue complementada por la ley 19.496.", false)]
    [InlineData("El consumidor es protegido por la ley.", "La ley protege al consumidor.", true)]
    [InlineData("El producto cumple con mis expectativas y no tengo problemas", "Tengo problemas con el producto y no cumple mis expectativas", false)]
    [InlineData("Julio viene el lunes", "En julio vengo los lunes", false)]
    [InlineData("Fui al banco a sacar plata", "Me senté en un banco de la plaza", false)]
    [InlineData("La cita es a las 10:45", "La cita es a las 11:45", false)]
    [InlineData("La cita es a las 10:45", "La cita es a las once menos cuarto", true)]
    [InlineData("a las 10:45", "un cuarto para las once", true)]
    [InlineData("Antes de firmar, lea el contrato.", "Antes de leer el contrato, firme.", false)]
    [InlineData("The dog bit the man.", "The man was bitten by the dog.", true)]
    [InlineData("The dog bit the man.", "The man bit the dog.", false)]
    [InlineData("hola", "gracias", false)]
    [InlineData("sí", "no", false)]
    public void Compare_WhatTheIssueNames_IsToldRight(string a, string b, bool equivalent)
    {
        var comparison = Comparer.Compare(a, b);

        Assert.Equal(equivalent, comparison.IsEquivalent);
        Assert.InRange(comparison.Distance, 0, 1);
    }

    [Theory]
    [InlineData("La ley protege al consumidor.", "La ley no protege al consumidor.", DifferenceKind.Negation)]
    [InlineData("El perro mordió al cartero.", "El cartero mordió al perro.", DifferenceKind.Roles)]
    [InlineData("Nací el 5 de mayo.", "Nací el 15 de mayo.", DifferenceKind.Value)]
    [InlineData("Primero como y después me lavo.", "Primero me lavo y después como.", DifferenceKind.Order)]
    [InlineData("El vestido es rojo y los zapatos son negros.", "El vestido es negro y los zapatos son rojos.", DifferenceKind.Attachment)]
    [InlineData("Deposité la plata en el banco.", "Me senté en un banco del parque.", DifferenceKind.Sense)]
    public void Compare_OneDifference_IsNamed(string a, string b, DifferenceKind kind) => Assert.Contains(Comparer.Compare(a, b).Differences, difference => difference.Kind == kind);

    [Fact]
    public void Compare_EveryPair_IsTheSameTheOtherWayRoundAndItsOwnEqual()
    {
        foreach (var row in Rows("es.train.jsonl").Concat(Rows("en.train.jsonl")).Where((_, i) => i % 7 == 0))
        {
            Assert.Equal(Comparer.Compare(row.A, row.B, row.Language).Distance, Comparer.Compare(row.B, row.A, row.Language).Distance, 9);
            Assert.Equal(0, Comparer.Compare(row.A, row.A).Distance);
        }
    }

    [Fact]
    public void Train_OnTheCorpus_GivesTheModelThatComesWithTheHouse()
    {
        var rows = Rows("es.train.jsonl").Concat(Rows("es.train.2.jsonl")).Concat(Rows("en.train.jsonl")).ToArray();

        var trained = DistanceTrainer.Train(rows, Rows("es.dev.jsonl"));

        Assert.Equal(DistanceModel.BuiltIn.Threshold, trained.Threshold, 6);
        Assert.Equal(DistanceModel.BuiltIn.Both.Weights, trained.Both.Weights, static (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(DistanceModel.BuiltIn.OneSided.Weights, trained.OneSided.Weights, static (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(trained.Both.Weights, static weight => Assert.InRange(weight, 0, double.MaxValue));
    }

    [Fact]
    public void Compare_HeldOutThird_ReachesTheGoalOverAllAndInEachKind()
    {
        var rows = Rows("es.test.jsonl").Concat(Rows("en.test.jsonl")).ToArray();

        var scores = DistanceScores.Of(rows, [.. rows.Select(static row => Comparer.Compare(row.A, row.B, row.Language).IsEquivalent)]);

        Assert.InRange(rows.Length, 80, int.MaxValue);
        Assert.InRange(scores[0].BalancedAccuracy, 0.85, 1);
        Assert.Equal(7, scores.Count);
        Assert.All(scores.Skip(1), static score => Assert.True(score.BalancedAccuracy >= 0.8, $"{score.Kind}: {score.BalancedAccuracy:F3}"));
    }

    [Fact]
    public void Groups_OfTheCorpus_LieOnOneSide()
    {
        var learnt = Rows("es.train.jsonl").Concat(Rows("en.train.jsonl")).Concat(Rows("es.train.2.jsonl")).Concat(Rows("es.dev.jsonl")).Select(static row => row.Group).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Rows("es.test.jsonl").Concat(Rows("en.test.jsonl")).Concat(Rows("es.blind.test.jsonl")).Concat(Rows("en.blind.test.jsonl")), row => learnt.Contains(row.Group));
    }

    [Fact]
    public void Compare_AnyInput_IsSaneInBoundedTime()
    {
        string[] odd = ["", " ", "?!", "😀😀😀", "\u200b\u202e", "مرحبا", new string('a', 100_000), string.Concat(Enumerable.Repeat("no va, y si no va porque no, ", 4_000)), "12 12 12/13 25:99", "\ud800", "nadie ni nada sin"];
        var clock = Stopwatch.StartNew();
        foreach (var a in odd)
        {
            foreach (var b in odd)
            {
                Assert.InRange(Comparer.Compare(a, b).Distance, 0, 1);
                Assert.InRange(Comparer.Compare(a, b, Language.English).Distance, 0, 1);
            }
        }

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 120);
    }

    [Theory]
    [InlineData("{\"a\":\"x\",\"b\":\"y\"}", "equivalent")]
    [InlineData("{\"a\":\"x\",\"equivalent\":true}", "\"b\"")]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"equivalent\":true,\"lang\":\"xx\"}", "es or en")]
    [InlineData("[1]", "JSON object")]
    [InlineData("{\"a\":", "JSON object")]
    public void ReadFile_BrokenRow_NamesFileAndLine(string row, string reason)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["{\"a\":\"x\",\"b\":\"y\",\"equivalent\":true}", row]);

            var error = Assert.Throws<FormatException>(() => LabelledPair.ReadFile(path));

            Assert.Contains($"{path}(2,", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Compare_WithVectors_CoversWordsThatNoListKnows()
    {
        static double Near(string a, string b) => (a, b) is ("trolebus", "telecabina") or ("telecabina", "trolebus") ? 0.9 : 0;
        var without = Comparer.Compare("Llegó el trolebús.", "Llegó la telecabina.").Distance;

        Assert.InRange(new TextComparer(vectors: Near).Compare("Llegó el trolebús.", "Llegó la telecabina.").Distance, 0, without - 0.1);
    }

    private static IReadOnlyList<LabelledPair> Rows(string file) => LabelledPair.ReadFile(Path.Combine(Folder, file));
}
