using ChatAgent.Nlg;

namespace ChatAgent.Nlg.Tests;

public sealed class PhraseTableTests
{
    [Fact]
    public void PhraseAt_AnyText_IsTheLongestThatEndsThere()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            int[] classes = [.. Enumerable.Range(0, 6).Select(token => token == 5 ? -1 : token % 4)];
            int[][] phrases = [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(4)).ToArray())];
            var table = new PhraseTable(classes, phrases);
            var (state, said) = (0, new List<int>());
            for (var at = 0; at < 40; at++)
            {
                var completions = table.Completions(state).ToArray().ToDictionary(entry => entry.Token, entry => entry.Phrase);
                var token = random.Next(6);
                said.Add(classes[token]);
                state = table.Next(state, token);

                var longest = phrases.Where(phrase => said.Count >= phrase.Length && said.TakeLast(phrase.Length).SequenceEqual(phrase)).OrderByDescending(phrase => phrase.Length).FirstOrDefault();
                var found = table.PhraseAt(state);
                Assert.Equal(longest is null, found < 0);
                Assert.Equal(longest ?? [], found < 0 ? [] : phrases[found]);
                Assert.Equal(found, completions.GetValueOrDefault(token, -1));
            }
        }
    }
}
