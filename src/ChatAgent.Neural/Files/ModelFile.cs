using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ChatAgent.Neural;

/// <summary>Tensors and texts in one file, in the safetensors format.</summary>
/// <remarks>
/// offset 0       8 bytes   length of the header, little endian
/// offset 8       header    JSON: {"__metadata__": {text: text}, name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...}
/// after it       data      the tensors' bytes, little endian, back to back, offsets counted from here
/// Source: https://github.com/huggingface/safetensors, section "Format". Everything the header claims is checked against the file's
/// length before anything of a claimed size is allocated. Only F32 is read and written.
/// </remarks>
public sealed class ModelFile : IDisposable
{
    /// <summary>Longest header, as in the reference implementation.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    private readonly string _name;
    private readonly Dictionary<string, ModelTensor> _tensors;

    private readonly MappedPages? _pages;

    private ModelFile(string name, IReadOnlyDictionary<string, string> metadata, Dictionary<string, ModelTensor> tensors, MappedPages? pages) =>
        (_name, Metadata, _tensors, _pages) = (name, metadata, tensors, pages);

    /// <summary>Texts of the header: configuration, vocabulary.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, ModelTensor> Tensors => _tensors;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ModelFormatException">It is truncated, corrupt or claims absurd sizes; nothing of the claimed size was allocated.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelFile Load(string path)
    {
        var name = Path.GetFileName(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        var (metadata, entries, _) = ReadHeader(stream, name);
        var tensors = new Dictionary<string, ModelTensor>(StringComparer.Ordinal);
        foreach (var (tensor, shape, begin, end) in entries)
        {
            tensors.Add(tensor, new ModelTensor(tensor, shape, ReadValues(stream, name, end - begin)));
        }

        return new ModelFile(name, metadata, tensors, null);
    }

    /// <summary>Maps a file into memory: tensors are views of its pages, read when they are first touched, shared with other processes, and given back when memory is short.</summary>
    /// <remarks>
    /// Tensors end with <see cref="Dispose"/>; without it the pages stay mapped while the process lives. The file may be replaced meanwhile, as <see cref="Save"/> does, but must not be
    /// cut in place: the operating system ends a process that touches a page which is no more. Where another program may do that, <see cref="Load"/> says so instead.
    /// A tensor that does not begin at a multiple of four bytes, as some programs write them, is read.
    /// </remarks>
    /// <exception cref="ModelFormatException">It is truncated, corrupt or claims absurd sizes.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelFile Map(string path)
    {
        var name = Path.GetFileName(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        var (metadata, entries, start) = ReadHeader(stream, name);
        var tensors = new Dictionary<string, ModelTensor>(StringComparer.Ordinal);
        var pages = BitConverter.IsLittleEndian && start % sizeof(float) == 0 ? new MappedPages(stream) : null;
        foreach (var (tensor, shape, begin, end) in entries)
        {
            tensors.Add(tensor, new ModelTensor(tensor, shape, pages?.Floats(start + begin, (int)((end - begin) / sizeof(float))) ?? ReadValues(stream, name, end - begin)));
        }

        return new ModelFile(name, metadata, tensors, pages);
    }

    /// <summary>Ends the views of a mapped file; does nothing to one that was read.</summary>
    public void Dispose() => _pages?.Dispose();

    /// <summary>Writes a file beside the target and moves it there, so that a reader sees the old file or the new one, never a part.</summary>
    /// <exception cref="ArgumentException">A name is used twice or is "__metadata__", or a shape does not fit its values.</exception>
    /// <exception cref="IOException">It cannot be written; the target is as it was.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ModelTensor> tensors)
    {
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header))
        {
            WriteHeader(json, metadata, tensors);
        }

        // Padded with spaces so that the data begins at a multiple of 64, as vectors and memory maps like it.
        var padding = (64 - ((8 + header.WrittenCount) % 64)) % 64;
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);

