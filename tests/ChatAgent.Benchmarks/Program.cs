// Each measurement is a class with a Run method, chosen by name: dotnet run -c Release --project tests/ChatAgent.Benchmarks -- NAME
namespace ChatAgent.Benchmarks;

internal static class Program
{
    private static readonly Dictionary<string, Action<string[]>> Measurements = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(StoreCommit)] = StoreCommit.Run,
        ["mail"] = MailParsing.Run,
        ["mail-in"] = MailTaking.Run,
        ["gru"] = GruTrainingBenchmarks.Run,
        ["matmul"] = MatMulBenchmarks.Run,
        ["turn"] = TurnBenchmark.Run,
        ["intents"] = IntentBenchmark.Run,
        ["intent-parts"] = IntentPartsBenchmark.Run,
        ["reply-model"] = ReplyModelBenchmarks.Run,
        ["reply"] = ReplyGeneration.Run,
        ["nlg"] = OpenGeneration.Run,
        ["published-scores"] = PublishedScores.Run,
        ["completion"] = SentenceCompletion.Run,
        ["beam"] = BeamBenchmark.Run,
        ["peers"] = PeerBenchmark.Run,
        ["ptb"] = PennTreebank.Run,
        ["characters"] = SpanishText.Characters,
        ["spanish"] = SpanishText.Words,
        ["suggest"] = SuggestionBenchmark.Run,
        ["ngram"] = NGramBenchmark.Run,
        ["seq2seq"] = SequenceToSequence.Run,
    };

    public static int Main(string[] args)
    {
        if (args.Length == 0 || !Measurements.TryGetValue(args[0], out var run))
        {
            System.Console.Error.WriteLine($"name one of: {string.Join(", ", Measurements.Keys)}");
            return 2;
        }

        run(args[1..]);
        return 0;
    }
}
