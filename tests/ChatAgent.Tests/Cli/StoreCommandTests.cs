using System.CommandLine;
using System.Text.Json;
using ChatAgent.Cli.Commands;
using ChatAgent.Store.Sqlite;
using ChatAgent.Store.Tests;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent store.</summary>
public sealed class StoreCommandTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verify_SoundDatabase_SaysSo()
    {
        await StoreVerifierTests.FillAsync(_folder.File);

        var (code, output, _) = await RunAsync("verify", "--database", _folder.File, "--json");

        Assert.Equal(0, code);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.True(result.GetProperty("sound").GetBoolean());
        Assert.Equal(0, result.GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public async Task Verify_BrokenPromise_NamesItAndFails()
    {
        await StoreVerifierTests.FillAsync(_folder.File);
        using (var session = new SqliteSession(_folder.File, SqliteOpenMode.ReadWrite, TimeSpan.Zero))
        {
            session.Run("UPDATE conversation SET last_sequence = 9");
        }

        var (code, output, _) = await RunAsync("verify", "--database", _folder.File);

        Assert.Equal(1, code);
        Assert.Contains("sequences: conversation c1: last sequence 9, its log ends at 3", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("backup")]
    [InlineData("compact")]
    [InlineData("export")]
    public async Task AnyCommand_MissingOrForeignFile_IsOneLineAndCode2(string name)
    {
        var (missing, _, error) = await RunAsync(name, "--database", _folder.File);
        Assert.Equal((2, 1), (missing, error.Trim().Split('\n').Length));

        await File.WriteAllTextAsync(_folder.File, new string('x', 5000));
        var (foreign, _, foreignError) = await RunAsync(name, "--database", _folder.File);
        Assert.Equal((2, 1), (foreign, foreignError.Trim().Split('\n').Length));
        Assert.Contains("found something that is not an SQLite database", foreignError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfTheRootsDatabase_CanBeVerified()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "dialogs"));
        await StoreVerifierTests.FillAsync(Path.Combine(_folder.Root, "data", "chatagent.db"));

        var (code, output, _) = await RunAsync("backup", "--root", _folder.Root, "--json");

        Assert.Equal(0, code);
        var copy = JsonDocument.Parse(output).RootElement.GetProperty("file").GetString()!;
        Assert.StartsWith(Path.Combine(_folder.Root, "data", "backups"), copy, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("verify", "--database", copy)).Code);
    }

    [Fact]
    public async Task Compact_Database_TellsBothSizes()
    {
        await StoreVerifierTests.FillAsync(_folder.File);

        var (code, output, _) = await RunAsync("compact", "--database", _folder.File, "--json");

        Assert.Equal(0, code);
        Assert.Equal(new FileInfo(_folder.File).Length, JsonDocument.Parse(output).RootElement.GetProperty("after").GetInt64());
    }

    [Fact]
    public async Task Export_Database_WritesOneJsonObjectALine()
    {
        await StoreVerifierTests.FillAsync(_folder.File);
        var file = Path.Combine(_folder.Root, "all.jsonl");

        var (code, output, _) = await RunAsync("export", "--database", _folder.File, "--output", file, "--json");

        Assert.Equal((0, """{"conversations":1,"entries":3,"documents":1}"""), (code, output.Trim()));
        var lines = (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["conversation", "entry", "entry", "entry", "document"], lines.Select(line => line.GetProperty("type").GetString()));
        Assert.Equal("hola", lines[1].GetProperty("text").GetString());
        Assert.Equal(1, lines[0].GetProperty("snapshot").GetProperty("turns").GetInt32());
        Assert.Equal("slot:1", lines[4].GetProperty("keys")[0].GetString());
    }

    [Fact]
    public async Task Export_JsonWithoutOutput_IsBadUsage() =>
        Assert.Equal(2, (await RunAsync("export", "--database", _folder.File, "--json")).Code);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await StoreCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
