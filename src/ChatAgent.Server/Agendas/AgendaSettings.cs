namespace ChatAgent.Server.Agendas;

/// <summary>How other programs of the clinic reach the agenda, and are told of its changes.</summary>
/// <param name="Token">What they show as a bearer; null: nobody reaches it.</param>
/// <param name="Webhook">Whom changes are told to; null: nobody.</param>
internal sealed record AgendaSettings(string? Token, WebhookTarget? Webhook)
{
    private const int LeastSecretLength = 16;

    /// <summary>Reads <c>Agenda:TokenFile</c>, <c>Webhook:Url</c> and <c>Webhook:SecretFile</c>, or the secrets from the environment (<c>Agenda__Token</c>, <c>Webhook__Secret</c>).</summary>
    /// <exception cref="InvalidDataException">A setting is wrong; the message names it and what is expected.</exception>
    public static AgendaSettings Read(IConfiguration configuration)
    {
        var token = ReadSecret(configuration, "Agenda", "Token");
        var url = configuration["Webhook:Url"];
        if (string.IsNullOrEmpty(url))
        {
            return new AgendaSettings(token, null);
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback)))
        {
            throw new InvalidDataException($"Webhook:Url: \"{url}\" is not an address that may be told; expected https://…, or http:// on this machine");
        }

        return ReadSecret(configuration, "Webhook", "Secret") is { } secret
            ? new AgendaSettings(token, new WebhookTarget(address, secret))
            : throw new InvalidDataException("Webhook:Url is set and there is no secret to sign with: set the environment's Webhook__Secret, or Webhook:SecretFile");
    }

    private static string? ReadSecret(IConfiguration configuration, string section, string name)
    {
        var variable = $"{section}__{name}";
        if (configuration[$"{section}:{name}"] is { Length: > 0 } && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            throw new InvalidDataException($"{section}:{name}: a secret stands in no settings file and on no command line; set the environment's {variable}, or {section}:{name}File");
        }

        var file = configuration[$"{section}:{name}File"];
        var secret = string.IsNullOrEmpty(file) ? Environment.GetEnvironmentVariable(variable) : File.ReadAllText(file).Trim();
        return string.IsNullOrEmpty(secret) ? null
            : secret.Length >= LeastSecretLength ? secret
            : throw new InvalidDataException($"{section}:{name} has {secret.Length} characters; expected at least {LeastSecretLength}");
    }
}

/// <summary>Whom changes are told to.</summary>
/// <param name="Url">Takes POST.</param>
/// <param name="Secret">Signs.</param>
internal sealed record WebhookTarget(Uri Url, string Secret);
