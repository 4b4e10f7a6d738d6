using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Wheels;

/// <summary>RECORD of a wheel (PyPA "Recording installed projects").</summary>
public static class RecordFile
{
    public const int MaxRows = 200_000;

    private const int MaxBytes = 64 << 20;      // more than MaxRows rows of the usual length
    private const int MaxPathLength = 4096;     // PATH_MAX
    private const int MaxSizeDigits = 18;       // fit a long
    private const string HashPrefix = "sha256=";

    /// <summary>
    /// Strict: UTF-8, three fields a row, no path twice with two meanings, at most <see cref="MaxRows"/> rows. What has one meaning only is
    /// read, since well-known wheels have it (a survey of 4,399: pip, pull request 11762): a row twice, a hash in the other alphabet of
    /// base64 or in hexadecimal. A hash that is no SHA-256 is kept as it is written.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> content, out ImmutableArray<RecordRow> rows, out string problem)
    {
        rows = [];
        problem = "";
        if (content.Length > MaxBytes) problem = "RECORD is too large";
        else if (!Utf8.IsValid(content)) problem = "RECORD is not UTF-8";
        if (problem.Length > 0) return false;

        var found = ImmutableArray.CreateBuilder<RecordRow>();
        var rowsByPath = new Dictionary<string, RecordRow>(StringComparer.Ordinal);
        var rest = Encoding.UTF8.GetString(content).AsSpan();
        while (!rest.IsEmpty && problem.Length == 0)
        {
            if (found.Count == MaxRows) problem = $"RECORD has more than {MaxRows} rows";
            else if (!TryTakeRow(ref rest, out var row, out string because)) problem = $"row {found.Count + 1} of RECORD {because}";
            else if (rowsByPath.TryAdd(row.Path, row)) found.Add(row);
            else if (rowsByPath[row.Path] != row) problem = $"RECORD lists {row.Path} twice";
        }
        if (problem.Length > 0) return false;
        rows = found.DrainToImmutable();
        return true;
    }

    /// <summary>As <see cref="RecordWriter"/> does.</summary>
    public static byte[] Write(IEnumerable<RecordRow> rows)
    {
        var record = new RecordWriter();
        foreach (var row in rows)
        {
            if (row.Digest is null && row.OtherHash is { } other) record.Add(row.Path, other, row.Size);
            else record.Add(row.Path, row.Digest, row.Size);
        }
        return record.Write();
    }

    private static bool TryTakeRow(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out RecordRow? row, out string because)
    {
        row = null;
        because = "does not have three fields";
        if (!TryTakeField(ref rest, out string path) || !TryTakeComma(ref rest) || !TryTakeField(ref rest, out string hash) ||
            !TryTakeComma(ref rest) || !TryTakeField(ref rest, out string size) || !TryTakeLineEnd(ref rest)) return false;

        because = "has no usable path";
        if (path.Length is 0 or > MaxPathLength || path.AsSpan().ContainsAnyInRange('\0', '\x1f')) return false;

        Sha256Digest? digest = TryReadHash(hash, out var parsed) ? parsed : null;
        because = "has a size that is not a number";
        if (size.Length > MaxSizeDigits || size.AsSpan().ContainsAnyExceptInRange('0', '9')) return false;
        row = new RecordRow(path, digest, size.Length == 0 ? null : long.Parse(size, NumberStyles.None))
        {
            OtherHash = digest is null && hash.Length > 0 ? hash : null,
        };
        return true;
    }

    // The standard wants URL-safe base64 without padding; 32 bytes in the other alphabet, or in 64 hexadecimal digits, can be nothing else.
    private static bool TryReadHash(string hash, out Sha256Digest digest)
    {
        digest = default;
        if (!hash.StartsWith(HashPrefix, StringComparison.Ordinal)) return false;
        string text = hash[HashPrefix.Length..];
        return Sha256Digest.TryParseHex(text, out digest)
            || Sha256Digest.TryParseRecordForm(text.Replace('+', '-').Replace('/', '_'), out digest);
    }

    // RFC 4180: a quote opens a field only at its very start and closes it only before a comma or the end of the line. Python's csv
    // module forgives more, and so would say something else about the same bytes.
    private static bool TryTakeField(ref ReadOnlySpan<char> rest, out string field)
    {
        field = "";
        if (rest.IsEmpty || rest[0] != '"')
        {
            int end = rest.IndexOfAny(",\r\n");
            var plain = end < 0 ? rest : rest[..end];
            if (plain.Contains('"')) return false;
            field = plain.ToString();
            rest = rest[plain.Length..];
            return true;
        }

        var text = new StringBuilder();
        rest = rest[1..];
        while (true)
        {
            int quote = rest.IndexOf('"');
            if (quote < 0) return false;
            text.Append(rest[..quote]);
            rest = rest[(quote + 1)..];
            if (rest.IsEmpty || rest[0] != '"') break;
            text.Append('"');
            rest = rest[1..];
        }
        field = text.ToString();
        return true;
    }

    private static bool TryTakeComma(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != ',') return false;
        rest = rest[1..];
        return true;
    }

    private static bool TryTakeLineEnd(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty) return true;      // the last line may lack its end
        int length = rest.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : rest[0] == '\n' ? 1 : 0;
        rest = rest[length..];
        return length > 0;
    }
}
