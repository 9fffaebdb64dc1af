using System.Globalization;
using ChatAgent.Dialogs;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Training;

/// <summary>From a bot's files and corpora to the bundle that answers: takes the trained parts from the shelf and trains what is missing.</summary>
/// <remarks>
/// Understanding comes first and can answer with the written wordings; speech is added to it later. Each part is named by the hash of its corpus, its
/// settings and <see cref="RecipeVersion"/>, so that it is made again when one of them changes and only then. A broken part is discarded and made again.
/// Training is synchronous work on threads of its own; the tasks only wait for it. Thread-safe, but two calls at once may train the same part twice.
/// </remarks>
public sealed class BundleWorkshop
{
    /// <summary>Raise it when a trainer or a file layout changes, so that parts made by the earlier one are made again.</summary>
    private const int RecipeVersion = 1;

    private const string UnderstandingPart = "understanding";
    private const string RepliesPart = "replies";
    private const string SpeechPart = "speech";
    private readonly BotDefinition _bot;
    private readonly string _corpus;
    private readonly ModelShelf _shelf;
    private readonly WorkshopOptions _options;
    private readonly Action<string>? _warn;

    /// <param name="bot">The bot's files, already read.</param>
    /// <param name="corpora">The folder of corpora; the bot's own bears its name.</param>
    /// <param name="shelf">Where trained parts lie.</param>
    /// <param name="options">How to train; the defaults when null.</param>
    /// <param name="warn">Told of a broken part that is made again.</param>
    public BundleWorkshop(BotDefinition bot, string corpora, ModelShelf shelf, WorkshopOptions? options = null, Action<string>? warn = null)
    {
        _bot = bot;
        _corpus = Path.Combine(corpora, bot.Name);
        _shelf = shelf;
        _options = options ?? new WorkshopOptions();
        _warn = warn;
    }

    /// <summary>A bundle that understands and speaks with the written wordings.</summary>
    /// <exception cref="DirectoryNotFoundException">The bot has no corpus.</exception>
    /// <exception cref="CorpusFormatException">A corpus file breaks its format.</exception>
    public Task<Bundle> PrepareUnderstandingAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => OnOwnThread(
        () =>
        {
            var understandingHash = UnderstandingHash();
            var engine = Take(UnderstandingPart, understandingHash, NluEngine.Load, () => TrainUnderstanding(progress, cancellationToken), (made, folder) => made.Save(folder));
            var repliesHash = RepliesHash();
            if (TakeReplies(repliesHash, progress, cancellationToken) is { } replies)
            {
                engine = engine.WithReplies(new AppointmentReplyReader(replies));
            }

            return new Bundle(HashOf(understandingHash, repliesHash, speechHash: null), engine, new DialogPolicy(_bot), new ReplyGenerator(Wordings()), _bot) { Completions = Completions() };
        });

    /// <summary>The learned half of the reader of appointment replies alone, the same that the bundle reads with; null when the corpus has no labelled replies.</summary>
    /// <exception cref="FormatException">A row of labelled replies breaks the guide.</exception>
    public Task<AppointmentReplyModel?> PrepareRepliesAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        OnOwnThread(() => TakeReplies(RepliesHash(), progress, cancellationToken));

