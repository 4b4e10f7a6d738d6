using System.Net;
using CsCheck;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Networks;

/// <summary>What <c>--net</c> means, and whose an address is.</summary>
public sealed class HostGrantTests
{
    private static HostGrant Granted(string text) =>
        HostGrant.TryParse(text, out HostGrant? grant, out HostGrantProblem problem) ? grant
            : throw new FormatException($"{text}: {problem}");

    private static Destination To(string text) =>
        Destination.TryParse(text, defaultPort: null, out Destination? to) ? to : throw new FormatException(text);

    [Theory]
    [InlineData("example.org", "example.org:443", true)]
    [InlineData("example.org", "example.org:80", true)]
    [InlineData("Example.ORG.", "EXAMPLE.org.:443", true)]
    [InlineData("example.org", "example.org:22", false)]
    [InlineData("example.org:22", "example.org:22", true)]
    [InlineData("example.org:22", "example.org:443", false)]
    [InlineData("example.org", "www.example.org:443", false)]
    [InlineData("*.example.org", "www.example.org:443", true)]
    [InlineData("*.example.org", "a.b.example.org:443", true)]
    [InlineData("*.example.org", "example.org:443", false)]
    [InlineData("*.example.org", "badexample.org:443", false)]
    [InlineData("*.example.org", "example.org.evil.example:443", false)]
    [InlineData("localhost:5432", "localhost:5432", true)]
    [InlineData("localhost:5432", "127.0.0.1:5432", false)]
    [InlineData("127.0.0.1:5432", "127.0.0.1:5432", true)]
    [InlineData("127.0.0.1:5432", "127.0.0.2:5432", false)]
    [InlineData("10.1.2.3:80", "10.1.2.3:80", true)]
    [InlineData("93.184.216.34", "93.184.216.34:443", true)]
    [InlineData("[2001:4860::1]", "[2001:4860:0::1]:443", true)]
    public void A_grant_covers_its_host_and_its_ports_and_nothing_that_looks_like_it(string grant, string wanted, bool covers) =>
        Assert.Equal(covers, Granted(grant).Covers(To(wanted)));

    [Theory]
    [InlineData("*", HostGrantProblem.Everything)]
    [InlineData("https://example.org", HostGrantProblem.IsAddressOfPage)]
    [InlineData("example.org/path", HostGrantProblem.IsAddressOfPage)]
    [InlineData("exаmple.org", HostGrantProblem.NotAscii)]
    [InlineData("*.org", HostGrantProblem.TooWide)]
    [InlineData("*.10.1.2.3", HostGrantProblem.TooWide)]
    [InlineData("localhost", HostGrantProblem.PortMissing)]
    [InlineData("127.0.0.1", HostGrantProblem.PortMissing)]
    [InlineData("192.168.1.1", HostGrantProblem.PortMissing)]
    [InlineData("169.254.169.254:80", HostGrantProblem.Never)]
    [InlineData("100.100.100.200:80", HostGrantProblem.Never)]
    [InlineData("[::ffff:10.0.0.1]:80", HostGrantProblem.Never)]
    [InlineData("0.0.0.0:80", HostGrantProblem.Never)]
    [InlineData("example.org:0", HostGrantProblem.NoHost)]
    [InlineData("example.org:65536", HostGrantProblem.NoHost)]
    [InlineData("example.org:080", HostGrantProblem.NoHost)]
    [InlineData("a*.example.org", HostGrantProblem.NoHost)]
    [InlineData("*.*.example.org", HostGrantProblem.NoHost)]
    [InlineData("user@example.org", HostGrantProblem.NoHost)]
    [InlineData("exam ple.org", HostGrantProblem.NoHost)]
    [InlineData("example..org", HostGrantProblem.NoHost)]
    [InlineData("", HostGrantProblem.NoHost)]
    public void What_is_no_host_or_more_than_one_would_mean_is_none(string text, HostGrantProblem problem)
    {
        Assert.False(HostGrant.TryParse(text, out _, out HostGrantProblem why));
        Assert.Equal(problem, why);
    }

    // Each of these some resolver takes for 127.0.0.1 or cuts at the zero.
    [Theory]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.1.2")]
    [InlineData("256.0.0.1")]
    [InlineData("a.0x1")]
    [InlineData("evil.example\0.granted.example")]
    [InlineData("evil.example%00.granted.example")]
    [InlineData("-a.example")]
    [InlineData("a_b.example")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("::1")]
    public void What_two_readers_could_take_for_two_hosts_is_none(string text) => Assert.False(HostName.TryParse(text, out _));

    [Fact]
    public void A_label_has_63_characters_at_most_and_a_name_253()
    {
        string label = new('a', 63);
        Assert.True(HostName.TryParse(label + ".example", out _));
        Assert.False(HostName.TryParse(label + "a.example", out _));
        string name = string.Join('.', Enumerable.Repeat(label, 4))[..253];
        Assert.True(HostName.TryParse(name, out _));
        Assert.False(HostName.TryParse(name + "a", out _));
    }

