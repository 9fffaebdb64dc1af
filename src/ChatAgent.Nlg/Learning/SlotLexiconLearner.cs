namespace ChatAgent.Nlg;

/// <summary>Learns a <see cref="SlotLexicon"/> from pairs: which values stand in the texts as they are, and which runs of words say the others.</summary>
/// <remarks>
/// A slot is copied when it has many values or its values stand in nearly all of its texts. For the rest a run g of up to six words says value v of slot s when it tells
/// far more than chance that the slot was given, (P(s|g) − P(s)) / (1 − P(s)) ≥ 0.75, and which value, (P(v|g,s) − P(v|s)) / (1 − P(v|s)) ≥ 0.5; of
/// many such runs those are taken, one after the other, that stand in the most of the value's texts that no run stands in yet, as long as they can be without losing many. A value without such a run is taken to be
/// said by the run that tells it best among the values of its slot, where the slot is given.
/// </remarks>
internal static class SlotLexiconLearner
{
    private const int LongestRun = 6;
    private const int ManyValues = 12;
    private const double NearlyAll = 0.97;
    private const double SlotLift = 0.75;
    private const double ValueLift = 0.5;
    private const double WeakValueLift = 0.3;
    private const double WeakScore = 0.2;
    private const double LeastShare = 0.3;
    private const double WholeShare = 0.6;

    public static SlotLexicon Learn(IReadOnlyList<ReplyPair> pairs)
    {
        var lexicon = new SlotLexicon(CopiedSlots(pairs), []);
        var delexicalizer = new OpenDelexicalizer(lexicon);
        delexicalizer.Learn(pairs);
        string[][] texts = [.. pairs.Select(pair => WordsOf(delexicalizer.Delexicalize(pair.Text, pair.Slots).Text))];
        string[][] features = [.. pairs.Select(pair => lexicon.FeaturesOf(pair.Slots).Where(feature => feature.Contains('=', StringComparison.Ordinal)).ToArray())];
        return new SlotLexicon(lexicon.Copied, Phrases(texts, features));
    }

    /// <summary>The folded units of a delexicalised text, without blanks.</summary>
    public static string[] WordsOf(string delexicalised) => [.. ReplyUnits.Split(delexicalised).Select(unit => ValueFinder.Fold(unit.Trim()))];

    private static IEnumerable<string> CopiedSlots(IReadOnlyList<ReplyPair> pairs)
    {
        var slots = new Dictionary<string, (HashSet<string> Values, int Found, int Given)>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var folded = ValueFinder.Fold(pair.Text);
            foreach (var (slot, value) in pair.Slots.Where(slot => !SlotLexicon.IsSpecial(slot.Value)))
            {
                var name = SlotLexicon.BaseOf(slot);
                var (values, found, given) = slots.TryGetValue(name, out var known) ? known : ([], 0, 0);
                values.Add(value);
                slots[name] = (values, found + (ValueFinder.FormsOf(value).Any(form => ValueFinder.Occurrences(folded, form).Any()) ? 1 : 0), given + 1);
            }
        }

