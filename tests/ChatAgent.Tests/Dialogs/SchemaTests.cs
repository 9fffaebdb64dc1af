using System.Text.Json;
using System.Text.RegularExpressions;
using ChatAgent.Tests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Tests;

/// <summary>Keeps dialogs/schemas in step with the files and with the loader: editors must not call right what the loader refuses, nor the other way round.</summary>
public sealed class SchemaTests
{
    private static string Schemas => Path.Combine(Repository.Root, "dialogs", "schemas");

    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var path in Directory.GetFiles(TrainedClinic.Folder, "*.yml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var name = Path.GetRelativePath(TrainedClinic.Folder, path).Replace('\\', '/');
                files.Add(name, name switch
                {
                    "domain.yml" => "domain",
                    "facts.yml" => "facts",
                    "campaign.yml" => "campaign",
                    "flows/answers.yml" => "answers",
                    _ when name.StartsWith("flows/", StringComparison.Ordinal) => "flow",
                    _ when name.StartsWith("responses/", StringComparison.Ordinal) => "responses",
                    _ => "tests",
                });
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Schema_FileOfTheClinic_Fits(string file, string schema)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Path.Combine(TrainedClinic.Folder, file));
        yaml.Load(reader);

        Assert.Empty(Problems(yaml.Documents[0].RootNode, Read(schema), file));
    }

    [Fact]
    public void Schema_Flow_NamesEveryCall()
    {
        var text = Read("flow").ToString();

        Assert.All(DialogCalls.Outcomes.Keys, call => Assert.Contains($"\"{call}\"", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("flow", "flow: x\nsteps:\n  - id: a\n    shout: hello\n")]
    [InlineData("tests", "tests:\n  - name: x\n    steps:\n      - bot: greet\n        at: tomorrow\n")]
    [InlineData("campaign", "ask:\n  days_before: \"3\"\n")]
    [InlineData("campaign", "pace:\n  per_minute: 601\n")]
    [InlineData("responses", "language: fr\nresponses: {}\n")]
    [InlineData("facts", "facts:\n  hours:\n    values:\n      - city: Ñuñoa\n")]
    public void Schema_BrokenFile_DoesNotFit(string schema, string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));

        Assert.NotEmpty(Problems(yaml.Documents[0].RootNode, Read(schema), "x"));
    }

    private static JsonElement Read(string schema) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Schemas, $"{schema}.json"))).RootElement;

    /// <summary>The part of JSON Schema that these schemas use: type, enum, anyOf, required, properties, additionalProperties, items, minItems, pattern, minimum and maximum.</summary>
    private static IEnumerable<string> Problems(YamlNode node, JsonElement schema, string place)
    {
        if (schema.TryGetProperty("anyOf", out var anyOf))
        {
            return anyOf.EnumerateArray().Any(choice => !Problems(node, choice, place).Any()) ? [] : [$"{place} line {node.Start.Line}: fits none of the choices"];
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return values.EnumerateArray().Any(value => value.GetString() == (node as YamlScalarNode)?.Value) ? [] : [$"{place} line {node.Start.Line}: {node} is not permitted"];
        }

        return (schema.TryGetProperty("type", out var type) ? type.GetString() : null, node) switch
        {
            ("string", YamlScalarNode scalar) => !schema.TryGetProperty("pattern", out var pattern) || Regex.IsMatch(scalar.Value!, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))
                ? []
                : [$"{place} line {node.Start.Line}: {scalar.Value} has another form"],
            ("integer", YamlScalarNode { Style: ScalarStyle.Plain } scalar) when int.TryParse(scalar.Value, System.Globalization.CultureInfo.InvariantCulture, out var number) =>
                number >= schema.GetProperty("minimum").GetInt32() && number <= schema.GetProperty("maximum").GetInt32() ? [] : [$"{place} line {node.Start.Line}: {number} is outside the bounds"],
            ("null", YamlScalarNode { Value: null or "" }) => [],
            ("array", YamlSequenceNode list) when !schema.TryGetProperty("minItems", out var least) || list.Children.Count >= least.GetInt32() =>
                list.Children.SelectMany((item, index) => Problems(item, schema.GetProperty("items"), $"{place}[{index}]")),
            ("object", YamlMappingNode map) => ObjectProblems(map, schema, place),
            (var expected, _) => [$"{place} line {node.Start.Line}: expected {expected}"],
        };
    }

    private static IEnumerable<string> ObjectProblems(YamlMappingNode map, JsonElement schema, string place)
    {
        var keys = map.Children.ToDictionary(child => ((YamlScalarNode)child.Key).Value!, child => child.Value, StringComparer.Ordinal);
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!).Where(name => !keys.ContainsKey(name)))
            {
                yield return $"{place} line {map.Start.Line}: \"{name}\" is missing";
            }
        }

        foreach (var (key, value) in keys)
        {
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(key, out var property))
            {
                foreach (var problem in Problems(value, property, $"{place}/{key}"))
                {
                    yield return problem;
                }
            }
            else if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object)
            {
                foreach (var problem in Problems(value, additional, $"{place}/{key}"))
                {
                    yield return problem;
                }
            }
            else
            {
                yield return $"{place} line {value.Start.Line}: \"{key}\" is not known";
            }
        }
    }
}
