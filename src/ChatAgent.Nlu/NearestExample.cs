namespace ChatAgent.Nlu;

/// <summary>A training example near the message.</summary>
/// <param name="Id">Row of the example in the training set, stable within a bundle.</param>
/// <param name="Intent">Its label.</param>
/// <param name="Text">Its words (the owner's own, never a visitor's).</param>
/// <param name="Similarity">Cosine in the encoder's space, -1 to 1.</param>
public sealed record NearestExample(int Id, string Intent, string Text, double Similarity);
