using System.Text;
using System.Text.Json;
using ChatAgent.Tests;
using Xunit.Abstractions;

namespace ChatAgent.Email.Tests;

/// <summary>The tree and the decoded bodies against what another parser gives for the same files.</summary>
public sealed class MimeTreeTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Parse_FilesWithKnownTrees_GivesTheSameStructureAndText()
    {
        var folder = SharedFolder("stalwart");
        var mails = Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Where(file => File.Exists(Path.ChangeExtension(file, ".json"))).Order(StringComparer.Ordinal).ToList();
        var equal = 0;
        foreach (var file in mails)
        {
            var difference = Difference(file);
            equal += difference is null ? 1 : 0;
            if (difference is not null)
            {
                output.WriteLine($"{Path.GetRelativePath(folder, file)}: {difference}");
            }
        }

        output.WriteLine($"{equal} of {mails.Count} equal");
        Assert.True(mails.Count > 0);
        Assert.True(equal >= 0.95 * mails.Count, $"{equal} of {mails.Count} equal");
    }

    [SkippableFact]
    public void Read_EveryMailOfTheSharedData_NeverThrows()
    {
        foreach (var file in Directory.EnumerateFiles(SharedFolder("."), "*", SearchOption.AllDirectories))
        {
            var mail = MailReader.Read(File.ReadAllBytes(file));
            Assert.NotNull(mail.Reply);
        }
    }

    private static string SharedFolder(string name)
    {
        var folder = Repository.SharedData is null ? null : Path.Combine(Repository.SharedData, "email", "mime", name);
        Requirement.Have(Directory.Exists(folder), "shared data email/mime");
        return folder!;
    }

    private static string? Difference(string file)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".json")));
        var message = MimeParser.Parse(File.ReadAllBytes(file));
        return Difference(expected.RootElement, 0, message.Root, "0");
    }

    private static string? Difference(JsonElement message, int index, MimePart part, string place)
    {
        var body = message.GetProperty("parts")[index].GetProperty("body");
        var (kind, value) = body.EnumerateObject().Select(property => (property.Name, property.Value)).First();
        switch (kind)
        {
            case "Multipart":
                if (value.GetArrayLength() != part.Parts.Count)
                {
                    return $"{place}: {value.GetArrayLength()} parts expected, {part.Parts.Count} found ({part.Type.Value})";
                }

                for (var i = 0; i < part.Parts.Count; i++)
                {
                    if (Difference(message, value[i].GetInt32(), part.Parts[i], $"{place}.{i}") is { } difference)
                    {
                        return difference;
                    }
                }

                return null;
            case "Message":
                return part.Message is null ? $"{place}: a message expected ({part.Type.Value})" : Difference(value, 0, part.Message, $"{place}.m");
            case "Text" or "Html":
                var text = Normalize(value.GetString()!);
                var found = Normalize(part.DecodeText());
                return part.Parts.Count > 0 || part.Message is not null ? $"{place}: a leaf expected" : text == found ? null : $"{place}: text differs ({part.Type.Value}): expected {Show(text)} found {Show(found)}";
            default:
                var bytes = value.EnumerateArray().Select(number => (byte)number.GetInt32()).ToArray();
                return part.Parts.Count > 0 || part.Message is not null ? $"{place}: a leaf expected"
                    : bytes.AsSpan().SequenceEqual(part.DecodeBody().Span) ? null
                    : Normalize(Encoding.Latin1.GetString(bytes)) == Normalize(Encoding.Latin1.GetString(part.DecodeBody().Span)) ? null
                    : $"{place}: {bytes.Length} bytes expected, {part.DecodeBody().Length} found ({part.Type.Value})";
        }
    }

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd();

    private static string Show(string text) => text.Length > 160 ? $"{text[..80]}…{text[^60..]}" : text;
}
