namespace ChatAgent.Dialogs;

/// <summary>What sort of an answer it is; facts come before small talk.</summary>
public enum AnswerKind
{
    Fact,
    SmallTalk,
}
