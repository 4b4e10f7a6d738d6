using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>
/// An internet of the test's own: a network namespace in which commands run, behind it another with servers at public, private and
/// metadata addresses, and names for them in an <c>/etc/hosts</c> that only those commands see. Nothing of this machine is touched.
/// </summary>
internal sealed class SmallInternet
{
    private const string Ip = "/usr/sbin/ip", Unshare = "/usr/bin/unshare", NsEnter = "/usr/bin/nsenter", Python = "/usr/bin/python3";

    // Everything started here ends with it: it is process 1.
    private const string Script = """
        set -e
        dir=$1; shift
        ip link set lo up
        unshare --net sleep infinity & net=$!
        while [ "$(readlink /proc/$net/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
        there() { nsenter --target $net --net "$@"; }
        ip link add v0 type veth peer name v1 netns $net
        ip addr add 198.18.0.1/24 dev v0; ip link set v0 up
        there ip link set lo up; there ip addr add 198.18.0.2/24 dev v1; there ip link set v1 up
        for address in 93.184.216.34 93.184.216.35 10.1.2.3 169.254.169.254; do there ip addr add $address/32 dev lo; done
        ip addr add 93.184.217.1/32 dev lo
        ip route add default via 198.18.0.2
        mount --bind "$dir/hosts" /etc/hosts
        there /usr/bin/python3 -I "$dir/servers.py" "$dir" &
        /usr/bin/python3 -I "$dir/servers.py" "$dir" own &
        while [ ! -e "$dir/up" ] || [ ! -e "$dir/up-own" ]; do sleep 0.02; done
        set +e
        "$@"
        """;

    private const string Names = """
        127.0.0.1 localhost
        93.184.216.34 granted.example other.example mixed.example www.below.example
        10.1.2.3 intranet.example mixed.example
        169.254.169.254 metadata.example
        127.0.0.1 loop.example
        93.184.217.1 here.example
        """;

    // Writes down who came: where, by which name of TLS, what was asked for, of which host.
    private const string Servers = """
        import http.server, socketserver, ssl, sys, threading
        directory, own = sys.argv[1], sys.argv[2:]
        log = open(directory + '/came', 'a', buffering=1)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def do_GET(self):
                address, port = self.connection.getsockname()[:2]
                name = getattr(self.connection, 'wanted', '-') if port == 443 else '-'
                print(f"{address}:{port} {name} {self.path} {self.headers.get('Host', '-')}", file=log)
                body = b'answer'
                self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
            do_POST = do_GET
            def log_message(self, *_): pass
        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer): daemon_threads = True
        def serve(address, port):
            server = Server((address, port), Handler)
            if port == 443:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(directory + '/certificate')
                def named(connection, name, _): connection.wanted = name
                context.sni_callback = named
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        if own: serve('0.0.0.0', 5432)
        else:
            for address in ('93.184.216.34', '93.184.216.35', '10.1.2.3', '169.254.169.254'):
                for port in (80, 443, 8080): serve(address, port)
        open(directory + ('/up-own' if own else '/up'), 'w').close()
        threading.Event().wait()
        """;

    private readonly Somebody _user;

    /// <summary>Skips the calling test where there are no means to make one.</summary>
    public SmallInternet(Somebody user)
    {
        Assert.SkipUnless(File.Exists(Ip) && File.Exists(Unshare) && File.Exists(NsEnter), "iproute2 and util-linux make it");
        _user = user;
        Place = Directory.CreateDirectory(Path.Combine(user.Place, "internet")).FullName;
        File.WriteAllText(Path.Combine(Place, "hosts"), Names + "\n");
        File.WriteAllText(Path.Combine(Place, "servers.py"), Servers);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=granted.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(Path.Combine(Place, "certificate"),
            certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private string Place { get; }

    /// <summary>Who came to a server while the last command ran: address and port, name in TLS, path, Host.</summary>
    public string[] Came => File.Exists(Path.Combine(Place, "came")) ? File.ReadAllLines(Path.Combine(Place, "came")) : [];

    /// <summary>Runs the published command, as the user, in it.</summary>
    public Outcome Sandpiper(params string[] arguments)
    {
        foreach (string file in (string[])["came", "up", "up-own"]) File.Delete(Path.Combine(Place, file));
        string[] asUser = Somebody.IsSomebodyElse ? [.. Somebody.AsUser]
            : [Unshare, "--user", $"--map-user={Id("-u")}", $"--map-group={Id("-g")}", "--"];
        return _user.RunAsTester([Unshare,
            .. Somebody.IsSomebodyElse ? Array.Empty<string>() : ["--user", "--map-root-user"], "--net", "--mount",
            "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/sh", "-c", $"PATH=/usr/sbin:/sbin:$PATH\n{Script}", "sh", Place,
            .. asUser, Surroundings.PublishedCommand.Path, .. arguments]);
    }

    private string Id(string which) => _user.RunAsTester(["/usr/bin/id", which]).Output.Trim();
}
