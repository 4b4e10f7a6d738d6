using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Hosts that are granted by name, and ports that are published: who was reached is asked of the servers.</summary>
public sealed class NetworkByNameTests : IDisposable
{
    private static readonly SampleWheel Fetcher = new SampleWheel("fetch", "1.0")
        .WithFile("fetch.py", """
            import ssl, sys, urllib.request
            context = ssl._create_unverified_context()
            through = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
            beside = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
            def get(opener, address):
                try: print(address, opener.open(address, timeout=20).read().decode())
                except Exception as e: print(address, type(e).__name__, e)
            def main():
                for address in sys.argv[1:]: get(through, address)
            """)
        .WithConsoleScript("fetch", "fetch:main");

    private readonly Somebody _user = new();

    public NetworkByNameTests()
    {
        Done(_user.Sandpiper("install", "fetch", "-i", _user.Serve(new SampleIndex().With(Fetcher))));
        _user.Write("pyproject.toml", "");
    }

    public void Dispose() => _user.Dispose();

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Behind_a_proxy_of_ones_own_a_host_is_reached_through_it_and_the_program_learns_nothing_of_it()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        _user.Variables["https_proxy"] = $"http://ada:secret@127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}";
        _user.Variables["no_proxy"] = "excepted.example";
        _user.Write("ask.py", """
            import os, socket
            for host in 'shore.example', 'refused.example', 'excepted.example':
                s = socket.create_connection(('127.0.0.1', 3128))
                s.sendall(f'CONNECT {host}:8443 HTTP/1.1\r\n\r\n'.encode())
                f = s.makefile('rb')
                status = f.readline().decode().split()[1]
                while f.readline().strip(): pass
                print(host, status, f.read() if status == '200' else '')
            print([v for v in os.environ.values() if 'secret' in v])
            """);
        using Process program = _user.Start([PublishedCommand.Path, "run", "--net", "shore.example:8443", "--net", "refused.example:8443",
            "--net", "excepted.example:8443", "--", "python", "ask.py"]);
        List<string> asked = [];
        foreach (string answer in (string[])["HTTP/1.1 200 ok\r\n\r\nfrom the shore", "HTTP/1.1 403 no\r\n\r\n"])
        {
            using Socket came = await proxy.AcceptSocketAsync(TestContext.Current.CancellationToken);
            byte[] head = new byte[4096];
            int length = 0;
            while (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0
                && await came.ReceiveAsync(head.AsMemory(length), TestContext.Current.CancellationToken) is > 0 and var got) length += got;
            asked.Add(System.Text.Encoding.Latin1.GetString(head, 0, length));
            await came.SendAsync(System.Text.Encoding.Latin1.GetBytes(answer), TestContext.Current.CancellationToken);
        }
        string output = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["shore.example 200 b'from the shore'", "refused.example 403 ", "excepted.example 502 ", "[]"], Lines(output));
        Assert.Contains("sandpiper: refused a connection to refused.example:8443: your proxy (https_proxy) answered 403\n", error,
            StringComparison.Ordinal);
        Assert.All(asked, head => Assert.Contains("\r\nProxy-Authorization: Basic YWRhOnNlY3JldA==\r\n", head, StringComparison.Ordinal));
        Assert.StartsWith("CONNECT shore.example:8443 HTTP/1.1\r\n", asked[0], StringComparison.Ordinal);
        Assert.False(proxy.Pending());
    }

    [Fact]
    public void A_host_that_is_named_is_reached_and_no_other_and_what_was_refused_is_said_once_with_the_next_command()
    {
        var internet = new SmallInternet(_user);
        string[] asked = ["https://granted.example/a", "http://granted.example/b", "https://other.example/", "https://other.example/",
            "http://intranet.example/", "http://93.184.216.34/", "https://granted.example:8443/", "http://www.below.example/c",
            "http://below.example/"];
        Outcome run = Done(internet.Sandpiper(["run", "--net", "granted.example", "--net", "*.below.example", "--", "fetch", .. asked]));

        Assert.Equal(["93.184.216.34:443 granted.example /a granted.example", "93.184.216.34:80 - /b granted.example",
            "93.184.216.34:80 - /c www.below.example"], internet.Came);
        Assert.Equal(3, Lines(run.Output).Count(line => line.EndsWith(" answer", StringComparison.Ordinal)));
        Assert.Equal(
        [
            "sandpiper: refused a connection to other.example:443: not granted",
            "sandpiper: refused a connection to intranet.example:80: not granted",
            "sandpiper: refused a connection to 93.184.216.34:80: not granted",
            "sandpiper: refused a connection to granted.example:8443: not granted",
            "sandpiper: refused a connection to below.example:80: not granted",
            "sandpiper: to let it ·  sandpiper allow fetch --net other.example --net intranet.example --net 93.184.216.34:80"
                + " --net granted.example:8443",
        ], Lines(run.Error));
        // Without any, nobody is there to ask; with all, everybody is reached.
        Outcome none = internet.Sandpiper("run", "--", "fetch", "http://granted.example/");
        Assert.Empty(internet.Came);
        Assert.Equal("", none.Error);
        Done(internet.Sandpiper("run", "--net", "all", "--", "fetch", "http://intranet.example/", "http://metadata.example/"));
        Assert.Equal(2, internet.Came.Length);
    }

    [Fact]
    public void What_knows_no_proxy_reaches_the_host_by_its_own_name_on_the_same_terms()
    {
        var internet = new SmallInternet(_user);
        const string Program = """
            import socket, ssl
            from fetch import beside, context, get
            for address in ("https://granted.example/a", "http://granted.example/b", "http://granted.example:8080/c",
                            "http://other.example/"):
                get(beside, address)
            def connect(port): return socket.create_connection(("granted.example", port), 20)
            try: context.wrap_socket(connect(443), server_hostname="other.example").sendall(b"GET /tls HTTP/1.0\r\n\r\n")
            except OSError as e: print("tls", type(e).__name__)
            s = connect(80); s.sendall(b"GET /web HTTP/1.1\r\nHost: other.example\r\n\r\n"); print("web", s.recv(12).decode())
            s = connect(443); s.sendall(b"GET /plain HTTP/1.1\r\nHost: granted.example\r\n\r\n"); s.recv(99)
            """;
        Outcome run = Done(internet.Sandpiper(
            "run", "--net", "granted.example", "--net", "granted.example:8080", "--", "python", "-c", Program));
        Assert.Equal(["93.184.216.34:443 granted.example /a granted.example", "93.184.216.34:80 - /b granted.example",
            "93.184.216.34:8080 - /c granted.example:8080"], internet.Came);
        Assert.Contains("tls SSLError\nweb HTTP/1.1 403\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(
        [
            "sandpiper: refused a connection to granted.example:443: its TLS names `other.example`",
            "sandpiper: refused a connection to granted.example:80: its request names `other.example`",
            "sandpiper: refused a connection to granted.example:443: what it spoke there was no TLS that names this host for all to see",
        ], Lines(run.Error));
    }

    [Fact]
    public void A_name_that_leads_out_of_the_internet_leads_nowhere_unless_the_address_is_named_too()
    {
        var internet = new SmallInternet(_user);
        string[] names = ["intranet.example", "metadata.example", "loop.example", "mixed.example", "here.example"];
        string[] grants = [.. names.SelectMany(name => new[] { "--net", name, "--net", $"{name}:5432" })];
        Outcome run = Done(internet.Sandpiper(
            ["run", .. grants, "--", "fetch", .. names.Select(name => $"http://{name}/"), "http://loop.example:5432/",
                "http://here.example:5432/"]));
        Assert.Empty(internet.Came);
        Assert.Equal(
        [
            "sandpiper: refused a connection to intranet.example:80: it leads to 10.1.2.3, which would have to be granted itself",
            "sandpiper: refused a connection to metadata.example:80: it leads to 169.254.169.254, where no program has to be",
            "sandpiper: refused a connection to loop.example:80: it leads to this machine (127.0.0.1)",
            "sandpiper: refused a connection to mixed.example:80: it leads to 10.1.2.3, which would have to be granted itself",
            "sandpiper: refused a connection to here.example:80: it leads to this machine (93.184.217.1)",
            "sandpiper: refused a connection to loop.example:5432: it leads to this machine (127.0.0.1)",
            "sandpiper: refused a connection to here.example:5432: it leads to this machine (93.184.217.1)",
        ], Lines(run.Error));
        Done(internet.Sandpiper("run", "--net", "intranet.example", "--net", "10.1.2.3:80", "--", "fetch", "http://intranet.example/"));
        Assert.Equal(["10.1.2.3:80 - / intranet.example"], internet.Came);
        Done(internet.Sandpiper(
            "run", "--net", "here.example:5432", "--net", "93.184.217.1:5432", "--", "fetch", "http://here.example:5432/"));
        Assert.Equal(["93.184.217.1:5432 - / here.example:5432"], internet.Came);
    }

    // In its own network there is no way to anybody, whatever it speaks and whatever it does to its variables.
    [Fact]
    public void There_is_no_way_beside_the_proxy()
    {
        var internet = new SmallInternet(_user);
        const string Program = """
            import os, socket
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for to in (("93.184.216.34", 80), ("198.18.0.1", 80), ("198.18.0.2", 53), ("169.254.169.254", 80), ("127.0.0.1", 5432)):
                    s = socket.socket(socket.AF_INET, kind); s.settimeout(5)
                    try: s.connect(to); s.send(b"GET /x HTTP/1.0\r\n\r\n"); s.recv(9); print("reached", to)
                    except OSError: pass
            try: socket.create_connection(("127.0.0.1", 3128), 5).close(); print("proxy")
            except OSError: print("none")
            print(sorted(os.listdir("/proc/self/fd"))[:4])
            """;
        Outcome run = Done(internet.Sandpiper("run", "--net", "granted.example", "--", "python", "-c", Program));
        Assert.StartsWith("proxy\n", run.Output, StringComparison.Ordinal);
        Assert.Empty(internet.Came);
        Assert.StartsWith("none\n", Done(internet.Sandpiper("run", "--", "python", "-c", Program)).Output, StringComparison.Ordinal);
        Assert.Contains("reached ('169.254.169.254', 80)",
            Done(internet.Sandpiper("run", "--net", "all", "--", "python", "-c", Program)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_of_this_machine_is_reached_when_it_is_named_with_its_port()
    {
        var internet = new SmallInternet(_user);
        const string Address = "http://localhost:5432/";
        Done(internet.Sandpiper("run", "--net", "localhost:5432", "--", "fetch", Address));
        Assert.Equal(["127.0.0.1:5432 - / localhost:5432"], internet.Came);
        Done(internet.Sandpiper("run", "--net", "granted.example:5432", "--net", "localhost:5433", "--", "fetch", Address));
        Assert.Empty(internet.Came);
    }

    [Fact]
    public void What_was_allowed_once_holds_for_the_command_on_the_path_and_is_listed()
    {
        Done(_user.Sandpiper("allow", "fetch", "--net", "Granted.Example", "--port", "9000:8000"));
        Assert.Contains("host granted.example, port 9000:8000", Done(_user.Sandpiper("allow")).Output, StringComparison.Ordinal);
        Assert.Contains("\"hosts\":[\"granted.example\"],\"ports\":[\"9000:8000\"]",
            string.Concat(Done(_user.Sandpiper("allow", "--json")).Output.Where(c => !char.IsWhiteSpace(c))), StringComparison.Ordinal);
        string told = Done(_user.Sandpiper("run", "--explain", "--", "fetch")).Output;
        Assert.Contains("granted.example, ports 80 and 443   g1 by ", told, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:9000 leads to its port 8000   g1 by ", told, StringComparison.Ordinal);
        var internet = new SmallInternet(_user);
        Done(internet.Sandpiper("run", "--", "fetch", "http://granted.example/"));
        Assert.Single(internet.Came);
    }

    [Theory]
    [InlineData("http://granted.example")]
    [InlineData("*")]
    [InlineData("*.example")]
    [InlineData("localhost")]
    [InlineData("169.254.169.254:80")]
    [InlineData("127.1:80")]
    [InlineData("exаmple.org")]
    public void A_text_that_names_no_host_grants_nothing(string text)
    {
        foreach (string[] words in (string[][])[["run", "--net", text, "--", "touch", "/tmp/x"], ["allow", "fetch", "--net", text]])
        {
            Outcome refused = _user.Sandpiper(words);
            Assert.True(refused.ExitCode == (words[0] is "run" ? 125 : 2), $"{refused}");
            Assert.Contains("names no host", refused.Error, StringComparison.Ordinal);
        }
        Assert.Equal("", _user.Sandpiper("allow").Output);
    }

    // Its own loopback has a server; another address of this machine has none.
    [Fact]
    public async Task A_server_of_the_program_is_reached_at_its_port_and_only_where_that_was_said()
    {
        _user.Write("page", "a page\n");
        int port = FreePort();
        string number = port.ToString(CultureInfo.InvariantCulture);
        using Process server = _user.Start(
            [PublishedCommand.Path, "run", "--port", $"{number}:8000", "--", "python", "-m", "http.server", "8000"]);
        using var client = new HttpClient();
        Task<string> Page() => client.GetStringAsync(new Uri($"http://127.0.0.1:{number}/page"), TestContext.Current.CancellationToken);
        string? page = null;
        for (var since = Stopwatch.StartNew(); page is null && since.Elapsed < Patience.Endless;)
        {
            try
            {
                page = await Page();
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        Assert.Equal("a page\n", page);
        // As many as one likes, one after the other and at once.
        for (int round = 0; round < 50; round++)
            Assert.All(await Task.WhenAll(Page(), Page(), Page(), Page()), text => Assert.Equal("a page\n", text));
        Assert.Throws<SocketException>(() => new TcpClient("127.0.0.2", port));

        Outcome second = _user.Sandpiper("run", "--port", number, "--", "touch", "/tmp/x");
        Assert.Equal(125, second.ExitCode);
        Assert.StartsWith(
            $"× port {number} cannot be had; nothing was run\n╰─▶ somebody listens at 127.0.0.1:{number} already\n", second.Error,
            StringComparison.Ordinal);
        server.Kill(); // SIGKILL of the launcher: nothing of it listens any more
        server.WaitForExit();
        Assert.Throws<SocketException>(() => new TcpClient("127.0.0.1", port));
    }

    [Fact]
    public void With_the_network_of_this_machine_a_port_is_the_programs_own()
    {
        Outcome refused = _user.Sandpiper("run", "--net", "all", "--port", "8000", "--", "true");
        Assert.True(refused.ExitCode == 125 && refused.Error.Contains("leave --port out", StringComparison.Ordinal), $"{refused}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
