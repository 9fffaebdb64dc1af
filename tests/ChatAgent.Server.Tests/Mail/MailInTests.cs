using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Server.Mail;
using ChatAgent.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatAgent.Server.Tests.Mail;

/// <summary>A host that takes mails over LMTP and from a folder, without a mail server.</summary>
public sealed class MailInTests
{
    [Theory]
    [InlineData("lmtp")]
    [InlineData("unix")]
    [InlineData("folder")]
    public async Task Answer_ByEachWayIn_ConfirmsTheHour(string way)
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-mail-in-").FullName;
        try
        {
            string[] setting = way switch
            {
                "lmtp" => ["--Mail:In:Lmtp:Listen=127.0.0.1:0"],
                "unix" => [$"--Mail:In:Lmtp:Listen=unix:{folder}/run/lmtp.sock"],
                _ => [$"--Mail:In:Folder={folder}/in"],
            };
            if (way == "unix")
            {
                // What a killed host leaves behind.
                Directory.CreateDirectory(Path.Combine(folder, "run"));
                using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                dead.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "run", "lmtp.sock")));
            }

            await using var host = await RunningHost.StartAsync(null, setting);
            const string appointment = "a-rodrigo";
            var (_, thread) = await host.Services.GetRequiredService<MailQuestions>().AskAsync(appointment, Language.Spanish, CancellationToken.None);
            var to = host.Services.GetRequiredService<ReplyAddresses>().Create(thread!).Address;
            var mail = Encoding.UTF8.GetBytes($"Delivered-To: {to}\r\nFrom: {thread!.Address}\r\nTo: {to}\r\nMessage-ID: <1@correo.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSí, confirmo mi asistencia.\r\n");

            if (way == "folder")
            {
                Directory.CreateDirectory(Path.Combine(folder, "in", "new"));
                await File.WriteAllBytesAsync(Path.Combine(folder, "in", "new", "1"), mail);
            }
            else
            {
                var listener = host.Services.GetServices<IHostedService>().OfType<LmtpListener>().Single();
                Assert.Equal(["250 2.1.0 ok", "250 2.1.5 ok", "550 5.1.1 no such mailbox here", "354 end with a dot alone on a line", "250 2.6.0 taken"], await SubmitAsync(listener.Address!, thread.Address, to, mail));
            }

            for (var i = 0; i < 300 && (await host.Services.GetRequiredService<Agenda>().FindAppointmentAsync(appointment, CancellationToken.None))!.Status != AppointmentStatus.Confirmed; i++)
            {
                await Task.Delay(50);
            }

            Assert.Equal(AppointmentStatus.Confirmed, (await host.Services.GetRequiredService<Agenda>().FindAppointmentAsync(appointment, CancellationToken.None))!.Status);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Build_LmtpOpenToTheNetwork_DoesNotStart()
    {
        var failure = Assert.Throws<InvalidDataException>(() => ServerApp.Build(["--urls=http://127.0.0.1:0", $"--root={RunningHost.FindRoot()}", "--Mail:In:Lmtp:Listen=0.0.0.0:2424"]));
        Assert.Contains("open to the network", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> SubmitAsync(EndPoint address, string from, string to, byte[] mail)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(address);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"LHLO mx\r\nMAIL FROM:<{from}>\r\nRCPT TO:<{to}>\r\nRCPT TO:<otra@localhost>\r\nDATA\r\n"));
        await stream.WriteAsync(mail);
        await stream.WriteAsync(".\r\nQUIT\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        return [.. (await reader.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[7..^1]];
    }
}
