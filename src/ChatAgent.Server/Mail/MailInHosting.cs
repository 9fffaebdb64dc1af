using ChatAgent.Mailroom;

namespace ChatAgent.Server.Mail;

/// <summary>The ways in for mails, those that are configured; all lead to <see cref="MailInlet"/>.</summary>
internal static class MailInHosting
{
    public static void AddServices(IServiceCollection services, HostOptions options)
    {
        services.AddSingleton<MailInlet>();
        if (options.MailInFolder is not null)
        {
            services.AddHostedService<FolderInboxService>();
        }

        if (options.Lmtp is not null)
        {
            services.AddSingleton<LmtpConnectionHandler>();
            services.AddHostedService<LmtpListener>();
        }

        if (options.Imap is not null)
        {
            services.AddHostedService<ImapInboxService>();
        }
    }
}
