namespace ChatAgent.Dialogs.Tests;

/// <summary>What the loader says about files that a bot cannot use: file, line, column, what was found, what is permitted.</summary>
public sealed class DialogFormatTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("chatagent-dialogs-").FullName;

    public DialogFormatTests()
    {
        foreach (var file in Directory.GetFiles(TrainedClinic.Folder, "*.yml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Bot, Path.GetRelativePath(TrainedClinic.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private string Bot => Path.Combine(_root, "dialogs", "clinic");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("flows/confirm_hour.yml", "collect: attendance", "collect: atendance", "slot \"atendance\" is not defined; this bot has")]
    [InlineData("flows/confirm_hour.yml", "ask: ask_attendance", "ask: ask_atendance", "act \"ask_atendance\" is not defined; this bot has")]
    [InlineData("flows/confirm_hour.yml", "call: find_appointment", "call: find_apointment", "call \"find_apointment\" is not defined; this bot has")]
    [InlineData("flows/confirm_hour.yml", "next: said_already", "next: said_alredy", "\"said_alredy\" is neither a step of this flow")]
    [InlineData("flows/confirm_hour.yml", "      hedges: count_hedges\n", "", "can be \"hedges\", which has no case")]
    [InlineData("flows/confirm_hour.yml", "    call: find_appointment", "    callx: find_appointment", "has nothing to do; expected one of \"collect\"")]
    [InlineData("flows/answers.yml", "  ask_hours: inform_hours", "  ask_hour: inform_hours", "intent \"ask_hour\" is not defined; this bot has")]
    [InlineData("responses/es.yml", "{address}", "{adress}", "slot \"adress\" is not one of act \"inform_address\"; it has \"branch\", \"address\"")]
    [InlineData("responses/en.yml", "  ask_new_time:", "  ask_newtime:", "act \"ask_newtime\" is not defined; this bot has")]
    [InlineData("facts.yml", "branch: Maipú", "branch: Maipu", "branch \"Maipu\" is not defined; this bot has \"Ñuñoa\", \"Maipú\"")]
    [InlineData("facts.yml", "topic: voucher", "topic: vaucher", "topic \"vaucher\" is not defined")]
    [InlineData("domain.yml", "  rut: entity", "  rut: entidad", "slot type \"entidad\" is not known; permitted: \"text\"")]
    [InlineData("domain.yml", "zone: America/Santiago", "zone: Santiago", "zone \"Santiago\" is not known")]
    [InlineData("domain.yml", "style: usted", "style: vos", "style \"vos\" is not known; permitted: \"usted\", \"tú\"")]
    [InlineData("domain.yml", "intents:\n", "intents: [\n", "is not YAML")]
    public void Load_BrokenFile_NamesThePlaceAndWhatIsPermitted(string file, string good, string bad, string problem)
    {
        var path = Path.Combine(Bot, file);
        var text = File.ReadAllText(path);
        Assert.Contains(good, text, StringComparison.Ordinal);
        var at = text.IndexOf(good, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + bad + text[(at + good.Length)..]);

        var error = Assert.Throws<DialogFormatException>(() => DialogLoader.Load(Bot));

        Assert.StartsWith($"dialogs/clinic/{file}({error.Line},{error.Column}): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownSlotInAFlow_PointsAtIt()
    {
        File.WriteAllText(Path.Combine(Bot, "flows", "tiny.yml"), "flow: tiny\nsteps:\n  - id: ask\n    collect: tme\n    ask: ask_attendance\n    next: end\n");

        var error = Assert.Throws<DialogFormatException>(() => DialogLoader.Load(Bot));

        Assert.StartsWith("dialogs/clinic/flows/tiny.yml(4,14): slot \"tme\" is not defined; this bot has \"attendance\", ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NotUtf8_SaysSo()
    {
        File.WriteAllBytes(Path.Combine(Bot, "facts.yml"), [0x66, 0xC3, 0x28]);

        Assert.Equal("dialogs/clinic/facts.yml(1,1): is not UTF-8", Assert.Throws<DialogFormatException>(() => DialogLoader.Load(Bot)).Message);
    }

    [Fact]
    public void Load_NoSuchBot_NamesTheFolder() =>
        Assert.Equal("dialogs/nobody(1,1): there is no such folder", Assert.Throws<DialogFormatException>(() => DialogLoader.Load(Path.Combine(_root, "dialogs", "nobody"))).Message);

    [Fact]
    public void LoadTests_UnknownAct_PointsAtIt()
    {
        File.WriteAllText(Path.Combine(Bot, "tests", "tiny.yml"), "tests:\n  - name: tiny\n    steps:\n      - user: hola\n      - bot: greeet\n");

        var error = Assert.Throws<DialogFormatException>(() => ConversationTestLoader.Load(Bot, DialogLoader.Load(Bot).Domain));

        Assert.StartsWith("dialogs/clinic/tests/tiny.yml(5,14): act \"greeet\" is not defined", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DialogPolicy_ActOfItsOwnIsMissing_IsRefusedAtOnce()
    {
        var bot = DialogLoader.Load(Bot);
        var acts = bot.Domain.Acts.Where(act => act.Key != "emergency").ToDictionary(StringComparer.Ordinal);

        Assert.Contains("act \"emergency\" is missing", Assert.Throws<DialogFormatException>(() => new DialogPolicy(bot with { Domain = bot.Domain with { Acts = acts } })).Message, StringComparison.Ordinal);
    }
}
