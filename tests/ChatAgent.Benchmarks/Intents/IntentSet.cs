namespace ChatAgent.Benchmarks;

/// <summary>One public set of labelled utterances, and what is to be reached on it.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Target">Accuracy on the test rows in percent that must be reached; 0 for none.</param>
/// <param name="Aim">What is aimed at.</param>
/// <param name="Validation">Name of the rows that choose mixture and threshold, or null to hold training rows out.</param>
internal sealed record IntentSet(string Name, double Target, double Aim, string? Validation)
{
    /// <summary>Rows that training takes while settings are chosen on dev.</summary>
    public string TuningRows { get; init; } = "train";

    /// <summary>Whether both paths are measured alone as well, and what is to be reached by the dense one.</summary>
    public double DenseTarget { get; init; }

    /// <summary>Area under the curve against <see cref="Strangers"/>; 0 for none.</summary>
    public double AurocTarget { get; init; }

    public double AurocAim { get; init; }

    /// <summary>Rows of no intent.</summary>
    public string Strangers { get; init; } = "oos_test";

    /// <summary>Whether both ways of setting the threshold are measured.</summary>
    public bool MeasuresThreshold { get; init; }

    /// <summary>Spanish loses at most half a point without its accents.</summary>
    public bool IsSpanish => Name.Contains("_es", StringComparison.Ordinal);

    // Ten rows an intent leave none to choose with, so the 10-shot sets hold out of their own; the development rows of banking77 are among its training rows.
    public static IReadOnlyList<IntentSet> All { get; } =
    [
        new("clinc150_full", 93.0, 94.5, "dev") { DenseTarget = 90.5, AurocTarget = 0.955, AurocAim = 0.97, MeasuresThreshold = true },
        new("clinc150_10shot", 82.5, 85, null),
        new("banking77", 92.0, 93, null) { TuningRows = "tune_train" },
        new("banking77_10shot", 76.5, 80, null),
        new("banking77_oos", 0, 0, "dev") { AurocTarget = 0.85, AurocAim = 0.85, Strangers = "oos_test_id" },
        new("snips", 98.3, 98.7, "dev"),
        new("ms_va_lu_es", 87.5, 90, "dev"),
        new("ms_chitchat_es", 97.3, 97.3, "dev"),
        new("ms_chitchat_es_10shot", 78.5, 82, null),
        new("mr_en", 79.5, 82, "dev"),
    ];
}
