using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>The example of src/ChatAgent.Email/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_HoldsWhatItSays()
    {
        var answer = Encoding.UTF8.GetBytes("From: Ana <ana@correo.example>\nTo: citas@losaromos.example\nSubject: Re: su hora\nMessage-ID: <1@correo.example>\nDate: Sat, 25 Apr 2026 18:49:00 -0400\n\nSí, confirmo\n\n> ¿Asistirá?\n");

        var mail = MailReader.Read(answer);

        Assert.Equal("Sí, confirmo", mail.Reply.Text);
        Assert.Single(mail.Reply.Pieces);
        Assert.False(mail.Reply.AddedNothing);
        Assert.Null(mail.AutomaticReason);
        Assert.Empty(mail.Bounces);
        Assert.Null(mail.Calendar);
        Assert.Empty(mail.Problems);
    }
}
