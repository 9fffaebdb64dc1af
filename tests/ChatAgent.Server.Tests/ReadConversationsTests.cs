using ChatAgent.Server.Channels;

namespace ChatAgent.Server.Tests;

public sealed class ReadConversationsTests
{
    [Fact]
    public void Add_MoreThanTwoGenerations_ForgetsTheOldestAndKeepsWhatIsReadAgain()
    {
        var read = new ReadConversations(capacity: 10);
        read.Add("first");
        for (var number = 0; number < 100; number++)
        {
            read.Add("often");
            read.Add($"c-{number}");
        }

        Assert.True(read.Contains("often"));
        Assert.True(read.Contains("c-99"));
        Assert.True(read.Contains("c-92"));
        Assert.False(read.Contains("first"));
        Assert.False(read.Contains("c-50"));
    }
}
