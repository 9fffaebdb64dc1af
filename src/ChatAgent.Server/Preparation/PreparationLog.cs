namespace ChatAgent.Server.Preparation;

/// <summary>Log messages of the preparation that are raised outside its own class.</summary>
internal static partial class PreparationLog
{
    [LoggerMessage(2311, LogLevel.Warning, "{Problem}")]
    public static partial void BrokenModel(this ILogger logger, string problem);
}
