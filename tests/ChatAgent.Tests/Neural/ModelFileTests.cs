using System.Buffers.Binary;
using System.Text;
using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_WhatWasSaved_GivesTheSame()
    {
        var path = Save();

        var file = ModelFile.Load(path);

        Assert.Equal("ñandú \"q\" 🙂", file.Metadata["name"]);
        Assert.Equal([1f, -2f, 3.5f, float.NaN, 5f, 6f], file.Tensors["a.weight"].Values.ToArray());
        Assert.Equal([2, 3], file.Tensors["a.weight"].Shape);
        Assert.Equal([7f], file.Tensors["scalar"].Values.ToArray());
        Assert.Empty(Directory.GetFiles(_folder, "*.part"));
    }

    [Fact]
    public async Task Load_FileReplacedWhileItIsRead_GivesOneVersionWhole()
    {
        var path = Path.Combine(_folder, "changing");
        Write(0);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var version = 1; !stop.IsCancellationRequested; version++)
            {
                Write(version);
            }
        });
        var seen = new HashSet<string>();
        for (var i = 0; i < 200 || (seen.Count < 2 && i < 20_000); i++)
        {
            using var file = i % 2 == 0 ? ModelFile.Load(path) : ModelFile.Map(path);
            seen.Add(file.Metadata["version"]);
            Assert.All(file.Tensors["a"].Values.ToArray(), value => Assert.Equal(file.Metadata["version"], value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        await stop.CancelAsync();
        await writer;
        Assert.True(seen.Count > 1);

        void Write(int version)
        {
            var values = new float[1_000];
            Array.Fill(values, version);
            ModelFile.Save(path, new Dictionary<string, string> { ["version"] = $"{version}" }, [new ModelTensor("a", [values.Length], values)]);
        }
    }

    [Fact]
    public async Task Load_FileCutInPlaceWhileItIsRead_GivesItWholeOrSaysSo()
    {
        var path = Path.Combine(_folder, "cut");
        ModelFile.Save(path, new Dictionary<string, string>(), [new ModelTensor("a", [200_000], new float[200_000])]);
        var whole = await File.ReadAllBytesAsync(path);
        using var stop = new CancellationTokenSource();
        var cutter = Task.Run(() =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            var random = new Random(3);
            while (!stop.IsCancellationRequested)
            {
                stream.SetLength(random.Next(whole.Length));
                stream.Position = 0;
                stream.Write(whole);
                stream.Flush();
            }
        });
        var refused = 0;
        for (var i = 0; i < 100 || (refused == 0 && i < 10_000); i++)
        {
            try
            {
                Assert.Equal(200_000, ModelFile.Load(path).Tensors["a"].Values.Length);
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        await stop.CancelAsync();
        await cutter;
        Assert.True(refused > 0);
    }

    [Fact]
    public void Map_WhatWasSaved_GivesTheSameUntilDisposed()
    {
        var path = Save();
        ReadOnlyMemory<float> view;
        using (var file = ModelFile.Map(path))
        {
            view = file.Tensors["a.weight"].Values;

            // Another version takes the file's place; what was mapped stays as it was.
            ModelFile.Save(path, new Dictionary<string, string>(), []);

            Assert.Equal("ñandú \"q\" 🙂", file.Metadata["name"]);
            Assert.Equal([1f, -2f, 3.5f, float.NaN, 5f, 6f], view.ToArray());
            Assert.Equal([7f], file.Tensors["scalar"].Values.ToArray());
        }

        Assert.Throws<ObjectDisposedException>(() => view.Span[0]);
        Assert.Empty(ModelFile.Load(path).Tensors);
    }

    [Fact]
    public void Map_TensorsAtAnOddPlace_AreReadAsTheyAre()
    {
        var path = Path.Combine(_folder, "odd.safetensors");
        var json = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} """);
        var bytes = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + json.Length), 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(12 + json.Length), -2f);
        Assert.NotEqual(0, json.Length % 4);
        File.WriteAllBytes(path, bytes);

        using var file = ModelFile.Map(path);

        Assert.Equal([1.5f, -2f], file.Tensors["a"].Values.ToArray());
    }

    [Fact]
    public void Map_CutAnywhere_ThrowsModelFormatException()
    {
        var path = Save();
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<ModelFormatException>(() => ModelFile.Map(path));
        }
    }

    [Fact]
    public void Load_CutAnywhere_ThrowsModelFormatException()
    {
        var path = Save();
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<ModelFormatException>(() => ModelFile.Load(path));
        }
    }

    [Fact]
    public void Load_AnyByteOfTheHeaderChanged_NeverThrowsAnythingElse()
    {
        var path = Save();
        var bytes = File.ReadAllBytes(path);
        var header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var random = new Random(20260728);
        for (var i = 0; i < 500; i++)
        {
            var broken = (byte[])bytes.Clone();
            broken[random.Next(header)] = (byte)random.Next(256);
            File.WriteAllBytes(path, broken);
            try
            {
                ModelFile.Load(path);
            }
            catch (ModelFormatException)
            {
                // Refused, as most are; a changed name or text is still a file.
            }
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4000000000000]}}""", "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3000000000],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "F16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "back to back")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "unique")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", "8 bytes of data")]
    [InlineData("""{"a":5}""", "header")]
    [InlineData("""[]""", "header")]
    [InlineData("""{""", "header")]
    public void Load_HeaderThatLies_SaysWhatWasFound(string header, string says)
    {
        var path = Path.Combine(_folder, "lies.safetensors");
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var thrown = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path));

        Assert.Contains(says, thrown.Message, StringComparison.Ordinal);
        Assert.StartsWith("lies.safetensors: ", thrown.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Load_HeaderLengthAbsurd_IsRefusedBeforeAllocation()
    {
        var path = Path.Combine(_folder, "absurd.safetensors");
        File.WriteAllBytes(path, [255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3]);

        Assert.Contains("9223372036854775807", Assert.Throws<ModelFormatException>(() => ModelFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_AfterLoad_GoesOnBitForBit()
    {
        var path = Path.Combine(_folder, "checkpoint.safetensors");
        var (straight, resumed) = (Trainee(), Trainee());
        Descend(straight, 7);
        Checkpoint.Save(path, straight.Set, straight.Optimizer, new Dictionary<string, string>(StringComparer.Ordinal) { ["epoch"] = "3" });
        Descend(straight, 5);

        Assert.Equal("3", Checkpoint.Load(path, resumed.Set, resumed.Optimizer)["epoch"]);
        Descend(resumed, 5);

        Assert.Equal(straight.Set.Values.ToArray(), resumed.Set.Values.ToArray());
        Assert.Equal(12, resumed.Optimizer.Steps);
    }

    [Fact]
    public void Checkpoint_OfAnotherNetwork_IsRefusedWithBothShapes()
    {
        var path = Path.Combine(_folder, "checkpoint.safetensors");
        var one = Trainee();
        Checkpoint.Save(path, one.Set, one.Optimizer, new Dictionary<string, string>(StringComparer.Ordinal));
        var other = new ParameterSet();
        other.Add("w", 4, 4);

        var message = Assert.Throws<ModelFormatException>(() => Checkpoint.Load(path, other, new AdamW(other))).Message;

        Assert.Contains("(3, 7)", message, StringComparison.Ordinal);
        Assert.Contains("(4, 4)", message, StringComparison.Ordinal);
    }

    private static (ParameterSet Set, AdamW Optimizer) Trainee()
    {
        var set = new ParameterSet();
        set.Add("w", 3, 7).FillUniform(new Random(1), 1f);
        return (set, new AdamW(set, new AdamWOptions { WeightDecay = 0.01f }));
    }

    private static void Descend((ParameterSet Set, AdamW Optimizer) trainee, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            trainee.Set.Values.CopyTo(trainee.Set.Gradients);
            trainee.Optimizer.Step(0.01f);
        }
    }

    private string Save()
    {
        var path = Path.Combine(_folder, "model.safetensors");
        ModelFile.Save(
            path, new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "ñandú \"q\" 🙂" },
            [new ModelTensor("a.weight", [2, 3], new[] { 1f, -2f, 3.5f, float.NaN, 5f, 6f }), new ModelTensor("scalar", [], new[] { 7f })]);
        return path;
    }
}
