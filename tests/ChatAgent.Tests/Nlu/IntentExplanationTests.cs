using ChatAgent.Text;

namespace ChatAgent.Nlu.Tests;

public sealed class IntentExplanationTests
{
    [Fact]
    public void Explain_DeletingTheEvidence_LowersTheScoreMoreThanOtherWords()
    {
        var random = new Random(3);
        var (measured, faithful) = (0, 0);
        foreach (var row in SmallClinic.Train)
        {
            // One word more than was trained on: the exact match would hide the paths.
            var text = row.Text + " gracias";
            var words = Tokenizer.Tokenize(text).Where(token => token.Kind != TokenKind.Punctuation).ToArray();
            var why = SmallClinic.Engine.Explain(text)!;
            var chance = 0.0;
            for (var draw = 0; draw < 10; draw++)
            {
                random.Shuffle(words);
                chance += ScoreWithout(text, words[..why.Evidence.Count].Select(word => word.Span), why.Intent) / 10;
            }

            measured++;
            faithful += ScoreWithout(text, why.Evidence.Select(word => word.Span), why.Intent) < chance ? 1 : 0;
        }

        Assert.True(faithful >= 0.9 * measured, $"{faithful} of {measured}");
    }

    [Fact]
    public void Explain_Change_IsWhatTheMessageReadsWithoutTheWords()
    {
        const string text = "quiero cancelar la dirección exacta";

        var why = SmallClinic.Engine.Explain(text)!;

        Assert.NotNull(why.Change);
        var left = string.Join(' ', text.Split(' ').Except(why.Change.Without));
        var (intents, isInScope) = SmallClinic.Engine.Classify(left);
        Assert.Equal((why.Change.Intent, why.Change.Score), (isInScope ? intents[0].Intent : null, intents[0].Score));
        Assert.True(why.Change.Intent != why.Intent);
    }

    [Fact]
    public void Explain_TrainingExample_IsExactWithItsMargin()
    {
        var why = SmallClinic.Engine.Explain("A qué hora abren")!;

        Assert.True(why.IsExact);
        Assert.Equal(("hours", 1.0, "a qué hora abren"), (why.Intent, why.Score, why.Nearest[0].Text));
        Assert.Equal(1 - why.RunnerUp!.Score, why.Margin, 12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u200B")]
    public void Explain_NothingWritten_IsNull(string text) => Assert.Null(SmallClinic.Engine.Explain(text));

    [Theory]
    [InlineData("👍")]
    [InlineData("שלום מה שלומך")]
    [InlineData("?")]
    [InlineData("voy")]
    public void Explain_StrangeText_StaysInside(string text)
    {
        var why = SmallClinic.Engine.Explain(text)!;

        Assert.All(why.Evidence, word => Assert.Equal(word.Text, word.Span.In(text)));
        Assert.InRange(why.Evidence.Count, 0, 5);
    }

    [Fact]
    public void Explain_LongText_IsBounded()
    {
        var why = SmallClinic.Engine.Explain(string.Concat(Enumerable.Repeat("no puedo ir al centro ", 5000)))!;

        Assert.InRange(why.Evidence.Count, 0, 5);
    }

    private static double ScoreWithout(string text, IEnumerable<TextSpan> spans, string intent)
    {
        var left = text.ToCharArray();
        foreach (var span in spans)
        {
            left.AsSpan(span.Start, span.Length).Fill(' ');
        }

        return SmallClinic.Engine.Classify(new string(left)).Intents.First(score => score.Intent == intent).Score;
    }
}
