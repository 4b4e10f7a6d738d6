using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>Where an index may lead us, what it gets to see of us, and whom we believe (P10).</summary>
public sealed class RedirectAndSecretTests
{
    private const string Secret = "s3cret/p@ss";
    private static readonly string Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Secret}"));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_followed_and_files_are_relative_to_where_it_ends(int status)
    {
        using LyingIndexServer server = new LyingIndexServer()
            .Serve(Served.Page, ServedAnswer.RedirectTo("/mirror/deep/simple/pebble/", status))
            .Serve("/mirror/deep/simple/pebble/", ServedAnswer.Json(Served.PageJson));
        using SimpleIndex index = server.Index();
        Assert.Equal($"/mirror/deep/files/{Served.FileName}", (await index.FileOf()).Url.AbsolutePath);
    }

    [Fact]
    public async Task Five_redirects_are_followed_and_a_sixth_is_not()
    {
        using var server = new LyingIndexServer();
        for (int i = 0; i < 5; i++) server.Serve(i == 0 ? Served.Page : $"/{i}", ServedAnswer.RedirectTo($"/{i + 1}"));
        server.Serve("/5", ServedAnswer.Json(Served.PageJson));
        using SimpleIndex index = server.Index();
        Assert.NotNull(await index.PageOf());
        server.Serve("/5", ServedAnswer.RedirectTo("/6"));
        Assert.Equal(IndexRules.Redirect, await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task A_redirect_to_another_kind_of_address_is_refused(string target)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.RedirectTo(target));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Redirect, await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task A_redirect_that_leads_nowhere_is_refused()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.OfStatus(302));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Redirect, await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task Credentials_go_to_their_own_server_decoded_and_nowhere_else()
    {
        using LyingIndexServer other = new LyingIndexServer().ServeAll();
        using LyingIndexServer server = new LyingIndexServer()
            .Serve(Served.Page, ServedAnswer.RedirectTo("/again/"))
            .Serve("/again/", ServedAnswer.RedirectTo(new Uri(other.Address, Served.Page).AbsoluteUri));
        using SimpleIndex index = Served.At(WithUser(server.Simple()));
        IndexFile file = await index.FileOf();
        await index.MetadataOf(file);
        await index.BytesOf(file);
        Assert.All(server.Requests, request => Assert.Equal(Basic, request.Headers["Authorization"]));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal([Served.Page, Served.MetadataPath, Served.WheelPath], other.Requests.Select(request => request.Path));
        Assert.All(other.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task Credentials_in_a_redirect_or_a_link_are_not_sent_and_not_shown()
    {
        string page = Encoding.UTF8.GetString(Served.PageJson);
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        string planted = WithUser(server.Address).AbsoluteUri;
        server.Serve(Served.Page, ServedAnswer.RedirectTo($"{planted}elsewhere/"));
        server.Serve("/elsewhere/", ServedAnswer.Json(page.Replace("../../files/", $"{planted}files/", StringComparison.Ordinal)));
        using SimpleIndex index = server.Index();
        IndexFile file = await index.FileOf();
        Assert.Equal("", file.Url.UserInfo);
        await index.BytesOf(file);
        Assert.All(server.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
        server.Serve("/elsewhere/", ServedAnswer.OfStatus(500));
        IndexException error = await Assert.ThrowsAsync<IndexException>(() => index.PageOf());
        Assert.DoesNotContain("s3cret", $"{error} {error.Location!.OriginalString}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_message_and_no_file_of_the_cache_holds_the_secret()
    {
        using var cache = new TemporaryDirectory();
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using (SimpleIndex index = Served.At(WithUser(server.Simple()), cache.Path))
        {
            await index.MetadataOf(await index.FileOf());
            Assert.NotEmpty(cache.Files);
            Assert.All(cache.Files, file => Assert.DoesNotContain("s3cret", File.ReadAllText(file), StringComparison.Ordinal));
        }
        ServedAnswer[] answers =
        [
            ServedAnswer.OfStatus(401),
            ServedAnswer.OfStatus(500),
            ServedAnswer.RedirectTo("file:///x"),
            ServedAnswer.Json("no"),
            new() { DropAfter = -1 },
            new() { StallAfter = -1 },
        ];
        foreach (ServedAnswer answer in answers)
        {
            server.Serve(Served.Page, answer);
            using SimpleIndex index = Served.At(WithUser(server.Simple()), time: server.UntilSilence());
            IndexException error = await Assert.ThrowsAsync<IndexException>(() => index.PageOf());
            Assert.DoesNotContain("s3cret", $"{error} {error.Location}", StringComparison.Ordinal);
        }
        using SimpleIndex offline = Served.At(WithUser(server.Simple()), offline: true);
        Assert.DoesNotContain(
            "s3cret", $"{(await Assert.ThrowsAsync<IndexException>(() => offline.PageOf())).Location}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_certificates_of_ones_own_a_server_is_believed_and_nothing_leads_from_https_to_http()
    {
        using var directory = new TemporaryDirectory();
        using X509Certificate2 certificate = NewCertificate();
        string trusted = Path.Combine(directory.Path, "trusted.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        using LyingIndexServer plain = new LyingIndexServer().ServeAll();
        using LyingIndexServer server = new LyingIndexServer(certificate).ServeAll();
        using SimpleIndex index = server.Index(certificates: trusted);
        IndexFile file = await index.FileOf();
        Assert.Equal(Served.Wheel, await index.BytesOf(file));

        IndexFile byHttp = file with { Url = new Uri(plain.Address, Served.WheelPath) };
        Assert.Equal(IndexRules.Elsewhere, await Served.RuleOf(() => index.BytesOf(byHttp)));
        Assert.Equal(IndexRules.Elsewhere, await Served.RuleOf(() => index.MetadataOf(byHttp with { MetadataSha256 = null })));
        server.Serve(Served.WheelPath, ServedAnswer.RedirectTo(byHttp.Url.AbsoluteUri));
        Assert.Equal(IndexRules.Redirect, await Served.RuleOf(() => index.BytesOf(file)));
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task An_unknown_certificate_is_not_believed_and_not_asked_again()
    {
        using X509Certificate2 certificate = NewCertificate();
        using LyingIndexServer server = new LyingIndexServer(certificate).ServeAll();
        var time = new EagerTime();
        using SimpleIndex index = server.Index(time: time);
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(() => index.PageOf()));
        Assert.Empty(server.Requests);
        Assert.Empty(time.Pauses);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no certificate at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task Certificates_that_cannot_be_read_are_refused_instead_of_the_systems_taken(string? content)
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "trusted.pem");
        if (content is not null) File.WriteAllText(file, content);
        using SimpleIndex index = Served.At(new Uri("https://index.example/simple/"), certificates: file);
        Assert.Equal(IndexRules.Certificates, await Served.RuleOf(() => index.PageOf()));
        var proxy = new EnvironmentProxy(new WebProxy("https://127.0.0.1:9"), new NoProxy(null));
        using SimpleIndex elsewhere = Served.At(new Uri("http://index.example/simple/"), certificates: file, proxy: proxy);
        Assert.Equal(IndexRules.Certificates, await Served.RuleOf(() => elsewhere.PageOf()));
    }

    [Fact]
    public async Task Certificates_are_read_by_who_needs_them()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = Served.At(server.Simple(), certificates: "/nonexistent/trusted.pem");
        Assert.NotNull(await index.PageOf());
    }

    private static Uri WithUser(Uri address) => new UriBuilder(address) { UserName = "user", Password = Uri.EscapeDataString(Secret) }.Uri;

    private static X509Certificate2 NewCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a made-up index", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(130));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
