
namespace ChatAgent.Appointments.Tests;

/// <summary>One-time codes and signed links: what an impostor can and cannot do.</summary>
public sealed class IdentityTests
{
    private const string Known = "12345678-5";
    private const string Unknown = "22222222-2";

    [Fact]
    public async Task CheckAsync_RightCode_ShowsThePatientOnce()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var code = await SendAsync(fixture, Known);

        var check = await fixture.Codes.CheckAsync(code, "c-1", CancellationToken.None);
        await fixture.Store.WriteDocumentsAsync(check.Documents, CancellationToken.None);

        Assert.Equal("p-1", check.Patient!.Id);
        Assert.Equal(("rodrigo@correo.example", code), Assert.Single(fixture.Sender.Sent));
        Assert.Null((await fixture.Codes.CheckAsync(code, "c-1", CancellationToken.None)).Patient);
    }

    [Fact]
    public async Task CheckAsync_AnotherConversation_DoesNotCount()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var code = await SendAsync(fixture, Known);

        Assert.Null((await fixture.Codes.CheckAsync(code, "c-2", CancellationToken.None)).Patient);
    }

    [Fact]
    public async Task CheckAsync_ThreeWrongCodes_TheRightOneIsWorthNothing()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var code = await SendAsync(fixture, Known);
        var wrong = code == "000000" ? "000001" : "000000";
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var check = await fixture.Codes.CheckAsync(wrong, "c-1", CancellationToken.None);
            Assert.Equal(attempt == 3, check.Exhausted);
            await fixture.Store.WriteDocumentsAsync(check.Documents, CancellationToken.None);
        }

        Assert.Null((await fixture.Codes.CheckAsync(code, "c-1", CancellationToken.None)).Patient);
    }

    [Fact]
    public async Task CheckAsync_TooLate_DoesNotCount()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var code = await SendAsync(fixture, Known);
        fixture.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Null((await fixture.Codes.CheckAsync(code, "c-1", CancellationToken.None)).Patient);
    }

    [Fact]
    public async Task RequestAsync_UnknownRut_LooksLikeAKnownOne()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var known = await fixture.Codes.RequestAsync(Known, "c-1", CancellationToken.None);
        var unknown = await fixture.Codes.RequestAsync(Unknown, "c-2", CancellationToken.None);

        Assert.Equal(known.TooMany, unknown.TooMany);
        Assert.Equal(known.Documents.Select(write => write.Collection), unknown.Documents.Select(write => write.Collection));
        Assert.Null(unknown.Message);
        await fixture.Store.WriteDocumentsAsync(unknown.Documents, CancellationToken.None);
        Assert.False((await fixture.Codes.CheckAsync("000000", "c-2", CancellationToken.None)).Exhausted);
    }

    [Theory]
    [InlineData(Known)]
    [InlineData(Unknown)]
    public async Task RequestAsync_SixthInAnHour_IsTooMany(string rut)
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            // Another conversation each time: the limit is the RUT's.
            var request = await fixture.Codes.RequestAsync(rut, $"c-{i}", CancellationToken.None);
            Assert.False(request.TooMany);
            await fixture.Store.WriteDocumentsAsync(request.Documents, CancellationToken.None);
        }

        Assert.True((await fixture.Codes.RequestAsync(rut, "c-9", CancellationToken.None)).TooMany);
        fixture.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.False((await fixture.Codes.RequestAsync(rut, "c-9", CancellationToken.None)).TooMany);
    }

    [Fact]
    public async Task RequestAsync_OnDisk_IsNoCode()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var request = await fixture.Codes.RequestAsync(Known, "c-1", CancellationToken.None);

        Assert.All(request.Documents, write => Assert.DoesNotContain(request.Message!.Code, write.Json!, StringComparison.Ordinal));
        Assert.DoesNotContain(request.Message!.Code, request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryRead_ChangedOrExpired_IsRefused()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var links = new SignedLinks(new byte[32], fixture.Time);
        var token = links.Create("a-1", "rodrigo@correo.example", fixture.Time.GetUtcNow().AddHours(1));

        Assert.True(links.TryRead(token, out var link));
        Assert.Equal("a-1", link.AppointmentId);
        for (var i = 0; i < token.Length; i++)
        {
            // Each character moved on by one; the last of a part may carry bits that base64url ignores, and then it is refused as malformed or read the same.
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.True(changed == token || !links.TryRead(changed, out var other) || other == link, $"character {i}");
        }

        Assert.False(new SignedLinks([.. Enumerable.Repeat((byte)1, 32)], fixture.Time).TryRead(token, out _));
        fixture.Time.Advance(TimeSpan.FromHours(2));
        Assert.False(links.TryRead(token, out _));
    }

    private static async Task<string> SendAsync(AgendaFixture fixture, string rut)
    {
        var request = await fixture.Codes.RequestAsync(rut, "c-1", CancellationToken.None);
        await fixture.Store.WriteDocumentsAsync(request.Documents, CancellationToken.None);
        await fixture.Codes.SendAsync(request.Message!, CancellationToken.None);
        return request.Message!.Code;
    }
}
