namespace ChatAgent.Nlg;

/// <summary>Words a reply: each act by itself, then all of them as one paragraph. Immutable and safe for concurrent callers.</summary>
public sealed class ReplyGenerator
{
    private readonly WrittenWordings _wordings;

    /// <summary>A generator that speaks by the written wordings.</summary>
    public ReplyGenerator(WrittenWordings wordings) => _wordings = wordings;

    /// <summary>Words every act of the request; the same request gives the same text.</summary>
    /// <exception cref="ArgumentException">A slot's value is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">An act has neither a generated nor a written wording.</exception>
    public GeneratedReply Generate(GenerationRequest request) => Word(request);

    /// <summary>The same as <see cref="Generate"/>, with every act's beam filled.</summary>
    /// <inheritdoc cref="Generate"/>
    public GeneratedReply Explain(GenerationRequest request) => Word(request);

    private GeneratedReply Word(GenerationRequest request)
    {
        if (request.Acts.Count == 0)
        {
            return GeneratedReply.Silence;
        }

        var acts = new GeneratedAct[request.Acts.Count];
        for (var index = 0; index < acts.Length; index++)
        {
            var act = Clean(request.Acts[index]);
            var texts = _wordings.Texts(act, request.Language, request.Style, Seeds.Of(request.Seed, index)).ToList();
            acts[index] = new GeneratedAct { Act = act, Text = texts.Find(text => !IsSaidBefore(text, request)) ?? texts[0], Source = WordingSource.Written };
        }

        return new GeneratedReply(string.Join(' ', acts.Select(act => act.Text)), acts);
    }

    private static DialogAct Clean(DialogAct act) =>
        new(act.Name, act.Slots.ToDictionary(slot => slot.Key, slot => Lexicalizer.Clean(act.Name, slot.Key, slot.Value), StringComparer.Ordinal));

    private static bool IsSaidBefore(string text, GenerationRequest request) => request.SaidBefore.Any(said => said.Contains(text, StringComparison.Ordinal));
}
