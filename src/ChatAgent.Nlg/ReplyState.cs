using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>The state of a batch of hypotheses of one meaning: one of each member of the model, and where each text stands in its phrases. Not thread-safe.</summary>
public sealed class ReplyState
{
    internal ReplyState(TokenState[] members, int[] phrases) => (Members, Phrases) = (members, phrases);

    /// <summary>B, hypotheses.</summary>
    public int Rows => Phrases.Length;

    internal TokenState[] Members { get; }

    /// <summary>State of the phrase table of each row, (B).</summary>
    internal int[] Phrases { get; }

    internal ReplyState Gather(ReadOnlySpan<int> parents)
    {
        var (members, phrases) = (new TokenState[Members.Length], new int[parents.Length]);
        for (var member = 0; member < members.Length; member++)
        {
            members[member] = Members[member].Gather(parents);
        }

        for (var row = 0; row < phrases.Length; row++)
        {
            phrases[row] = Phrases[parents[row]];
        }

        return new ReplyState(members, phrases);
    }
}
