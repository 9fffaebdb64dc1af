using System.Xml.Linq;

namespace ChatAgent.Tests.Architecture;

/// <summary>Holds the map of rooms: which project may reference which, directly.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Rooms = new(StringComparer.Ordinal)
    {
        ["Text"] = [],
        ["Neural"] = [],
        ["Store"] = [],
        ["Email"] = [],
        ["BotProtocol"] = [],
        ["Nlu"] = ["Text", "Neural"],
        ["Nlg"] = ["Text", "Neural"],
        ["Dialogs"] = ["Nlu", "Nlg", "Store"],
        ["Appointments"] = ["Dialogs"],
        ["Mailroom"] = ["Appointments", "Email"],
        ["Training"] = ["Dialogs"],
        ["Server"] = ["Mailroom", "Training", "BotProtocol"],
        ["Cli"] = ["Mailroom", "Training"],
    };

    public static TheoryData<string> RoomNames => [.. Rooms.Keys];

    [Theory]
    [MemberData(nameof(RoomNames))]
    public void Room_References_AreThoseOfTheMap(string room)
    {
        var file = Path.Combine(Repository.Root, "src", $"ChatAgent.{room}", $"ChatAgent.{room}.csproj");
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Select(name => name["ChatAgent.".Length..])
            .Order(StringComparer.Ordinal);

        Assert.Equal(Rooms[room].Order(StringComparer.Ordinal), references);
    }

    [Fact]
    public void Source_Folders_AreAllOnTheMap()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src"), "ChatAgent.*")
            .Select(folder => Path.GetFileName(folder)["ChatAgent.".Length..]);

        Assert.Equal(Rooms.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }
}
