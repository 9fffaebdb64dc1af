using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>Slots that combine freely: a small world of inns, taught and asked about combinations that were never taught.</summary>
public sealed class OpenReplyTests(OpenReplyTests.World world) : IClassFixture<OpenReplyTests.World>
{
    [Fact]
    public void Learn_Pairs_CopiesNamesAndFindsTheWordsOfTheRest()
    {
        var lexicon = world.Model.Lexicon;

        Assert.True(lexicon.IsCopied("name", "Casa Nueva"));
        Assert.False(lexicon.IsCopied("pets", "no"));
        Assert.Equal(["name", "pets=no", "price=cheap"], lexicon.FeaturesOf(World.Meaning("Casa Nueva", "no", "cheap")));
        foreach (var feature in (string[])["pets=yes", "pets=no", "price=cheap", "price=high"])
        {
            Assert.Contains(lexicon.Phrases, phrase => phrase.Feature == feature);
        }
    }

    [Fact]
    public void Generate_EveryCombination_SaysEachValueOnceAndNoOther()
    {
        foreach (var slots in World.Combinations("Puerta del Sol").Concat(World.Combinations("O'Higgins 20-25")))
        {
            var act = world.Generator.Generate(World.Request(slots)).Acts[0];

            Assert.Equal(WordingSource.Model, act.Source);
            Assert.Equal(2, act.Text.Split(slots["name"]).Length);
            Assert.Equal(slots.GetValueOrDefault("pets"), World.PetsOf(act.Text));
            Assert.Equal(slots.GetValueOrDefault("price"), World.PriceOf(act.Text));
        }
    }

    [Fact]
    public void Several_Meaning_GivesDifferentTextsBestFirst()
    {
        var slots = World.Meaning("Casa Nueva", "yes", "high");

        var texts = world.Generator.Several(new DialogAct(MeaningFile.PlainAct, slots), Language.English, ReplyStyle.Formal, 5);

        Assert.InRange(texts.Count, 2, 5);
        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(texts[0], world.Generator.Generate(World.Request(slots)).Text);
    }

    [Fact]
    public void Check_TextThatSaysOtherwise_IsRefused()
    {
        var slots = World.Meaning("Casa Nueva", "no", "cheap");

        Assert.Null(world.Reader.Check("Casa Nueva is a cheap inn. Pets are not allowed.", slots, Language.English));
        Assert.Equal("missing:name", world.Reader.Check("Casa Vieja is a cheap inn. Pets are not allowed.", slots, Language.English));
        Assert.Equal("repeated:name", world.Reader.Check("Casa Nueva is a cheap inn. Pets are not allowed at Casa Nueva.", slots, Language.English));
        Assert.Equal("unreadable:placeholder", world.Reader.Check("{name} is a cheap inn. Pets are not allowed.", slots, Language.English));
        Assert.NotNull(world.Reader.Check("Casa Nueva is an inn. Pets are not allowed.", slots, Language.English));
        Assert.NotNull(world.Reader.Check("Casa Nueva is an expensive inn. Pets are not allowed.", slots, Language.English));
        Assert.NotNull(world.Reader.Check("Casa Nueva is a cheap inn where pets are welcome.", slots, Language.English));
    }

