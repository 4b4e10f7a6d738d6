using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sandpiper.Samples;

/// <summary>One row of RECORD (PEP 376, PEP 427); the RECORD file's own has neither hash nor size.</summary>
internal sealed record RecordRow(string Path, string Hash, string Size)
{
    public static RecordRow Of(SampleMember member) =>
        new(member.Name, HashOf(member.Content.Span), $"{member.Content.Length}");

    public static string HashOf(ReadOnlySpan<byte> content) => $"sha256={Base64Url.EncodeToString(SHA256.HashData(content))}";

    public bool IsFor(string path) => string.Equals(Path, path, StringComparison.Ordinal);

    public override string ToString() => $"{Quoted(Path)},{Hash},{Size}\n";

    private static string Quoted(string path) =>
        path.AsSpan().ContainsAny(",\"\n\r") ? $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : path;
}
