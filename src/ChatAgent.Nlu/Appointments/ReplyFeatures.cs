using System.Runtime.InteropServices;
using ChatAgent.Nlu.Times;

namespace ChatAgent.Nlu.Appointments;

/// <summary>What the learned classifier looks at: cues and the rules' verdict, words and pairs of words, letters inside words; hashed to <see cref="Buckets"/>.</summary>
internal static class ReplyFeatures
{
    public const int Buckets = 1 << 16;

    /// <summary>Distinct buckets with their values: what the rules found first, then words and letters.</summary>
    public static FeatureVector Of(ReplyReading reading, RuleVerdict verdict, bool hasOtherAppointments)
    {
        var found = new Dictionary<int, float>(256);
        void Add(string feature, float value = 1f)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(found, Hash(feature), out _);
            slot = Math.Max(slot, value);
        }

        var unexplained = Math.Min(reading.Unexplained, 5);
        Add($"unexplained {unexplained}", 1.2f);
        Add($"unexplained {unexplained} rule {verdict.Intent}", 1.2f);
        for (var n = 1; n <= unexplained; n++)
        {
            Add($"unexplained at least {n} rule {verdict.Intent}", 1f);
        }

        Add("bias");
        Add($"rule {verdict.Intent}", 1.5f);
        Add($"rule {verdict.Intent} sure {(int)(verdict.Certainty * 4)}");
        Add($"rule human {verdict.NeedsHuman}", 1.5f);
        Add($"slot {reading.Slot}");
        Add($"slot {reading.Slot} rule {verdict.Intent}");
        Add($"others {hasOtherAppointments}");
        Cues(reading, Add, hasOtherAppointments);
        var fromRules = found.Count;
        Words(reading, Add);
        return new FeatureVector([.. found.Keys], [.. found.Values], fromRules);
    }

    private static void Cues(ReplyReading reading, Action<string, float> add, bool hasOtherAppointments)
    {
        Cue first = Cue.None, before = Cue.None;
        foreach (var cue in reading.Cues)
        {
            add($"cue {cue.Cue}", 1.2f);
            if (reading.IsAsked(cue))
            {
                add($"asked {cue.Cue}", 1f);
            }

            if (cue.Cue == Cue.OtherAppointment)
            {
                add($"other {hasOtherAppointments}", 1.2f);
            }

            if (cue.Cue is >= Cue.Yes and <= Cue.LaterMyself or Cue.YesToOther)
            {
                if (first == Cue.None)
                {
                    first = cue.Cue;
                    add($"first {cue.Cue}", 1f);
                }
                else
                {
                    add($"pair {before} {cue.Cue}", 1f);
                }

                before = cue.Cue;
            }
        }

        add($"last {before}", 1f);
        add($"first {first} last {before}", 1f);
        add($"asks {reading.Words.Questions.Any(static q => q)}", 1f);
        add($"sentences {Math.Min(reading.Words.Questions.Length, 6)}", 0.5f);
        add($"times {Math.Min(reading.Times.Count, 3)}", 0.8f);
        foreach (var time in reading.Times)
        {
            add($"time {time.Kind} {(time.From is null ? "-" : "day")}", 0.6f);
        }
    }

    private static void Words(ReplyReading reading, Action<string, float> add)
    {
        var tokens = reading.Words.Tokens;
        var length = Math.Min(tokens.Length, 120);
        add($"words {(length < 6 ? length : length < 12 ? 6 : length < 25 ? 7 : 8)}", 0.6f);
        var before = "^";
        for (var i = 0; i < length; i++)
        {
            var word = Shape(tokens[i]);
            var asked = reading.Words.Questions[reading.Words.Sentences[i]];
            add($"w {word}", 0.8f);
            add($"w2 {before} {word}", 0.8f);
            if (asked)
            {
                add($"wq {word}", 0.5f);
            }

            if (i + 2 < length)
            {
                add($"w3 {word} {Shape(tokens[i + 1])} {Shape(tokens[i + 2])}", 0.5f);
            }

            if (i + 2 < length)
            {
                add($"ws {word} {Shape(tokens[i + 2])}", 0.4f);
            }

            before = word;
            if (word.Length >= 4 && char.IsLetter(word[0]))
            {
                var padded = $"<{word}>";
                for (var n = 3; n <= 5; n++)
                {
                    for (var at = 0; at + n <= padded.Length; at++)
                    {
                        add($"c {padded.AsSpan(at, n)}", 0.3f);
                    }
                }
            }
        }

        add($"w2 {before} $", 0.8f);
    }

    /// <summary>The word; figures by their shape, so that "el 14" and "el 23" are one.</summary>
    private static string Shape(RuleToken token) =>
        token.Folded.Length > 0 && char.IsAsciiDigit(token.Folded[0]) ? token.Folded.Contains(':', StringComparison.Ordinal) ? "0:00" : token.Folded.Length <= 2 ? "00" : "0000" : token.Marked && token.Folded == "si" ? "sí" : token.Folded;

    // A Dictionary that only grows keeps its order, so the first entries are those of the rules.
    // FNV-1a over UTF-16 code units: the same on every machine and in every run, unlike string.GetHashCode.
    private static int Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) & (Buckets - 1));
    }
}

/// <summary>A sparse vector: the first <paramref name="FromRules"/> entries come from the rules, the others from words and letters.</summary>
internal readonly record struct FeatureVector(int[] Buckets, float[] Values, int FromRules);