    [Fact]
    public void Generate_MeaningThatWasNotTaught_IsAnErrorThatNamesIt()
    {
        string[] broken =
        [
            Refusal(World.Request(new Dictionary<string, string> { ["name"] = "Casa Nueva", ["stars"] = "5" })),
            Refusal(World.Request(new Dictionary<string, string> { ["name"] = "Casa Nueva", ["pets"] = "perhaps" })),
            Refusal(World.Request(new Dictionary<string, string> { ["name"] = " " })),
            Refusal(World.Request(new Dictionary<string, string> { ["name"] = new string('x', 501) })),
            Refusal(new GenerationRequest { Acts = [new DialogAct("sing", World.Meaning("Casa Nueva", "no", "cheap"))], Language = Language.English }),
        ];

        Assert.All(broken, message => Assert.Contains("act \"", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{price}")]
    [InlineData("<b>Casa</b>")]
    public void Generate_ValueLikeAPlaceholderOrMarkup_IsSaidAsPlainText(string value)
    {
        var text = world.Generator.Generate(World.Request(World.Meaning(value, "no", "cheap"))).Text;

        Assert.DoesNotContain(text, c => c is '{' or '}' or '<' or '>');
        Assert.Contains("(", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhatWasSaved_SaysTheSame()
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-open-").FullName;
        world.Model.Save(folder);
        world.Reader.Save(folder);
        var loaded = new ReplyGenerator(WrittenWordings.None, ReplyModel.Load(folder), ReplyGeneratorOptions.ForOpen(5, ReplyModel.Load(folder)), MeaningReader.Load(folder));

        foreach (var slots in World.Combinations("Casa Nueva"))
        {
            Assert.Equal(world.Generator.Generate(World.Request(slots)).Text, loaded.Generate(World.Request(slots)).Text);
        }

        File.WriteAllBytes(Path.Combine(folder, MeaningReader.FileName), File.ReadAllBytes(Path.Combine(folder, MeaningReader.FileName))[..200]);
        Assert.Throws<ModelFormatException>(() => MeaningReader.Load(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(new[] { 5, 6, 7, 8, 5, 6, 7 }, 1.0)]
    [InlineData(new[] { 5, 6, 7, 8, 5, 6 }, 0.0)]
    [InlineData(new[] { 5, 5, 5, 5 }, 1.0)]
    [InlineData(new[] { 5 }, 0.0)]
    public void ShareWithRepeats_OneText_LooksForARunOfThreeTwice(int[] tokens, double share) =>
        Assert.Equal(share, new TaughtTexts(["any"], [0, 0, tokens.Length, .. tokens]).ShareWithRepeats(3));

    [Fact]
    public void ForOpen_WhatWasTaught_DecidesHowManyVoteAndWhetherRunsMayRepeat()
    {
        ReplyPair[] once = [.. World.Pairs().Where((_, i) => i % 4 == 0).DistinctBy(pair => string.Join('|', pair.Slots.Values))];
        ReplyPair[] echoing = [.. once.Select(pair => pair with { Text = $"{pair.Text} it is a nice place, it is a nice place" })];

        Assert.Equal((15, 3), Search(once));
        Assert.Equal((15, 0), Search(echoing));
        Assert.Equal((5, 3), Search([.. once.Select(pair => pair with { Text = $"well, {pair.Text}" }), .. once]));

        static (int, int) Search(ReplyPair[] pairs)
        {
            var options = ReplyGeneratorOptions.ForOpen(5, ReplyModelTrainer.Train(pairs, [], new ReplyModelOptions { Open = true, Hidden = 4, Embedding = 4, Epochs = 1, LeastPairs = 1, Threads = 1 }));
            return (options.Search.Count, options.Search.NoRepeatLength);
        }
    }

    [Fact]
    public void CombinesFreely_TellsABotFromABenchmark()
    {
        Assert.True(ReplyModelTrainer.CombinesFreely(World.Pairs()));
        Assert.False(ReplyModelTrainer.CombinesFreely([.. World.Pairs().Select(pair => pair with { Slots = new Dictionary<string, string> { ["name"] = pair.Slots["name"] } })]));
    }

    private string Refusal(GenerationRequest request)
    {
        var error = Record.Exception(() => world.Generator.Generate(request));
        Assert.True(error is ArgumentException or InvalidOperationException, $"found {error}");
        return error.Message;
    }

    public sealed class World
    {
        private static readonly string[] Names = ["Casa Vieja", "Hotel Andes", "El Faro", "Posada Norte", "Las Rosas", "Don Pepe", "Mirador", "Villa Sur", "La Loma", "Tres Cruces", "Rio Claro", "Los Alamos", "Puerto Lindo"];

        public World()
        {
            var pairs = Pairs();
            Model = ReplyModelTrainer.Train(pairs, [], new ReplyModelOptions { Open = true, Members = 2, Hidden = 32, Embedding = 16, Epochs = 30, LearningRate = 0.02f, Dropout = 0.1f, LeastPairs = 1, Threads = 1 });
            Reader = MeaningReader.Train(pairs, Model.Lexicon, 1);
            Generator = new ReplyGenerator(WrittenWordings.None, Model, ReplyGeneratorOptions.ForOpen(5, Model), Reader);
        }

        public ReplyModel Model { get; }

        public MeaningReader Reader { get; }

        public ReplyGenerator Generator { get; }

        public static List<ReplyPair> Pairs()
        {
            var (pairs, random) = (new List<ReplyPair>(), new Random(3));
            foreach (var name in Names)
            {
                foreach (var slots in Combinations(name))
                {
                    var price = slots.GetValueOrDefault("price");
                    var kind = price switch { "cheap" => random.Next(2) == 0 ? "a cheap inn" : "a low cost inn", "high" => random.Next(2) == 0 ? "an expensive inn" : "a pricey inn", _ => "an inn" };
                    var pets = slots.GetValueOrDefault("pets") switch
                    {
                        "yes" => random.Next(2) == 0 ? " where pets are welcome." : ". It welcomes pets.",
                        "no" => random.Next(2) == 0 ? ". Pets are not allowed." : " that takes no pets.",
                        _ => ".",
                    };
                    pairs.Add(new ReplyPair(MeaningFile.PlainAct, Language.English, ReplyStyle.Formal, slots, random.Next(3) == 0 ? $"There is {kind} called {name}{pets}" : $"{name} is {kind}{pets}"));
                }
            }

            return pairs;
        }

        public static Dictionary<string, string> Meaning(string name, string pets, string price) => new() { ["name"] = name, ["pets"] = pets, ["price"] = price };

        public static IEnumerable<Dictionary<string, string>> Combinations(string name) =>
            from pets in (string?[])[null, "yes", "no"]
            from price in (string?[])[null, "cheap", "high"]
            select new Dictionary<string, string>(((string, string?)[])[("name", name), ("pets", pets), ("price", price)] is var all
                ? all.Where(slot => slot.Item2 is not null).Select(slot => KeyValuePair.Create(slot.Item1, slot.Item2!)) : []);

        public static GenerationRequest Request(IReadOnlyDictionary<string, string> slots) => new() { Acts = [new DialogAct(MeaningFile.PlainAct, slots)], Language = Language.English };

        /// <summary>The test's own reading.</summary>
        public static string? PetsOf(string text) =>
            text.Contains("not allowed", StringComparison.Ordinal) || text.Contains("no pets", StringComparison.Ordinal) ? "no" : text.Contains("welcome", StringComparison.Ordinal) ? "yes" : null;

        public static string? PriceOf(string text) =>
            text.Contains("cheap", StringComparison.Ordinal) || text.Contains("low cost", StringComparison.Ordinal) ? "cheap" : text.Contains("expensive", StringComparison.Ordinal) || text.Contains("pricey", StringComparison.Ordinal) ? "high" : null;
    }
}
