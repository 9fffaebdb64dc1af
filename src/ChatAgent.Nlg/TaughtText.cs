namespace ChatAgent.Nlg;

/// <summary>A text that the model was taught.</summary>
/// <param name="Text">With placeholders; units that the model does not know are "…".</param>
/// <param name="Agreement">0 to 1: twice the runs of one to four units that it has in common with the text it is near to, over the runs of both.</param>
public sealed record TaughtText(string Text, double Agreement);
