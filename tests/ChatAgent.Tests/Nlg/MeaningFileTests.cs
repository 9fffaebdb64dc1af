using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class MeaningFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-meanings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_CsvOfPairs_GivesMeaningsAndTexts()
    {
        var rows = MeaningFile.Read(Write("a.csv", "mr,ref\r\n\"name[La Vega], eatType[pub], customer rating[5 out of 5], familyFriendly[no]\",\"La Vega, a \"\"pub\"\", costs L20.\nNo children.\"\r\n\"name[Sur]\",Sur is open.\r\n"));

        Assert.Equal(2, rows.Count);
        Assert.Equal(MeaningFile.PlainAct, rows[0].Act.Name);
        Assert.Equal([("name", "La Vega"), ("eat_type", "pub"), ("customer_rating", "5 out of 5"), ("family_friendly", "no")], rows[0].Act.Slots.Select(slot => (slot.Key, slot.Value)));
        Assert.Equal("La Vega, a \"pub\", costs L20.\nNo children.", rows[0].Text);
        Assert.Equal((4, "Sur is open."), (rows[1].Line, rows[1].Text));
    }

    [Fact]
    public void ReadPairs_PoundSignLostByAnEncoding_IsPutBackToLearnFromOnly()
    {
        var path = Write("a.csv", "mr,ref\nname[La Vega],\"La Vega costs L20-25, on XL5.\"\n");

        Assert.Equal("La Vega costs £20-25, on XL5.", Assert.Single(ReplyPairReader.Read(path, Language.English)).Text);
        Assert.Equal("La Vega costs L20-25, on XL5.", Assert.Single(ReplyPairReader.ReadAsWritten(path, Language.English)).Text);
    }

    [Fact]
    public void ReadHypotheses_FileOfTheChallenge_GivesTextsWithoutTheirQuotes()
    {
        var path = Write("a.tsv", "MR\toutput\r\n\"name[A], area[b]\"\tA\ris by b.\r\n'name[A]'\t'It''s A.'\r\nname[A]\t \"A, a \"\"pub\"\".\" \n\n");

        Assert.Equal(["A\ris by b.", "It's A.", "A, a \"pub\"."], HypothesisFile.Read(path));
        Assert.Equal(["a\tb", "c"], HypothesisFile.Read(Write("a.txt", "a\tb\nc\n")));
        Assert.Contains("a.tsv(2,1): found no tab", Assert.Throws<FormatException>(() => HypothesisFile.Read(Write("a.tsv", "MR\toutput\nname[A]\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CsvOfOneColumn_GivesMeaningsAlone()
    {
        var rows = MeaningFile.Read(Write("a.csv", "MR\n\"name[La Vega], area[centre]\"\nname[Sur]\n"));

        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Null(row.Text));
        Assert.Equal("centre", rows[0].Act.Slots["area"]);
    }

    [Fact]
    public void Read_RnnlgJson_GivesActsWithSpecialValuesAndRepeatedSlots()
    {
        var rows = MeaningFile.Read(Write("a.json", "#####\n# x\n[[\"?select(kids_allowed=true;food='dont_care';food=basque;near)\", \"Do you want restaurants, or televisions?\", \"b\"], [\"goodbye()\", \"bye\", \"bye\"]]"));

        Assert.Equal("?select", rows[0].Act.Name);
        Assert.Equal([("kidsallowed", "yes"), ("food", "dontcare"), ("food_2", "basque"), ("near", "?")], rows[0].Act.Slots.Select(slot => (slot.Key, slot.Value)));
        Assert.Equal("do you want restaurant -s , or television -s", rows[0].Text);
        Assert.Empty(rows[1].Act.Slots);
    }

    [Fact]
    public void Read_OurLines_TakesYesAndListsAsValues()
    {
        var rows = MeaningFile.Read(Write("a.jsonl", "{\"act\":\"tell\",\"slots\":{\"first\":true,\"days\":[\"lunes\",\"martes\"],\"name\":\"Ana\"},\"style\":\"tu\",\"lang\":\"en\"}\n\n"));

        Assert.Equal([("first", "yes"), ("days", "lunes, martes"), ("name", "Ana")], rows[0].Act.Slots.Select(slot => (slot.Key, slot.Value)));
        Assert.Equal((ReplyStyle.Informal, "en"), (rows[0].Style, rows[0].LanguageCode));
    }

    [Theory]
    [InlineData("a.csv", "mr,ref\nname[x],a,b\n", "(2,1): found 3 columns, expected 2")]
    [InlineData("a.csv", "mr,ref\nname(x),a\n", "(2,1): found \"name(x)\", expected slot[value]")]
    [InlineData("a.csv", "mr,ref\nname[x] and,a\n", "expected slot[value]")]
    [InlineData("a.csv", "mr,ref\nname[],a\n", "slot \"name\" is empty")]
    [InlineData("a.csv", "mr,ref\nname[x],\n", "(2,1): the text is empty")]
    [InlineData("a.csv", "meaning,text\nname[x],a\n", "(1,1): found the columns meaning, text, expected mr and ref")]
    [InlineData("a.csv", "mr,ref\nname[x],\"a\n", "(2,1): a quote is opened and never closed")]
    [InlineData("a.csv", "", "(1,1): found nothing")]
    [InlineData("a.json", "# x\n{\"a\":1}", "found Object, expected a list")]
    [InlineData("a.json", "# x\n[[\"inform name=x\",\"t\",\"b\"]]", "expected act(slot=value;slot='value')")]
    [InlineData("a.json", "# x\n[[\"inform()\",3,\"b\"]]", "entry 1: expected [meaning, text, baseline]")]
    [InlineData("a.json", "# x\n[[\"inform()\"", "(2,")]
    [InlineData("a.jsonl", "{\"act\":\"x\"}\n{\"slots\":{}}", "(2,1): found no \"act\"")]
    [InlineData("a.jsonl", "{\"act\":\"x\",\"slots\":{\"n\":3}}", "slot \"n\" is 3, expected a string")]
    [InlineData("a.jsonl", "[1]", "found Array, expected a JSON object")]
    [InlineData("a.jsonl", "{\"act\":\"x\",\"style\":\"vos\"}", "style \"vos\" is not known")]
    public void Read_BrokenFile_SaysWhereAndWhatWasExpected(string name, string content, string expected)
    {
        var path = Write(name, content);

        var error = Assert.Throws<FormatException>(() => MeaningFile.Read(path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPairs_RowWithoutText_SaysWhere()
    {
        var path = Write("a.csv", "MR\nname[x]\n");

        Assert.Contains("(2,1): found no \"text\"", Assert.Throws<FormatException>(() => ReplyPairReader.Read(path, Language.English)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("It's 415-771 5535; kids/children.", "it is 4157715535 , kid -s and child -s")]
    [InlineData("costs 3.5 dollars , the hotel's", "costs 3.5 dollars , the hotel 's")]
    [InlineData("televisions aren't moderately cheap ?", "television -s are not moderate -ly cheap")]
    public void Normalize_Text_IsWhatTheBenchmarkCountsAndStays(string text, string expected)
    {
        Assert.Equal(expected, RnnlgText.Normalize(text));
        Assert.Equal(expected, RnnlgText.Normalize(expected));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