        return slots.Where(slot => slot.Value.Values.Count >= ManyValues || slot.Value.Found >= NearlyAll * slot.Value.Given).Select(slot => slot.Key).Order(StringComparer.Ordinal);
    }

    private static List<SlotPhrase> Phrases(string[][] texts, string[][] features)
    {
        string[] names = [.. features.SelectMany(some => some).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numberOf = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        string[] slots = [.. names.Select(SlotLexicon.SlotOf).Distinct(StringComparer.Ordinal)];
        int[] slotOf = [.. names.Select(name => Array.IndexOf(slots, SlotLexicon.SlotOf(name)))];
        int[][] given = [.. features.Select(some => some.Select(name => numberOf[name]).ToArray())];
        var (ofFeature, ofSlot) = (new int[names.Length], new int[slots.Length]);
        foreach (var feature in given.SelectMany(some => some))
        {
            ofFeature[feature]++;
            ofSlot[slotOf[feature]]++;
        }

        List<Run>[] candidates = [.. names.Select(_ => new List<Run>())];
        var best = new (double Score, string[] Words)[names.Length];
        foreach (var run in CountRuns(texts, given, names.Length))
        {
            var bySlot = new int[slots.Length];
            for (var f = 0; f < names.Length; f++)
            {
                bySlot[slotOf[f]] += run.ByFeature[f];
            }

            for (var f = 0; f < names.Length; f++)
            {
                var (s, seen) = (slotOf[f], (double)bySlot[slotOf[f]]);
                if (run.ByFeature[f] < 2 || (ofSlot[s] == ofFeature[f] && !run.Words.Any(word => names[f].Contains(word, StringComparison.Ordinal) && word.Length > 2)))
                {
                    continue;
                }

                var slotLift = Lift(seen / run.Count, (double)ofSlot[s] / texts.Length);
                var valueLift = ofSlot[s] == ofFeature[f] ? 1.0 : Lift(run.ByFeature[f] / seen, (double)ofFeature[f] / ofSlot[s]);
                if (slotLift >= SlotLift && valueLift >= ValueLift)
                {
                    candidates[f].Add(run);
                }

                // The share of the value's texts that have the run, where it also tells the value.
                var score = valueLift * run.ByFeature[f] / ofFeature[f];
                best[f] = ofSlot[s] > ofFeature[f] && valueLift >= WeakValueLift && score > best[f].Score ? (score, run.Words) : best[f];
            }
        }

        var chosen = new List<SlotPhrase>();
        for (var f = 0; f < names.Length; f++)
        {
            var (phrases, share) = Cover(candidates[f], texts, [.. Enumerable.Range(0, texts.Length).Where(i => given[i].Contains(f))]);
            if (share < LeastShare)
            {
                phrases = [];
            }

            chosen.AddRange(phrases.Select(words => new SlotPhrase(names[f], words, Alone: true)));
            if (phrases.Count == 0 && best[f].Score >= WeakScore)
            {
                chosen.Add(new SlotPhrase(names[f], best[f].Words, Alone: false));
            }
        }

        return chosen;
    }

    /// <summary>How much of the way from chance to certainty.</summary>
    private static double Lift(double share, double chance) => chance >= 1.0 ? 0.0 : (share - chance) / (1.0 - chance);

    /// <summary>Runs that together stand in as many of the value's texts as can be, taken one by one by how many they add; what adds a handful only is chance.</summary>
    private static (List<string[]> Runs, double Share) Cover(List<Run> candidates, string[][] texts, int[] own)
    {
        var least = Math.Max(2, own.Length / 250);
        var places = candidates.ToDictionary(run => string.Join(' ', run.Words), _ => new List<int>(), StringComparer.Ordinal);
        int[] lengths = [.. candidates.Select(run => run.Words.Length).Distinct()];
        foreach (var i in own)
        {
            foreach (var run in lengths.SelectMany(length => Enumerable.Range(0, Math.Max(0, texts[i].Length - length + 1)).Select(at => string.Join(' ', texts[i], at, length))).Distinct(StringComparer.Ordinal))
            {
                if (places.TryGetValue(run, out var list))
                {
                    list.Add(i);
                }
            }
        }

        var (covered, chosen) = (new bool[texts.Length], new List<string[]>());
        while (places.Count > 0)
        {
            var (run, gain) = ("", 0);
            foreach (var (words, list) in places)
            {
                var adds = list.Count(i => !covered[i]);
                if (adds > gain || (adds == gain && adds > 0 && (words.Length < run.Length || (words.Length == run.Length && string.CompareOrdinal(words, run) < 0))))
                {
                    (run, gain) = (words, adds);
                }
            }

            if (gain < least)
            {
                break;
            }

            run = Whole(run, places);
            chosen.Add(run.Split(' '));
            places[run].ForEach(i => covered[i] = true);
            foreach (var part in places.Keys.Where(other => $" {run} ".Contains($" {other} ", StringComparison.Ordinal)).ToArray())
            {
                places.Remove(part);
            }
        }

        return (chosen, own.Length == 0 ? 0.0 : (double)own.Count(i => covered[i]) / own.Length);
    }

    /// <summary>The longest run that holds this one and stands in most of its texts: "20" is "less than £ 20" nearly always, and what else it is says something else.</summary>
    private static string Whole(string run, Dictionary<string, List<int>> places)
    {
        var least = WholeShare * places[run].Count;
        return places.Where(other => other.Value.Count >= least && $" {other.Key} ".Contains($" {run} ", StringComparison.Ordinal))
            .OrderByDescending(other => other.Key.Count(c => c == ' ')).ThenByDescending(other => other.Value.Count).ThenBy(other => other.Key, StringComparer.Ordinal).First().Key;
    }

    /// <summary>Every run of one to six words that stands in enough texts, with the texts of each feature; longer runs only where their ends are frequent, as in Agrawal and Srikant 1994.</summary>
    private static List<Run> CountRuns(string[][] texts, int[][] given, int features)
    {
        var least = Math.Clamp(texts.Length / 4000, 3, 12);
        var (all, before) = (new List<Run>(), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var length = 1; length <= LongestRun; length++)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var text in texts)
            {
                foreach (var run in RunsOf(text, length, before))
                {
                    counts[run] = counts.GetValueOrDefault(run) + 1;
                }
            }

            var frequent = counts.Where(entry => entry.Value >= least).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
            var byFeature = frequent.ToDictionary(entry => entry.Key, _ => new int[features], StringComparer.Ordinal);
            for (var i = 0; i < texts.Length; i++)
            {
                foreach (var run in RunsOf(texts[i], length, before).Where(byFeature.ContainsKey))
                {
                    foreach (var feature in given[i])
                    {
                        byFeature[run][feature]++;
                    }
                }
            }

            all.AddRange(frequent.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new Run(entry.Key.Split(' '), entry.Value, byFeature[entry.Key])));
            before = frequent;
        }

        return all;
    }

    /// <summary>The distinct runs of a text that may be frequent; none that holds a placeholder or the end of a sentence.</summary>
    private static IEnumerable<string> RunsOf(string[] text, int length, Dictionary<string, int> shorter)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at + length <= text.Length; at++)
        {
            if (Array.FindIndex(text, at, length, word => word[0] == '{' || word is "." or "!" or "?" or ";" or ",") >= 0)
            {
                continue;
            }

            if (length > 1 && (!shorter.ContainsKey(string.Join(' ', text, at, length - 1)) || !shorter.ContainsKey(string.Join(' ', text, at + 1, length - 1))))
            {
                continue;
            }

            var run = string.Join(' ', text, at, length);
            if (seen.Add(run))
            {
                yield return run;
            }
        }
    }

    private sealed record Run(string[] Words, int Count, int[] ByFeature);
}
