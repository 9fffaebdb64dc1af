namespace ChatAgent.Nlg;

/// <summary>How a <see cref="ReplyGenerator"/> chooses its words.</summary>
public sealed record ReplyGeneratorOptions
{
    /// <summary>For a model whose slots combine freely and that has no written wordings behind it: the best of the beam as people would have it.</summary>
    /// <param name="beamWidth">1 to 64.</param>
    /// <param name="model">Where it was taught a meaning in one text, more texts have to be found that vote; where its texts repeat themselves, so may what is found.</param>
    public static ReplyGeneratorOptions ForOpen(int beamWidth, ReplyModel model) => new()
    {
        Search = new BeamSearchOptions
        {
            BeamWidth = beamWidth,
            Count = Math.Clamp(model.Layout.Knowledge.PerMeaning < FewTexts ? VotersPerBeam * beamWidth : beamWidth, 1, 64),
            NoRepeatLength = model.Taught.ShareWithRepeats(BlockedRun) < MuchRepeated ? BlockedRun : 0,
            MaxTokens = 80,
            StopAtCount = true,
        },
        LeastScore = double.NegativeInfinity,
        OpeningTokens = 0,
        Openings = 0,
        Variety = 0,
        Typical = false,
        Consensus = 0.3,
        Referees = 0.05,
        SayRefused = true,
    };

    private const double FewTexts = 2.0;
    private const int VotersPerBeam = 3;
    private const int BlockedRun = 3;

    /// <summary>Of 100 texts on restaurants two at most say a run of three twice, of 100 on television sets, which are compared, ten: "A has a small screen and B has a small screen".</summary>
    private const double MuchRepeated = 0.05;

    /// <summary>The search for the wordings of one act.</summary>
    public BeamSearchOptions Search { get; init; } = new() { Count = 5, Margin = 1.5, MaxTokens = 48, StopAtCount = true };

    /// <summary>Texts that pass the checks and score at most that far below the best of them are chosen among, 0 or more; 0 takes the best.</summary>
    public double Variety { get; init; } = 1.0;

    /// <summary>Among those the one is chosen that has most in common with what the act was taught with; else the seed chooses.</summary>
    public bool Typical { get; init; } = true;

    /// <summary>Tokens that the request's seed draws from the model before the search goes on from them, 0 to 8; 0 gives the likeliest wordings only.</summary>
    public int OpeningTokens { get; init; } = 3;

    /// <summary>Openings that are drawn at once, 1 to 8: what is found behind any of them is chosen among.</summary>
    public int Takes { get; init; } = 2;

    /// <summary>Each token of an opening is drawn among the likeliest tokens that together have this share of the probability, above 0 to 1.</summary>
    public double OpeningMass { get; init; } = 0.97;

    /// <summary>Openings that are tried before the search begins without one, 0 or more.</summary>
    public int Openings { get; init; } = 3;

    /// <summary>Least length-normalised log-probability of a wording. Taught wordings lie above -2.7; what lies below -3 is mostly two wordings spliced.</summary>
    public double LeastScore { get; init; } = -3.0;

    /// <summary>Chooses by what the accepted texts have in common instead of by score: each counts with its probability to this power, 0 or more; null goes by score.</summary>
    public double? Consensus { get; init; }

    /// <summary>Chooses by what a text can expect to have in common with people's texts of like meanings, plus the score times this number, 0 or more; null leaves that out. Only where slots combine freely and a meaning was taught in several texts; elsewhere <see cref="Consensus"/> chooses.</summary>
    public double? Referees { get; init; }

    /// <summary>Says the best refused text where every text was refused and there is no written wording: for a benchmark, never for a person.</summary>
    public bool SayRefused { get; init; }
}
