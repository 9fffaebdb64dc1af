using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests;

/// <summary>The example of src/ChatAgent.Nlu/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_HoldsWhatItSays()
    {
        const string corpus = "voy\tSí, voy\nvoy\tahí estaré\nno_voy\tNo puedo ir\nno_voy\tcancele mi hora\n";
        var data = new NluTrainingData
        {
            Train = CorpusReader.Parse(corpus, "mio.tsv", CorpusFormat.Tsv),
            Lexicon = new NluLexicon([new LexiconEntry("doctor", "Dra. Camila Rojas Peña", [])]),
        };
        var engine = NluTrainer.Train(data, new NluTrainingOptions(), progress: null, CancellationToken.None);
        var sentAt = DateTimeOffset.Parse("2026-04-25T18:49:00-04:00", System.Globalization.CultureInfo.InvariantCulture);
        var meaning = engine.Parse([new Utterance("no puedo ir con la dra rojas el martes a las 10", sentAt)], ParseContext.Empty);
        var intent = meaning.Intents[0].Intent;
        var doctor = meaning.Entities[0].Value;
        var time = meaning.Entities[1].Value;

        Assert.Equal(("no_voy", "Dra. Camila Rojas Peña", "2026-04-28T10:00"), (intent, doctor, time));
    }
}
