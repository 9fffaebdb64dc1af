using ChatAgent.Neural;
using ChatAgent.Tests;

namespace ChatAgent.Neural.Tests;

/// <summary>Weights of PyTorch's modules give PyTorch's outputs; the numbers are made by PyTorch/make_recurrent.py.</summary>
public sealed class PyTorchWeightsTests
{
    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    public void Load_ModuleOfTwoLayersInBothDirections_GivesTheSameOutputs(RecurrentCell cell)
    {
        var (file, stack) = Make(cell);
        PyTorchWeights.Load(file, stack);
        var tape = stack.CreateTape(4, 3);

        stack.Forward(file.Tensors["x"].Values.Span, [], tape, 4, training: false);

        var expected = Numbers.ToDouble(file.Tensors["y_zero"].Values.Span);
        Assert.Equal(4 * 3 * 12, expected.Length);
        Assert.True(Numbers.WorstRelativeError(expected, tape.Outputs(4)) < 1e-4);
    }

    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    public void Load_StateGiven_EndsInTheSameState(RecurrentCell cell)
    {
        var (file, stack) = Make(cell);
        PyTorchWeights.Load(file, stack);
        var layer = stack.Layers[0];
        float[] Of(string name) => file.Tensors[name].Values[..18].ToArray();
        float[] state = [.. Of("h0"), .. cell == RecurrentCell.Lstm ? Of("c0") : []], expected = [.. Of("hn"), .. cell == RecurrentCell.Lstm ? Of("cn") : []];

        layer.Forward(file.Tensors["x"].Values.Span, state, layer.CreateTape(4, 3), 4);

        Assert.True(Numbers.WorstRelativeError(Numbers.ToDouble(expected), state) < 1e-4);
    }

    [Fact]
    public void TensorsOf_WhatWasLoaded_IsTheSameUnderPyTorchsNames()
    {
        var (file, stack) = Make(RecurrentCell.Gru);
        PyTorchWeights.Load(file, stack);

        var tensors = PyTorchWeights.TensorsOf(stack);

        Assert.Equal(16, tensors.Count);
        Assert.All(tensors, tensor => Assert.Equal(file.Tensors[tensor.Name].Values.ToArray(), tensor.Values.ToArray()));
    }

    [Fact]
    public void Load_OtherShapeOrCell_IsRefused()
    {
        var (file, _) = Make(RecurrentCell.Gru);
        Assert.Throws<ModelFormatException>(() => PyTorchWeights.Load(file, Make(RecurrentCell.Lstm).Stack));
        Assert.Throws<ModelFormatException>(() => PyTorchWeights.Load(file, Make(RecurrentCell.Gru).Stack, "rnn."));
        Assert.Throws<ArgumentException>(() => PyTorchWeights.Load(file, Make(RecurrentCell.CoupledLstm).Stack));
    }

    private static (ModelFile File, RecurrentStack Stack) Make(RecurrentCell cell) => (
        ModelFile.Load(Path.Combine(Repository.Root, "tests", "ChatAgent.Tests", "Neural", "PyTorch", cell == RecurrentCell.Lstm ? "lstm.safetensors" : "gru.safetensors")),
        new RecurrentStack(new ParameterSet(), "rnn", new RecurrentStackOptions { Cell = cell, Inputs = 5, Hidden = 6, Layers = 2, Bidirectional = true }, new Random(1)));
}
