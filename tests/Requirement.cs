namespace ChatAgent.Tests;

/// <summary>What a test needs beyond the SDK: a browser, a server, public data.</summary>
internal static class Requirement
{
    private static bool AllRequired => Environment.GetEnvironmentVariable("CHATAGENT_REQUIRE_ALL") is { Length: > 0 } and not "0";

    /// <summary>Skips the test where <paramref name="what"/> is missing, and says so; under CHATAGENT_REQUIRE_ALL the test fails instead. Use with [SkippableFact].</summary>
    public static void Have(bool present, string what)
    {
        if (!present && AllRequired)
        {
            Assert.Fail($"{what} is missing, and CHATAGENT_REQUIRE_ALL is set");
        }

        Skip.IfNot(present, $"{what} is missing");
    }
}
