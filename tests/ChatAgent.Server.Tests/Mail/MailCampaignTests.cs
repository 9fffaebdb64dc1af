using System.Globalization;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Store;
using Xunit.Abstractions;

namespace ChatAgent.Server.Tests.Mail;

/// <summary>Whole campaigns with a real Postfix and a real Dovecot: questions out by submission, answers in over LMTP and IMAP, and everything that can break in between.</summary>
/// <remarks>More kills, another seed: <c>CHATAGENT_MAIL_KILLS=50 CHATAGENT_MAIL_SEED=2 dotnet test tests/ChatAgent.Server.Tests -c Release --filter FullyQualifiedName~MailCampaign</c>.</remarks>
public sealed class MailCampaignTests(ITestOutputHelper output)
{
    private const int Patients = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [SkippableFact]
    public async Task Campaign_OfFifty_EndsEachAppointmentInTheRightState()
    {
        MailServers.Require();
        var patients = (MailServers servers) => Enumerable.Range(0, Patients).Select(i => new ScriptedPatient(servers, i, new ScriptedPatient.Faults(false, false))).ToList();
        await using var campaign = await Campaign.StartAsync(patients, perMinute: Patients);

        await campaign.EndAsync(output);
    }

    [SkippableFact]
    public async Task Campaign_KilledStoppedDoubledAndReordered_LosesNothingAndSendsNothingTwice()
    {
        MailServers.Require();
        var kills = Number("CHATAGENT_MAIL_KILLS", 10);
        var seed = Number("CHATAGENT_MAIL_SEED", 20260421);
        output.WriteLine($"seed {seed}, {kills} kills");
        var random = new Random(seed);
        await using var campaign = await Campaign.StartAsync(servers => [.. Enumerable.Range(0, Patients).Select(i => new ScriptedPatient(servers, i, new ScriptedPatient.Faults(SendsTwice: i % 3 == 0, Overtakes: i >= Patients / 2)))],

            // Slowly, so that kills fall into every phase: each start of the host asks so many and no more for a minute.
            perMinute: Math.Max(2, 4 * Patients / kills));
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(50, 1500));
            await campaign.Clinic.Host.KillAsync();
            if (kill == kills / 2)
            {
                await campaign.Servers.StopPostfixAsync();
                await campaign.Clinic.Host.StartAgainAsync();
                await Task.Delay(3000);
                await campaign.Servers.StartPostfixAsync();
            }
            else
            {
                await campaign.Clinic.Host.StartAgainAsync();
            }
        }

        await campaign.EndAsync(output);
    }

    private static int Number(string variable, int usual) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    private sealed class Campaign : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly MailThread[] _threads = new MailThread[Patients];
        private List<ScriptedPatient> _patients = null!;
        private Task _playing = Task.CompletedTask;

        public MailServers Servers { get; private set; } = null!;

        public CampaignClinic Clinic { get; private set; } = null!;

        public static async Task<Campaign> StartAsync(Func<MailServers, List<ScriptedPatient>> patients, int perMinute)
        {
            var campaign = new Campaign();
            campaign.Servers = await MailServers.StartAsync(Enumerable.Range(0, Patients).Where(i => ScriptedPatient.Ways[i % ScriptedPatient.Ways.Count] != "no such mailbox").Select(CampaignClinic.AddressOf));
            campaign.Clinic = await CampaignClinic.StartAsync(campaign.Servers, Patients, perMinute);
            campaign._patients = patients(campaign.Servers);
            campaign._playing = Task.WhenAll(campaign._patients.Select(patient => patient.RunAsync(campaign._stop.Token)));
            return campaign;
        }

        /// <summary>Waits until all is quiet, and looks at every appointment, every mailbox and every log.</summary>
        public async Task EndAsync(ITestOutputHelper output)
        {
            var start = DateTimeOffset.UtcNow;
            try
            {
                await _playing.WaitAsync(Limit);
                while (await FindOpenAsync() is { } open)
                {
                    Assert.True(DateTimeOffset.UtcNow < start + Limit, $"after {Limit}: {open}");
                    await Task.Delay(250);
                }

                // What would come twice comes now.
                await Task.Delay(3000);
                await CheckAsync(output);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                output.WriteLine(Servers.Logs());
                output.WriteLine(Clinic.Host.Said());
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Clinic.DisposeAsync();
            await Servers.DisposeAsync();
            _stop.Dispose();
        }

        /// <summary>What is still under way, or null.</summary>
        private async Task<string?> FindOpenAsync()
        {
            if (await Clinic.CountWaitingAsync() is > 0 and var waiting)
            {
                return $"{waiting} conversations wait for their turn";
            }

            if (await Servers.ReadQueueAsync() is { } queue)
            {
                await Servers.FlushAsync();
                return $"Postfix has mails to deliver: {queue}";
            }

            foreach (var (patient, i) in _patients.Select((patient, i) => (patient, i)))
            {
                if (await Clinic.FindThreadAsync(i) is not { } thread)
                {
                    return $"patient {i} was not asked";
                }

                _threads[i] = thread;
                var status = await Clinic.StatusOfAsync(i);
                var log = await Clinic.LogOfAsync(_threads[i]);
                var mails = patient.Received().Select(mail => mail.MessageId).ToHashSet(StringComparer.Ordinal);
                if (status != patient.Expected
                    || (NeedsOperator(patient, log) && await Clinic.HolderOfAsync(_threads[i]) != Holder.WaitingForOperator)
                    || Heard(log).Count < patient.Sent
                    || (patient.HasMailbox && Said(log, i).Any(id => !mails.Contains(id))))
                {
                    return $"patient {i} ({patient.Way}): {status}, {patient.Expected} was expected; {Heard(log).Count} of {patient.Sent} mails heard, {mails.Count} of {Said(log, i).Count} received";
                }
            }

            return null;
        }

        private async Task CheckAsync(ITestOutputHelper output)
        {
            var (mails, copies) = (0, 0);
            foreach (var (patient, i) in _patients.Select((patient, i) => (patient, i)))
            {
                var log = await Clinic.LogOfAsync(_threads[i]);
                Assert.True(patient.Expected == await Clinic.StatusOfAsync(i), $"patient {i} ({patient.Way}): {await Clinic.StatusOfAsync(i)}, {patient.Expected} was expected");
                Assert.True(NeedsOperator(patient, log) == (await Clinic.HolderOfAsync(_threads[i]) == Holder.WaitingForOperator), $"patient {i} ({patient.Way}): {await Clinic.HolderOfAsync(_threads[i])}");
                Assert.True(Heard(log).Count == patient.Sent && Heard(log).Distinct(StringComparer.Ordinal).Count() == patient.Sent, $"patient {i} ({patient.Way}): {Heard(log).Count} of {patient.Sent} mails stand in the log");
                Assert.Equal(!patient.HasMailbox, await Clinic.IsSuppressedAsync(_threads[i]));

                // Every row that was said is one mail, and every mail is a row that was said.
                var received = patient.Received().Select(mail => mail.MessageId!).ToList();
                Assert.Equal(patient.HasMailbox ? Said(log, i).Order(StringComparer.Ordinal) : [], received.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
                mails += received.Count;
                copies += received.Count - received.Distinct(StringComparer.Ordinal).Count();
            }

            output.WriteLine($"{mails} mails reached patients, {copies} of them were copies");
            Assert.Equal(0, copies);
            Assert.Empty(await Clinic.VerifyAsync());
        }

        /// <summary>
        /// Whether a person must have been called. A mail that waited in Postfix while the host was down may have come in the order in which the two were written after all: then
        /// nothing was overtaken.
        /// </summary>
        private static bool NeedsOperator(ScriptedPatient patient, IReadOnlyList<LogEntry> log) => patient.NeedsOperator
            && !(patient.Way == "yes, then no" && log.FirstOrDefault(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Client })?.Text?.StartsWith("Sí", StringComparison.Ordinal) == true);

        /// <summary>External ids of what the patient said, in words or by a calendar.</summary>
        private static IReadOnlyList<string> Heard(IReadOnlyList<LogEntry> log) =>
            [.. log.Where(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Client } or { Kind: ConversationEvents.AnswerChosen }).Select(entry => entry.ExternalId!)];

        /// <summary>Message-IDs of the mails that the rows of the bot must have become.</summary>
        private IReadOnlyList<string> Said(IReadOnlyList<LogEntry> log, int patient) =>
            [.. log.Where(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Bot, Text: not null } && entry.Audience.HasFlag(Audience.Client)).Select(entry => Clinic.Addresses.MessageIdOf(_threads[patient], entry.Sequence))];
    }
}
