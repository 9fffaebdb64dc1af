using System.Globalization;
using Serilog;
using Serilog.Events;

namespace ChatAgent.Server.Observation;

/// <summary>Logs to the console and to a file a day. Ids, names of intents and numbers only: never what a person wrote, never an address, never a secret.</summary>
internal static class Logging
{
    private const int KeptFiles = 14;
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static void Configure(ILoggingBuilder logging, IConfiguration configuration, string folder)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)

            // Kestrel and routing would write request paths, which can hold a signed link.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning)

            // It warns that the keys of the operators' sessions lie unencrypted; their folder is its user's alone, as that of the host's other keys.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            // Why the start failed is said once, in one line, by ServerProgram.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text == "Hosting failed to start")
            .ReadFrom.Configuration(configuration)
            .WriteTo.Console(formatProvider: CultureInfo.InvariantCulture, outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}")
            .WriteTo.Async(sink => sink.File(
                Path.Combine(folder, "chatagent-.log"),
                formatProvider: CultureInfo.InvariantCulture,
                outputTemplate: Template,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: KeptFiles))
            .CreateLogger();
        logging.ClearProviders();
        logging.AddSerilog(logger, dispose: true);
    }
}
