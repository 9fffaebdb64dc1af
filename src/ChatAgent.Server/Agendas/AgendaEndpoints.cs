using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Server.Agendas;

/// <summary>The agenda for the clinic's other programs.</summary>
/// <remarks>
/// <code>
/// GET  /api/agenda/appointments?from=2026-05-04&amp;to=2026-05-08    a list of rows with their history
/// POST /api/agenda/appointments?dryRun=true                      a list of rows (application/json) or a table (text/csv), as the importer reads them
/// </code>
/// With the token of <see cref="AgendaSettings"/> as bearer; without one in the settings there is no such resource. A list with an error changes nothing: 422 with row
/// and column of each.
/// </remarks>
internal sealed class AgendaEndpoints(AgendaSettings settings, AgendaImporter importer, IConversationStore store)
{
    private const int MaxBytes = 16 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (settings.Token is null)
        {
            return;
        }

        var agenda = routes.MapGroup("/api/agenda").AddEndpointFilter(async (context, next) => IsAllowed(context.HttpContext) ? await next(context) : Unauthorized(context.HttpContext));
        agenda.MapGet("/appointments", ListAsync);
        agenda.MapPost("/appointments", ImportAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context, string? from, string? to, CancellationToken cancellationToken)
    {
        if (!TryReadDay(from, out var first) || !TryReadDay(to, out var last))
        {
            return Results.Json(new AgendaRefusal("invalid", "from and to: expected days such as 2026-05-04"), AgendaEndpointsJson.Default.AgendaRefusal, statusCode: StatusCodes.Status400BadRequest);
        }

        var memory = new MemoryStream();
        await new AgendaExporter(store).WriteJsonAsync(memory, first, last, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(memory.ToArray(), "application/json; charset=utf-8");
    }

    private async Task<IResult> ImportAsync(HttpContext context, bool? dryRun, CancellationToken cancellationToken)
    {
        if (await ReadTextAsync(context.Request.Body, cancellationToken) is not { } text)
        {
            return Results.Json(new AgendaRefusal("too_long", $"more than {MaxBytes} bytes, or not UTF-8"), AgendaEndpointsJson.Default.AgendaRefusal, statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        var isCsv = context.Request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) ?? false;
        try
        {
            var result = isCsv
                ? await importer.ImportCsvAsync(new StringReader(text), AgendaMapping.None, dryRun ?? false, cancellationToken)
                : await importer.ImportJsonRowsAsync(text, AgendaMapping.None, dryRun ?? false, cancellationToken);
            return Results.Json(result, AgendaEndpointsJson.Default.AgendaImportResult, statusCode: result.Errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
        }
        catch (StoreConflictException)
        {
            // A patient changed one of them in the same moment: nothing was written.
            return Results.Json(new AgendaRefusal("conflict", "an appointment changed while the list was read; send it again"), AgendaEndpointsJson.Default.AgendaRefusal, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private bool IsAllowed(HttpContext context)
    {
        const string Scheme = "Bearer ";
        return context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(settings.Token!)));
    }

    private static IResult Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Json(new AgendaRefusal("unauthorized", "expected Authorization: Bearer TOKEN"), AgendaEndpointsJson.Default.AgendaRefusal, statusCode: StatusCodes.Status401Unauthorized);
    }

    private static async Task<string?> ReadTextAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[81_920];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxBytes)
            {
                return null;
            }
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool TryReadDay(string? text, out LocalDate? day)
    {
        var parsed = string.IsNullOrEmpty(text) ? null : LocalDatePattern.Iso.Parse(text);
        day = parsed is { Success: true } ? parsed.Value : null;
        return parsed is null or { Success: true };
    }
}

/// <summary>Why nothing was done.</summary>
internal sealed record AgendaRefusal(string Code, string Reason);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true, Converters = [typeof(LocalDateTimeConverter)])]
[JsonSerializable(typeof(AgendaImportResult))]
[JsonSerializable(typeof(AgendaRefusal))]
internal sealed partial class AgendaEndpointsJson : JsonSerializerContext
{
}
