using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>A GRU language model over delexicalised units, conditioned at every step on act, slots still to be said, language and style.</summary>
/// <remarks>
/// Made by <see cref="ReplyModelTrainer"/> or <see cref="Load"/>. Several networks may speak as one: their log-probabilities are averaged. <see cref="Condition"/> gives the distribution that a search walks. Immutable and
/// thread-safe. In a bundle it is one file, <see cref="FileName"/>, in the format of <see cref="ModelFile"/>; its texts are "format", "knowledge" (acts,
/// slots, units) and "sizes".
/// </remarks>
public sealed class ReplyModel
{
    /// <summary>The file in a bundle's folder.</summary>
    public const string FileName = "reply-model.safetensors";

    /// <summary>Names the layout of the file and what it has to hold; another one is not read.</summary>
    public const string Format = "chatagent reply model 3";

    /// <summary>Most networks of one model.</summary>
    internal const int MaxMembers = 8;

    internal const string StartUnit = "<s>";
    internal const string EndUnit = "</s>";

    private readonly TokenNetwork[] _networks;
    private readonly TokenDecoder[] _decoders;

    internal ReplyModel(TokenNetwork[] networks, ReplyKnowledge knowledge)
    {
        _networks = networks;
        Layout = new ReplyLayout(knowledge);
        Units = Vocabulary.FromWords(knowledge.Units);
        _decoders = [.. networks.Select(network => new TokenDecoder(network))];
        StartToken = Units[StartUnit];
        EndToken = Units[EndUnit];
        Tracker = new SlotTracker(Units, Layout);
        Taught = new TaughtTexts(knowledge.Names(), knowledge.Texts);
    }

    /// <summary>Every unit that the model can say.</summary>
    public Vocabulary Units { get; }

    /// <summary>Id of the token that begins a text.</summary>
    public int StartToken { get; }

    /// <summary>Id of the token that ends a text.</summary>
    public int EndToken { get; }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount => _networks.Sum(network => network.Parameters.Length);

    /// <summary>How slots get into words.</summary>
    public SlotLexicon Lexicon => Layout.Lexicon;

    /// <summary>Whether slots combine freely, as in a benchmark; a bot's acts have one set of slots each.</summary>
    public bool IsOpen => Layout.Knowledge.IsOpen;

    /// <summary>The language of every text that was taught, or null where there were two.</summary>
    public Language? OnlyLanguage => Array.FindAll([.. LanguageCodes.All], entry => Layout.Knowledge.Taught.Keys.Any(key => key.EndsWith($"/{entry.Code}", StringComparison.Ordinal))) is [var only] ? only.Language : null;

    internal ReplyLayout Layout { get; }

    internal SlotTracker Tracker { get; }

    /// <summary>What it was taught.</summary>
    internal TaughtTexts Taught { get; }

    /// <summary>The act was taught in that language, with each of these slots; if not, a written wording has to answer.</summary>
    public bool Knows(ReplyMeaning meaning) => Layout.Knows(meaning);

    /// <summary>Slot whose placeholder a token is, or null.</summary>
    public string? SlotOf(int token) => Tracker.SlotOf(token);

    /// <summary>The text of a run of tokens; start and end tokens are passed over.</summary>
    public string TextOf(ReadOnlySpan<int> tokens)
    {
        var units = new List<string>(tokens.Length);
        foreach (var token in tokens)
        {
            if (token != StartToken && token != EndToken)
            {
                units.Add(Units[token]);
            }
        }

        return ReplyUnits.Join(units);
    }

    /// <summary>The units of a hypothesis with the slot that each says, and its end.</summary>
    internal IReadOnlyList<SaidUnit> UnitsOf(BeamHypothesis hypothesis)
    {
        var slots = new string?[hypothesis.Tokens.Count + 1];
        var state = 0;
        foreach (var (at, token) in hypothesis.Tokens.Index())
        {
            Tracker.Place(ref state, token);
            if (Tracker.SlotOf(token) is { } copied)
            {
                slots[at] = copied;
            }
            else if (Tracker.Table.Count > 0 && Tracker.Table.PhraseAt(state) is >= 0 and var phrase)
            {
                var length = Tracker.Table.LengthOf(phrase);
                slots.AsSpan(at - length + 1, length).Fill(SlotLexicon.SlotOf(Tracker.Phrases[phrase].Feature));
            }
        }

        return [.. slots.Select((slot, at) => new SaidUnit(at < hypothesis.Tokens.Count ? Units[hypothesis.Tokens[at]] : string.Empty, slot, hypothesis.TokenLogProbabilities[at]))];
    }