        var temporary = path + ".part";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                Span<byte> prefix = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.WrittenCount);
                stream.Write(prefix);
                stream.Write(header.WrittenSpan);
                foreach (var tensor in tensors)
                {
                    WriteValues(stream, tensor.Values.Span);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Copies a tensor that must be there with that shape.</summary>
    /// <exception cref="ModelFormatException">It is missing or has another shape.</exception>
    public void CopyTo(string tensor, ReadOnlySpan<int> shape, Span<float> values)
    {
        if (!_tensors.TryGetValue(tensor, out var found))
        {
            throw new ModelFormatException(_name, $"no tensor \"{tensor}\"; it has {string.Join(", ", _tensors.Keys.Order(StringComparer.Ordinal))}");
        }

        if (!found.Shape.SequenceEqual(shape.ToArray()))
        {
            throw new ModelFormatException(_name, $"tensor \"{tensor}\" has shape ({string.Join(", ", found.Shape)}), expected ({string.Join(", ", shape.ToArray())})");
        }

        found.Values.Span.CopyTo(values);
    }

    /// <summary>Copies every parameter of a set.</summary>
    /// <exception cref="ModelFormatException">One is missing or has another shape.</exception>
    public void CopyTo(ParameterSet parameters)
    {
        foreach (var parameter in parameters.Parameters)
        {
            CopyTo(parameter.Name, parameter.Shape.ToArray(), parameter.Values);
        }
    }

    /// <summary>A text of the header that must be there.</summary>
    /// <exception cref="ModelFormatException">It is not.</exception>
    public string RequireText(string key) =>
        Metadata.TryGetValue(key, out var value)
            ? value
            : throw new ModelFormatException(_name, $"no \"{key}\" in the header; it has {string.Join(", ", Metadata.Keys.Order(StringComparer.Ordinal))}");

    /// <summary>The parameters of a set as tensors of a file.</summary>
    public static IReadOnlyList<ModelTensor> TensorsOf(ParameterSet parameters) =>
        [.. parameters.Parameters.Select(parameter => new ModelTensor(parameter.Name, parameter.Shape, parameter.Values.ToArray()))];

    private static (Dictionary<string, string> Metadata, List<(string Name, int[] Shape, long Begin, long End)> Entries, long Start) ReadHeader(FileStream stream, string name)
    {
        var length = stream.Length;
        if (length < 8)
        {
            throw new ModelFormatException(name, $"{length} bytes, expected at least the 8 of the header's length");
        }

        Span<byte> prefix = stackalloc byte[8];
        Read(stream, prefix, name);
        var claimed = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (claimed > (ulong)Math.Min(MaxHeaderBytes, length - 8))
        {
            throw new ModelFormatException(name, $"claims a header of {claimed} bytes; the file has {length - 8} after its first 8, and {MaxHeaderBytes} are allowed");
        }

        var header = new byte[(int)claimed];
        Read(stream, header, name);
        var (metadata, entries) = ParseHeader(name, header, length - 8 - (long)claimed);
        return (metadata, entries, 8 + (long)claimed);
    }

    private static float[] ReadValues(FileStream stream, string name, long length)
    {
        var values = GC.AllocateUninitializedArray<float>((int)(length / sizeof(float)));
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        Read(stream, bytes, name);
        if (!BitConverter.IsLittleEndian)
        {
            var whole = MemoryMarshal.Cast<byte, int>(bytes);
            BinaryPrimitives.ReverseEndianness(whole, whole);
        }

        return values;
    }

    private static void WriteHeader(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ModelTensor> tensors)
    {
        json.WriteStartObject();
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            var count = tensor.Shape.Aggregate(1L, (product, size) => checked(product * size));
            if (!names.Add(tensor.Name) || count != tensor.Values.Length)
            {
                throw new ArgumentException(
                    $"tensor \"{tensor.Name}\": the name must be new, and shape ({string.Join(", ", tensor.Shape)}) fit its {tensor.Values.Length} values", nameof(tensors));
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (var size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += count * sizeof(float));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteValues(FileStream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static void Read(FileStream stream, Span<byte> bytes, string name)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw new ModelFormatException(name, $"ended {bytes.Length - read} bytes early: it became shorter while it was read");
        }
    }

    /// <summary>Metadata and tensors in the order of their data, which is found to be without gap, overlap or rest.</summary>
    private static (Dictionary<string, string> Metadata, List<(string Name, int[] Shape, long Begin, long End)> Entries) ParseHeader(string name, byte[] header, long dataBytes)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<(string Name, int[] Shape, long Begin, long End)>();
        try
        {
            using var json = JsonDocument.Parse(header);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var text in property.Value.EnumerateObject())
                    {
                        metadata[text.Name] = text.Value.GetString() ?? string.Empty;
                    }
                }
                else
                {
                    entries.Add(ParseEntry(name, property, dataBytes));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new ModelFormatException(name, $"the header of {header.Length} bytes is not the JSON it should be: {e.Message}", e);
        }

        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var expected = 0L;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (tensor, _, begin, end) in entries)
        {
            if (begin != expected || !names.Add(tensor))
            {
                throw new ModelFormatException(name, $"tensor \"{tensor}\" begins at {begin}, expected {expected}, and once: data lie back to back and names are unique");
            }

            expected = end;
        }

        return expected == dataBytes
            ? (metadata, entries)
            : throw new ModelFormatException(name, $"{dataBytes} bytes of data, expected the {expected} that its tensors need");
    }

    private static (string Name, int[] Shape, long Begin, long End) ParseEntry(string name, JsonProperty property, long dataBytes)
    {
        var type = property.Value.GetProperty("dtype").GetString();
        if (type != "F32")
        {
            throw new ModelFormatException(name, $"tensor \"{property.Name}\" is of type {type}, this build reads F32");
        }

        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
        {
            throw new ModelFormatException(name, $"tensor \"{property.Name}\" has {offsets.GetArrayLength()} data_offsets, expected begin and end");
        }

        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var count = 1L;
        foreach (var size in shape)
        {
            // Checked before the next multiplication: a product of sizes that fits the file cannot overflow on the way.
            if (size < 0 || (size > 0 && count > dataBytes / sizeof(float) / size))
            {
                throw new ModelFormatException(
                    name, $"tensor \"{property.Name}\" of shape ({string.Join(" × ", shape)}) × {sizeof(float)} bytes does not fit the {dataBytes} bytes of data");
            }

            count *= size;
        }

        return begin >= 0 && end - begin == count * sizeof(float) && end <= dataBytes && count <= Array.MaxLength
            ? (property.Name, shape, begin, end)
            : throw new ModelFormatException(
                name, $"tensor \"{property.Name}\" lies at {begin} to {end}; shape ({string.Join(" × ", shape)}) needs {count * sizeof(float)} bytes within {dataBytes}");
    }
}