    /// <summary>The same bundle with the language model taken in.</summary>
    public Task<Bundle> PrepareSpeechAsync(Bundle understanding, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => OnOwnThread(
        () =>
        {
            var speechHash = SpeechHash();
            var model = Take(SpeechPart, speechHash, ReplyModel.Load, () => TrainSpeech(progress, cancellationToken), (made, folder) => made.Save(folder));
            return understanding with
            {
                Hash = HashOf(UnderstandingHash(), RepliesHash(), speechHash),
                Generator = new ReplyGenerator(Wordings(), model, checker: new SlotChecker(NamesThatAreFacts())),
            };
        });

    /// <summary>How the owner's sentences go on, counted anew in a fraction of a second, which nobody waits for who has no operator.</summary>
    private Dictionary<Language, Lazy<TextCompletion?>> Completions() => Directory.Exists(Path.Combine(_corpus, "nlg"))
        ? LanguageCodes.All.ToDictionary(
            language => language.Language,
            language => new Lazy<TextCompletion?>(() => TextCompletion.Learn(
                PairsOf("train").Where(pair => pair.Style == _bot.Domain.Style), RunningText(language.Code), language.Language, new SlotChecker(NamesThatAreFacts()))))
        : [];

    private string[] RunningText(string language) => Path.Combine(_corpus, "text", $"{language}.txt") is var file && File.Exists(file) ? File.ReadAllLines(file) : [];

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private T Take<T>(string part, string hash, Func<string, T> load, Func<T> train, Action<T, string> save)
    {
        try
        {
            if (_shelf.TryFind(part, hash, out var folder))
            {
                return load(folder);
            }
        }
        catch (ModelFormatException exception)
        {
            _warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{exception.Message.TrimEnd('.')}. It is trained again."));
            _shelf.Discard(part, hash);
        }

        var made = train();
        try
        {
            _shelf.Keep(part, hash, folder => save(made, folder));
        }
        catch (IOException exception)
        {
            // A full disk costs the next start a training, not this one the part.
            _warn?.Invoke($"The trained part \"{part}\" is used and could not be kept: {exception.Message}");
        }

        return made;
    }

    private AppointmentReplyModel? TakeReplies(string? hash, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => hash is null ? null : Take(
        RepliesPart,
        hash,
        folder => AppointmentReplyModel.Load(Path.Combine(folder, AppointmentReplyModel.FileName)),
        () => TrainReplies(progress, cancellationToken),
        (made, folder) => made.Save(Path.Combine(folder, AppointmentReplyModel.FileName)));

    private AppointmentReplyModel TrainReplies(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        // Of these rows no rule was ever written, and on them is measured how sure a reading is (corpora/clinic/replies/README.md).
        var unread = ReplyFiles().Where(static file => file.EndsWith(".train.2.jsonl", StringComparison.Ordinal)).SelectMany(LabelledReply.ReadFile).Select(static row => row.Id).ToHashSet(StringComparer.Ordinal);
        return AppointmentReplyTrainer.Train([.. ReplyFiles().SelectMany(LabelledReply.ReadFile)], row => unread.Contains(row.Id), _options.Replies, progress, cancellationToken);
    }

    private NluEngine TrainUnderstanding(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        NluTrainer.Train(NluTrainingData.FromFolder(Path.Combine(_corpus, "nlu"), Lexicon()), _options.Understanding, progress, cancellationToken);

    private ReplyModel TrainSpeech(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        ReplyModelTrainer.Train(PairsOf("train"), PairsOf("dev"), _options.Speech, progress, cancellationToken: cancellationToken);

    private List<ReplyPair> PairsOf(string split) =>
        [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(_corpus, "nlg", $"{language.Code}.{split}.jsonl"), language.Language))];

    /// <summary>Names that may stand in a reply only where they were given as a value.</summary>
    private IEnumerable<string> NamesThatAreFacts() =>
        Lexicon().Entries.Where(entry => entry.Entity is "doctor" or "branch" or "insurer").Select(entry => entry.Value);

    /// <summary>Every value of the domain's lists with its synonyms and its names in both languages.</summary>
    private NluLexicon Lexicon() => new(
        [.. _bot.Domain.Entities.Values.SelectMany(entity => entity.Values.Values.Select(value =>
            new LexiconEntry(entity.Name, value.Canonical, [.. value.Synonyms.Concat(value.Names.Values).Where(name => name != value.Canonical).Distinct(StringComparer.Ordinal)])))]);

    private WrittenWordings Wordings() => new(_bot.Responses);

    private string UnderstandingHash()
    {
        using var hash = new InputHash();
        hash.Add("recipe", RecipeVersion).Add("options", _options.Understanding.ToString());
        foreach (var entry in Lexicon().Entries)
        {
            hash.Add(entry.Entity, $"{entry.Value}\n{string.Join('\n', entry.Synonyms)}");
        }

        return hash.AddFiles(Path.Combine(_corpus, "nlu"), "*.yml").Take();
    }

    /// <summary>Labelled replies to learn from, in the order of their names; the test rows are left alone.</summary>
    private string[] ReplyFiles() => Path.Combine(_corpus, RepliesPart) is var folder && Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*.jsonl").Where(file => !file.EndsWith(".test.jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Null when the corpus has no labelled replies; the rules alone read them then.</summary>
    private string? RepliesHash()
    {
        if (ReplyFiles().Length == 0)
        {
            return null;
        }

        // The classifier learns from what the rules say: their fingerprint is in the version.
        using var hash = new InputHash();
        return hash.Add("recipe", RecipeVersion).Add("options", _options.Replies.ToString()).Add("reader", AppointmentReplyTrainer.Version).AddFiles(Path.Combine(_corpus, RepliesPart), "*.jsonl").Take();
    }

    private string SpeechHash()
    {
        using var hash = new InputHash();
        return hash.Add("recipe", RecipeVersion).Add("format", ReplyModel.Format).Add("options", _options.Speech.ToString()).AddFiles(Path.Combine(_corpus, "nlg"), "*.jsonl").Take();
    }

    private string HashOf(string understandingHash, string? repliesHash, string? speechHash)
    {
        using var hash = new InputHash();
        return hash.Add("bot", _bot.Hash).Add("understanding", understandingHash).Add(RepliesPart, repliesHash ?? "rules").Add("speech", speechHash ?? "written").Take();
    }
}