    /// <summary>What an act means to this model.</summary>
    public ReplyMeaning MeaningOf(DialogAct act, Language language, ReplyStyle style) => new(act.Name, Lexicon.FeaturesOf(act.Slots), language, style);

    /// <summary>The model's distribution over wordings of one meaning.</summary>
    /// <exception cref="ArgumentException">The model does not know the act or a slot.</exception>
    public ReplyDecoder Condition(ReplyMeaning meaning)
    {
        RequireKnown(meaning);
        return new ReplyDecoder(this, meaning);
    }

    /// <summary>Natural logarithm of the probability of a delexicalised wording, and the number of its tokens, the end included.</summary>
    /// <remarks>Units that the model does not have make it negative infinity.</remarks>
    public (double LogProbability, int Tokens) Score(ReplyMeaning meaning, string delexicalised)
    {
        var decoder = Condition(meaning);
        int[] tokens = [.. ReplyUnits.Split(delexicalised).Select(unit => Units[unit]), EndToken];
        var (state, row, sum, token) = (decoder.Start(1), new float[Units.Count], 0.0, StartToken);
        foreach (var next in tokens)
        {
            decoder.Step(state, [token], row);
            sum += row[next];
            token = next;
        }

        return (sum, tokens.Length);
    }

    /// <summary>How likely a wording is under its own act and under every other act of the language that was taught with just these slots.</summary>
    /// <remarks>
    /// Slots cannot tell "you are coming" from "you cancelled": both have date and time. A wording that another act would rather say is better refused.
    /// One batch for all acts; about 2 ms for 15 units of an act without slots, which has the most rivals.
    /// </remarks>
    /// <returns>The meaning's own act first, then the others, likeliest first.</returns>
    /// <exception cref="ArgumentException">The model does not know the act or a slot.</exception>
    public IReadOnlyList<ActScore> ScoreByAct(ReplyMeaning meaning, string delexicalised)
    {
        RequireKnown(meaning);
        string[] acts = [meaning.Act, .. Layout.Rivals(meaning)];
        var state = Start(acts.Length, row => ContextOf(meaning with { Act = acts[row] }));
        int[] words = [.. ReplyUnits.Split(delexicalised).Select(unit => Units[unit]), EndToken];
        var (sums, tokens, logits) = (new double[acts.Length], new int[acts.Length], new float[acts.Length * Units.Count]);
        var token = StartToken;
        foreach (var next in words)
        {
            Array.Fill(tokens, token);
            Advance(state, tokens, logits);
            for (var row = 0; row < acts.Length; row++)
            {
                sums[row] += logits[(row * Units.Count) + next];
            }

            token = next;
        }

        return [new ActScore(acts[0], sums[0]), .. acts.Zip(sums, (act, sum) => new ActScore(act, sum)).Skip(1).OrderByDescending(score => score.LogProbability)];
    }