    [Theory]
    [InlineData("93.184.216.34", AddressKind.Public)]
    [InlineData("2606:4700::1", AddressKind.Public)]
    [InlineData("64:ff9b::5db8:d822", AddressKind.Public)]
    [InlineData("127.9.9.9", AddressKind.OfThisMachine)]
    [InlineData("::1", AddressKind.OfThisMachine)]
    [InlineData("10.0.0.1", AddressKind.OfPrivateNetwork)]
    [InlineData("172.31.255.255", AddressKind.OfPrivateNetwork)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("192.168.0.1", AddressKind.OfPrivateNetwork)]
    [InlineData("100.64.0.1", AddressKind.OfPrivateNetwork)]
    [InlineData("fd12::1", AddressKind.OfPrivateNetwork)]
    [InlineData("169.254.169.254", AddressKind.Never)]
    [InlineData("100.100.100.200", AddressKind.Never)]
    [InlineData("168.63.129.16", AddressKind.Never)]
    [InlineData("fd00:ec2::254", AddressKind.Never)]
    [InlineData("fd00:ec2::23", AddressKind.Never)]
    [InlineData("fd20:ce::254", AddressKind.Never)]
    [InlineData("fd00:c1::a9fe:a9fe", AddressKind.Never)]
    [InlineData("fd00:42::42", AddressKind.Never)]
    [InlineData("fe80::1", AddressKind.Never)]
    [InlineData("fec0::1", AddressKind.Never)]
    [InlineData("0.0.0.0", AddressKind.Never)]
    [InlineData("::", AddressKind.Never)]
    [InlineData("224.0.0.1", AddressKind.Never)]
    [InlineData("255.255.255.255", AddressKind.Never)]
    [InlineData("ff02::1", AddressKind.Never)]
    [InlineData("::ffff:127.0.0.1", AddressKind.Never)]
    [InlineData("::ffff:93.184.216.34", AddressKind.Never)]
    [InlineData("::127.0.0.1", AddressKind.Never)]
    [InlineData("64:ff9b::7f00:1", AddressKind.Never)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressKind.Never)]
    [InlineData("64:ff9b::a00:1", AddressKind.Never)]
    [InlineData("64:ff9b:1::a00:1", AddressKind.Never)]
    [InlineData("2002:7f00:1::", AddressKind.Never)]
    [InlineData("2002:a00:1::1", AddressKind.Never)]
    [InlineData("2001:0:5ef5:79fd::1", AddressKind.Never)]
    [InlineData("2001:db8::1", AddressKind.Never)]
    [InlineData("100::1", AddressKind.Never)]
    public void An_address_is_somebodys_whatever_it_is_written_as(string text, AddressKind kind) =>
        Assert.Equal(kind, AddressKinds.KindOf(IPAddress.Parse(text)));

    [Fact]
    public void No_private_address_becomes_public_by_disguise() => Gen.Byte.Array[4].Sample(bytes =>
    {
        var inner = new IPAddress(bytes);
        byte[] translated = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. bytes], tunnelled = [0x20, 2, .. bytes, .. new byte[10]];
        return AddressKinds.KindOf(inner.MapToIPv6()) is AddressKind.Never
            && AddressKinds.KindOf(new IPAddress(tunnelled)) is AddressKind.Never
            && (AddressKinds.KindOf(new IPAddress(translated)) is AddressKind.Public) == (AddressKinds.KindOf(inner) is AddressKind.Public);
    });

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.String,
        Gen.OneOf("a", "b-c", "*", ".", "-", ":", "[", "]", "::1", "127.0.0.1", "443", "0", "65535", "65536", "localhost", "xn--a", "\0",
            "0x7f", "org", "/", "@", "%", " ").Array[0, 8].Select(pieces => string.Concat(pieces)));

    [Fact]
    public void Any_text_is_a_grant_that_reads_the_same_again_or_is_none() => AnyText.Sample(text =>
        (!HostGrant.TryParse(text, out HostGrant? grant, out HostGrantProblem problem)
            ? problem is not HostGrantProblem.None : HostGrant.TryParse($"{grant}", out HostGrant? again, out _) && again == grant)
        && (!PortGrant.TryParse(text, out PortGrant? port) || (PortGrant.TryParse($"{port}", out PortGrant? same) && same == port))
        && (!Destination.TryParse(text, 80, out Destination? to)
            || (Destination.TryParse($"{to}", null, out Destination? too) && too == to)),
        iter: Fuzz.Inputs);

    [Theory]
    [InlineData("8000", "127.0.0.1:8000", 8000)]
    [InlineData("9000:8000", "127.0.0.1:9000", 8000)]
    [InlineData("0.0.0.0:9000:8000", "0.0.0.0:9000", 8000)]
    [InlineData("[::1]:8000", "[::1]:8000", 8000)]
    [InlineData("192.168.1.5:80", "192.168.1.5:80", 80)]
    public void A_port_is_reached_on_loopback_unless_another_address_is_said(string text, string outside, int inside)
    {
        Assert.True(PortGrant.TryParse(text, out PortGrant? port));
        Assert.Equal((outside, inside), ($"{port.Outside}", port.Inside));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("http")]
    [InlineData("8000:")]
    [InlineData(":8000")]
    [InlineData("1:2:3")]
    [InlineData("localhost:8000")]
    [InlineData("0.0.0.0")]
    [InlineData("0.0.0.0:")]
    [InlineData("08000")]
    [InlineData("+80")]
    public void What_is_no_port_is_none(string text) => Assert.False(PortGrant.TryParse(text, out _));
}
