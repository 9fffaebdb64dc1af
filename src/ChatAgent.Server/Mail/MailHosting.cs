using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Server.Channels;
using ChatAgent.Store;

namespace ChatAgent.Server.Mail;

/// <summary>Composes the mailroom of a host: the way out, threads, intake, delivery.</summary>
internal static class MailHosting
{
    public static void AddServices(IServiceCollection services, HostOptions options, HostKeys keys, BotDefinition bot)
    {
        var mailbox = MailAddress.Create(options.MailFrom, ServerApp.ClinicOf(bot));
        services.AddSingleton(mailbox);
        services.AddSingleton(new ReplyAddresses(keys.MailKey, mailbox));
        services.AddSingleton<IMailTransport>(provider => options.Smtp is { } smtp
            ? new SmtpTransport(smtp, provider.GetRequiredService<TimeProvider>())
            : new FolderTransport(new MailFolder(options.MailFolder)));
        services.AddSingleton<ICodeSender>(provider => new CodeMailer(
            provider.GetRequiredService<IMailTransport>(),
            mailbox,
            provider.GetRequiredService<TimeProvider>(),
            name => Console.WriteLine(options.Smtp is not null ? "A mail with a one-time code left." : $"A mail with a one-time code left: {Path.Combine(options.MailFolder, name + ".eml")}")));
        services.AddSingleton<MailThreads>();
        services.AddSingleton(provider => new MailIntake(
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<Agent>(),
            provider.GetRequiredService<Agenda>(),
            provider.GetRequiredService<MailThreads>(),
            new MailFolder(options.ReceivedMailFolder),
            new MailIntakeOptions { AuthservId = options.AuthservId },
            bot.Domain.Zone,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MailIntake>>(),
            options.IsShadow ? provider.GetRequiredService<ShadowDesk>() : null));
        services.AddSingleton(new ShadowOptions());
        services.AddSingleton<ShadowDesk>();
        services.AddSingleton<MailQuestions>();
        services.AddSingleton<PatientAnswers>();
        services.AddSingleton<AnswerPages>();
        services.AddSingleton<IMailDress>(provider => new PatientLetter(
            provider.GetRequiredService<Agenda>(), provider.GetRequiredService<ReplyAddresses>(), provider.GetRequiredService<SignedLinks>(), mailbox, bot, options.PublicUrl));
        services.AddSingleton(provider => new MailDelivery(
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<MailThreads>(),
            provider.GetRequiredService<ReplyAddresses>(),
            provider.GetRequiredService<IMailTransport>(),
            mailbox,
            provider.GetRequiredService<IMailDress>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MailDelivery>>()) { CopyPatience = options.Smtp?.CopyTo is null ? TimeSpan.Zero : options.CopyPatience });
        services.AddHostedService<MailDeliveryService>();
        services.AddSingleton(CampaignRules.Load(options.BotFolder, bot.Domain));
        services.AddSingleton(provider => new WaitingList(
            provider.GetRequiredService<Agent>(),
            provider.GetRequiredService<Agenda>(),
            provider.GetRequiredService<MailThreads>(),
            provider.GetRequiredService<MailQuestions>(),
            provider.GetRequiredService<CampaignRules>(),
            bot.Domain.Zone,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WaitingList>>()));
        services.AddSingleton(provider => new CampaignRunner(
            provider.GetRequiredService<Agent>(),
            provider.GetRequiredService<Agenda>(),
            provider.GetRequiredService<MailThreads>(),
            provider.GetRequiredService<MailQuestions>(),
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<CampaignRules>(),
            bot.Domain.Zone,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CampaignRunner>>()));
        services.AddHostedService<CampaignService>();
        MailInHosting.AddServices(services, options);
    }
}

/// <summary>Takes the bot's and the operators' words to patients by mail.</summary>
internal sealed class MailDeliveryService(OutboxPump pump, MailDelivery delivery) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(MailIntake.Channel, delivery.DeliverAsync, stoppingToken);
}