    /// <summary>The other act of the language, taught with just these slots, that would rather say these words than the meaning's own act; the likeliest of several, or null.</summary>
    /// <remarks>As <see cref="ScoreByAct"/>, but a rival leaves the batch once it has become less likely than the own act can: most do so within three tokens.</remarks>
    /// <param name="meaning">Whose words they are.</param>
    /// <param name="tokens">The words, without start and end.</param>
    /// <param name="logProbability">Of the words and their end under the meaning's own act.</param>
    internal string? RivalOf(ReplyMeaning meaning, IReadOnlyList<int> tokens, double logProbability)
    {
        var alive = Layout.Rivals(meaning).Select(act => (Act: act, Sum: 0.0)).ToArray();
        if (alive.Length == 0)
        {
            return null;
        }

        var rivals = alive;
        var state = Start(alive.Length, row => ContextOf(meaning with { Act = rivals[row].Act }));
        var (inputs, survivors) = (new int[alive.Length], new List<int>(alive.Length));
        var logits = ArrayPool<float>.Shared.Rent(alive.Length * Units.Count);
        try
        {
            var token = StartToken;
            for (var at = 0; at <= tokens.Count; at++)
            {
                inputs.AsSpan(0, alive.Length).Fill(token);
                Advance(state, inputs.AsSpan(0, alive.Length), logits.AsSpan(0, alive.Length * Units.Count));
                token = at < tokens.Count ? tokens[at] : EndToken;
                survivors.Clear();
                for (var row = 0; row < alive.Length; row++)
                {
                    alive[row].Sum += logits[(row * Units.Count) + token];
                    if (alive[row].Sum > logProbability)
                    {
                        survivors.Add(row);
                    }
                }

                if (survivors.Count == 0)
                {
                    return null;
                }

                if (survivors.Count < alive.Length)
                {
                    state = state.Gather(CollectionsMarshal.AsSpan(survivors));
                    alive = [.. survivors.Select(row => alive[row])];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(logits);
        }

        return alive.MaxBy(rival => rival.Sum).Act;
    }

    internal float[] ContextOf(ReplyMeaning meaning)
    {
        var context = new float[Layout.Size];
        Layout.Write(meaning, context);
        return context;
    }

    /// <summary>Rows before their first token.</summary>
    /// <param name="rows">B.</param>
    /// <param name="contextOf">What each row is about.</param>
    internal ReplyState Start(int rows, Func<int, float[]> contextOf)
    {
        TokenState[] members = [.. _decoders.Select(decoder => decoder.Start(rows))];
        for (var row = 0; row < rows; row++)
        {
            foreach (var member in members)
            {
                contextOf(row).CopyTo(member.Context(row));
            }
        }

        return new ReplyState(members, new int[rows]);
    }

    /// <summary>One step of every row: what is said ticks its slot off, then log-probabilities of what may follow, averaged over the members.</summary>
    internal void Advance(ReplyState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        for (var row = 0; row < tokens.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)tokens[row], (uint)Units.Count, nameof(tokens));
            if (Tracker.Place(ref state.Phrases[row], tokens[row]) is >= 0 and var place)
            {
                foreach (var member in state.Members)
                {
                    member.Context(row)[place] = 0f;
                }
            }
        }

        _decoders[0].Step(state.Members[0], tokens, logProbabilities);
        if (_decoders.Length > 1)
        {
            Average(state, tokens, logProbabilities);
        }

        for (var row = 0; row < tokens.Length; row++)
        {
            var logits = logProbabilities.Slice(row * Units.Count, Units.Count);
            logits[Vocabulary.Unknown] = float.NegativeInfinity;
            logits[StartToken] = float.NegativeInfinity;
            Kernels.LogSoftmax(logits);
        }
    }

