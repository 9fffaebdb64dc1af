using System.Security.Cryptography;
using System.Text;
using ChatAgent.Dialogs.Format;

namespace ChatAgent.Dialogs;

/// <summary>Reads a bot's folder: domain.yml, flows/*.yml, responses/*.yml and facts.yml.</summary>
public static class DialogLoader
{
    /// <summary>Reads and checks everything but the tests.</summary>
    /// <param name="botFolder">"dialogs/clinic".</param>
    /// <exception cref="DialogFormatException">A file is missing or says something that the bot cannot use; the message names file, line and column.</exception>
    public static BotDefinition Load(string botFolder)
    {
        var files = new BotFiles(botFolder);
        var domain = DomainReader.Read(files.Open("domain.yml"));
        var facts = FactsReader.Read(files.Open("facts.yml"), domain);
        var flows = FlowsReader.Read(files.OpenAll("flows"), domain);
        var (responses, suggestions) = ResponsesReader.Read(files.OpenAll("responses"), domain);
        SlotSources.Check(files.Open("domain.yml"), domain, facts);
        return new BotDefinition
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(botFolder))),
            Domain = domain,
            Facts = facts,
            Flows = flows.Flows,
            Answers = flows.Answers,
            Responses = responses,
            Suggestions = suggestions,
            Hash = HashOf(files.Paths),
        };
    }

    private static string HashOf(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path)));
            hash.AppendData(File.ReadAllBytes(path));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
