using System.Collections.Frozen;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Policies;

/// <summary>
/// Start-up hooks that may be left out without asking. Known by the SHA-256 of their text and by nothing else: a name says nothing about
/// what a file does, and the next release may do something different.
/// </summary>
/// <remarks>
/// To enter one, read it whole, and import the package without it. A hook that is what its package is for does not belong here, because
/// without it the package would be installed and not work: future-fstrings (registers the source encoding), pip-system-certs (patches
/// the TLS settings of every program), pdbpp (puts its own <c>pdb</c> before the standard library's).
/// </remarks>
public static class ReviewedHooks
{
    private const string NamespaceWithoutInit = "nothing: a directory without __init__.py is a namespace package by itself (PEP 420)";

    private static readonly FrozenDictionary<Sha256Digest, ReviewedHook> Table =
        new Dictionary<string, ReviewedHook>(StringComparer.Ordinal)
    {
        // setuptools 84: distutils-precedence.pth
        ["2638ce9e2500e572a5e0de7faed6661eb569d1b696fcba07b0dd223da5f5d224"] = new(
            "makes `import distutils` find the copy inside setuptools",
            "`import distutils` before `import setuptools` finds the standard library's, which Python 3.12 and later do not have"),
        // coverage 7.17: a1_coverage.pth
        ["ef2ed06d19867ec669c09a804060666a9cd5e383af0a9d11aa2de79b77d448e8"] = new(
            "starts measuring when COVERAGE_PROCESS_START or COVERAGE_PROCESS_CONFIG is set", "child processes are not measured"),
        // pytest-cov 4.1: pytest-cov.pth
        ["f47446a60fdf5905e84e7d7c892baf92f8d5a3226d0da1599b9c014eab6c7ddb"] = new(
            "starts measuring when COV_CORE_SOURCE is set", "child processes of a test run are not measured"),
        // coloredlogs 15: coloredlogs.pth
        ["dda83a855986efa5cd87f0248b0199c0086eb0e8e7fece7d6741959c5ce39536"] = new(
            "colours the log of every program when COLOREDLOGS_AUTO_INSTALL is set", "a program has to call coloredlogs.install() itself"),
        // hunter 3.9: hunter.pth
        ["0adab60af0b0bb24454a399f6360aadac6a3bcd4713fbd9d0beae7fec04c0752"] = new(
            "imports hunter into every program and traces it as the text of PYTHONHUNTER says, which is evaluated as code",
            "PYTHONHUNTER does nothing; hunter.trace() works"),
        // manhole 1.8: manhole.pth
        ["564ba005ae933d2a103307e22f93ba1f4a73a6973c8b0a9fd3098d95472b2e9f"] = new(
            "opens a debugging socket in every program when PYTHONMANHOLE is set, whose text is evaluated as code",
            "PYTHONMANHOLE does nothing; manhole.install() works"),
        // Paste 3.10: Paste-3.10.1-py3.12-nspkg.pth
        ["236d2e067e624c4183e744d0872255403e05ac6588d5b1a0acc9ca3e2e08b3a9"] =
            new("makes `paste` a namespace package", NamespaceWithoutInit),
        // protobuf 3.20: protobuf-3.20.3-nspkg.pth
        ["c47e604f1738522a583f7aab6cffb80821cd18157dede051e10aa185e0af065e"] =
            new("makes `google` a namespace package", NamespaceWithoutInit),
        // sphinxcontrib-jsmath 1.0: sphinxcontrib_jsmath-1.0.1-py3.7-nspkg.pth
        ["6ef09bbd30e129409336dac26eee8755ef13b180b81b8fa14645de1dd109eade"] =
            new("makes `sphinxcontrib` a namespace package", NamespaceWithoutInit),
        // zope.interface 6.0: zope.interface-6.0-py3.11-nspkg.pth
        ["4961151fe8c45ac298acbd2aa02e86049692b71fe22b11a8018f4f432705542e"] =
            new("makes `zope` a namespace package", NamespaceWithoutInit),
    }.ToFrozenDictionary(entry => Parse(entry.Key), entry => entry.Value);

    /// <summary>What is known about a hook with this very content; null when nobody has read it.</summary>
    public static ReviewedHook? Find(Sha256Digest content) => Table.GetValueOrDefault(content);

    private static Sha256Digest Parse(string hex) =>
        Sha256Digest.TryParseHex(hex, out var digest) ? digest : throw new FormatException($"no SHA-256: {hex}");
}