    /// <summary>The mean of the members' logits: up to a constant of each row, which the softmax drops, the mean of their log-probabilities.</summary>
    private void Average(ReplyState state, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        var other = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            for (var member = 1; member < _decoders.Length; member++)
            {
                _decoders[member].Step(state.Members[member], tokens, other.AsSpan(0, logits.Length));
                Kernels.Add(other.AsSpan(0, logits.Length), logits);
            }

            Kernels.Scale(1f / _decoders.Length, logits);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(other);
        }
    }

    /// <summary>Writes the model into a bundle's folder, which must be there.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    public void Save(string folder)
    {
        var options = _networks[0].Options;
        ModelFile.Save(
            Path.Combine(folder, FileName),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["format"] = Format,
                ["sizes"] = JsonSerializer.Serialize(new ReplySizes(options.Embedding, options.Hidden, options.Layers, _networks.Length), ReplyModelJson.Default.ReplySizes),
                ["knowledge"] = JsonSerializer.Serialize(Layout.Knowledge, ReplyModelJson.Default.ReplyKnowledge),
            },
            [.. _networks.SelectMany((network, member) => ModelFile.TensorsOf(network.Parameters).Select(tensor => tensor with { Name = NameOf(member, tensor.Name) }))]);
    }

    /// <summary>Reads the model of a bundle's folder.</summary>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static ReplyModel Load(string folder)
    {
        var file = ModelFile.Load(Path.Combine(folder, FileName));
        var format = file.RequireText("format");
        if (format != Format)
        {
            throw new ModelFormatException(FileName, $"format \"{format}\", this build reads \"{Format}\". Train again.");
        }

        try
        {
            var sizes = JsonSerializer.Deserialize(file.RequireText("sizes"), ReplyModelJson.Default.ReplySizes);
            var knowledge = JsonSerializer.Deserialize(file.RequireText("knowledge"), ReplyModelJson.Default.ReplyKnowledge);
            if (sizes is null || knowledge is not { Acts: not null, Slots: not null, Units: not null, Taught: not null, Styles: not null, Triples: not null, Copied: not null, Phrases: not null, Texts: not null } || sizes.Members is < 1 or > MaxMembers)
            {
                throw new ModelFormatException(FileName, $"\"sizes\" and \"knowledge\" must both be objects with all their parts, and members 1 to {MaxMembers}");
            }

            if (knowledge.Phrases.Any(phrase => phrase is not { Feature: not null, Words.Length: > 0 } || phrase.Words.Contains(null)))
            {
                throw new ModelFormatException(FileName, "its phrases must each have a feature and words");
            }

            if (!knowledge.Units.Contains(StartUnit, StringComparer.Ordinal) || !knowledge.Units.Contains(EndUnit, StringComparer.Ordinal))
            {
                throw new ModelFormatException(FileName, $"its {knowledge.Units.Length} units lack \"{StartUnit}\" or \"{EndUnit}\"");
            }

            if (knowledge.Triples.Values.Any(triples => triples is null || triples.Length % 3 != 0 || triples.Any(unit => unit < 0 || unit >= knowledge.Units.Length)))
            {
                throw new ModelFormatException(FileName, $"its triples must be units by threes, each 0 to {knowledge.Units.Length - 1}");
            }

            // The tensors' shapes bound every size before a network of that size is made.
            var options = Options(sizes, knowledge);
            RequireShape(file, NameOf(0, "embedding.weight"), options.Vocabulary, options.Embedding);
            RequireShape(file, NameOf(0, $"gru.{options.Layers - 1}.weight_hh"), 3 * options.Hidden, options.Hidden);
            return new ReplyModel([.. Enumerable.Range(0, sizes.Members).Select(member => Member(file, options, member))], knowledge);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or OverflowException)
        {
            throw new ModelFormatException(FileName, e.Message, e);
        }
    }

    private static TokenNetwork Member(ModelFile file, TokenNetworkOptions options, int member)
    {
        var network = new TokenNetwork(options, new Random(0));
        foreach (var parameter in network.Parameters.Parameters)
        {
            file.CopyTo(NameOf(member, parameter.Name), [.. parameter.Shape], parameter.Values);
        }

        return network;
    }

    private static string NameOf(int member, string tensor) => $"member.{member}.{tensor}";

    internal static TokenNetworkOptions Options(ReplySizes sizes, ReplyKnowledge knowledge, float dropout = 0f) => new()
    {
        Vocabulary = knowledge.Units.Length,
        Embedding = sizes.Embedding,
        Context = new ReplyLayout(knowledge).Size,
        Hidden = sizes.Hidden,
        Layers = sizes.Layers,
        Dropout = dropout,
    };

    private void RequireKnown(ReplyMeaning meaning)
    {
        if (!Knows(meaning))
        {
            throw new ArgumentException(
                $"the model was not taught act \"{meaning.Act}\" in {meaning.Language} with slots {string.Join(", ", meaning.Slots.Select(slot => $"\"{slot}\""))}", nameof(meaning));
        }
    }

    private static void RequireShape(ModelFile file, string tensor, int rows, int columns)
    {
        if (!file.Tensors.TryGetValue(tensor, out var found) || !found.Shape.SequenceEqual([rows, columns]))
        {
            throw new ModelFormatException(FileName, $"tensor \"{tensor}\" must have shape ({rows}, {columns}), as \"sizes\" and \"knowledge\" say");
        }
    }
}
