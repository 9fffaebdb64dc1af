namespace ChatAgent.Text.Corpora;

/// <summary>Formats of labelled text.</summary>
public enum CorpusFormat
{
    /// <summary>A line <c>label TAB text</c> per row.</summary>
    Tsv,

    /// <summary>RFC 4180 with a header that names "text" and one of "category", "intent", "label".</summary>
    Csv,

    /// <summary>CLINC's object of sections, each a list of [text, label]; or a bare list of those; or of {"text","intent"}.</summary>
    ClincJson,

    /// <summary>Rasa's training data: <c>nlu:</c> with <c>intent</c> and <c>examples</c>.</summary>
    RasaYaml,

    /// <summary>LUIS: headings of intents, lines of examples, entities as <c>{name=words}</c>.</summary>
    Lu,

    /// <summary>QnA Maker: questions that share an answer share a label, the first question.</summary>
    Qna,
}
