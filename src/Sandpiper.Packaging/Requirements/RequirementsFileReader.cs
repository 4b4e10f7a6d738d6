using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>Follows a requirements file and what it includes, and collects what they say.</summary>
internal sealed class RequirementsFileReader(Func<string, string> read, Func<string, string?> variable)
{
    private const int MaxDepth = 16;
    private const int MaxLines = 100_000;

    private readonly ImmutableArray<RequirementLine>.Builder _lines = ImmutableArray.CreateBuilder<RequirementLine>();
    private readonly List<string> _extraIndexUrls = [];
    private readonly List<string> _open = [];
    private string? _indexUrl;
    private bool _noIndex;
    private bool _pre;
    private bool _requireHashes;

    public RequirementsFile Read(string path)
    {
        Follow(path, isConstraint: false, includedFrom: path);
        return new RequirementsFile
        {
            Lines = _lines.ToImmutable(),
            IndexUrl = _indexUrl,
            ExtraIndexUrls = [.. _extraIndexUrls],
            NoIndex = _noIndex,
            Pre = _pre,
            RequireHashes = _requireHashes || _lines.Any(l => !l.Hashes.IsEmpty),
        };
    }

    private void Follow(string path, bool isConstraint, string includedFrom)
    {
        // A remote file could name local ones and other indexes; what it says is not the user's word.
        if (path.Contains("://", StringComparison.Ordinal)) throw new RequirementsFileException(includedFrom, $"`{path}`: files from elsewhere are not followed");
        if (_open.Contains(path, StringComparer.Ordinal)) throw new RequirementsFileException(includedFrom, $"`{path}` includes itself");
        if (_open.Count == MaxDepth) throw new RequirementsFileException(includedFrom, $"more than {MaxDepth} files include each other");

        _open.Add(path);
        foreach ((string text, int number) in LogicalLines.Of(read(path)))
        {
            string where = $"{path}:{number}";
            string line = LogicalLines.Expand(text, variable);
            if (_lines.Count == MaxLines) throw new RequirementsFileException(where, $"more than {MaxLines} requirements");
            if (line.StartsWith('-')) FollowOptions(line, path, where, isConstraint);
            else AddRequirement(line, where, isConstraint);
        }
        _open.RemoveAt(_open.Count - 1);
    }

    private void AddRequirement(string line, string where, bool isConstraint)
    {
        int options = IndexOfOptions(line);
        string text = (options < 0 ? line : line[..options]).Trim();
        ImmutableArray<Sha256Digest> hashes = options < 0 ? [] : HashesIn(line[options..], where);
        if (!Requirement.TryParse(text, out Requirement? requirement, out ParseProblem problem))
        {
            bool isPath = text.StartsWith('.') || text.Contains('/', StringComparison.Ordinal) || text.EndsWith(".whl", StringComparison.Ordinal);
            throw new RequirementsFileException(where, isPath
                ? $"`{text}`: files, directories and addresses cannot be installed yet, only names from an index"
                : $"`{text}` is no requirement: {problem}");
        }
        if (isConstraint && !requirement.Extras.IsEmpty) throw new RequirementsFileException(where, $"`{text}`: a constraint has no extras");
        _lines.Add(new RequirementLine(requirement, hashes, isConstraint, where));
    }

    // Options of a requirement begin at the first word that starts with a dash.
    private static int IndexOfOptions(string line)
    {
        for (int i = 1; i < line.Length; i++)
        {
            if (line[i] == '-' && line[i - 1] is ' ' or '\t' && (i + 1 < line.Length && line[i + 1] == '-')) return i;
        }
        return -1;
    }

    private static ImmutableArray<Sha256Digest> HashesIn(string options, string where)
    {
        var digests = ImmutableArray.CreateBuilder<Sha256Digest>();
        bool any = false;
        List<string> words = Words(options);
        for (int i = 0; i < words.Count; i++)
        {
            (string name, string? value) = Split(words[i]);
            if (!string.Equals(name, "--hash", StringComparison.Ordinal)) throw new RequirementsFileException(where, $"`{name}` is not supported for a single requirement");
            value ??= i + 1 < words.Count ? words[++i] : "";
            any = true;
            if (value.StartsWith("sha256:", StringComparison.Ordinal))
            {
                if (!Sha256Digest.TryParseHex(value.AsSpan("sha256:".Length), out Sha256Digest digest)) throw new RequirementsFileException(where, $"`{value}` is no SHA-256");
                digests.Add(digest);
            }
        }
        // Weaker ones alone would be no promise at all; stronger ones are not what indexes give.
        if (any && digests.Count == 0) throw new RequirementsFileException(where, "only sha256 hashes count, and there is none");
        return digests.DrainToImmutable();
    }

    private void FollowOptions(string line, string path, string where, bool isConstraint)
    {
        List<string> words = Words(line);
        for (int i = 0; i < words.Count; i++)
        {
            (string name, string? attached) = Split(words[i]);
            string Value() => attached ?? (i + 1 < words.Count ? words[++i] : throw new RequirementsFileException(where, $"`{name}` needs a value"));
            switch (name)
            {
                case "-r" or "--requirement":
                    Follow(Beside(path, Value()), isConstraint, where);
                    break;
                case "-c" or "--constraint":
                    Follow(Beside(path, Value()), isConstraint: true, where);
                    break;
                case "-i" or "--index-url" or "--pypi-url":
                    _indexUrl = Value();
                    break;
                case "--extra-index-url":
                    _extraIndexUrls.Add(Value());
                    break;
                case "--no-index":
                    _noIndex = true;
                    break;
                case "--pre":
                    _pre = true;
                    break;
                case "--require-hashes":
                    _requireHashes = true;
                    break;
                // Sandpiper installs wheels only, whatever these say.
                case "--only-binary":
                    Value();
                    break;
                case "--prefer-binary":
                    break;
                default:
                    throw new RequirementsFileException(where, $"`{name}` is not supported");
            }
        }
    }

    private static string Beside(string path, string included) =>
        included.Contains("://", StringComparison.Ordinal) || Path.IsPathRooted(included) ? included : Path.Combine(Path.GetDirectoryName(path) ?? "", included);

    private static (string Name, string? Value) Split(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (word.StartsWith("--", StringComparison.Ordinal)) return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
        // `-rother.txt` is `-r other.txt`.
        return word.Length > 2 ? (word[..2], word[2..]) : (word, null);
    }

    // Words as a shell splits them: quotes hold a word together and go.
    private static List<string> Words(string line)
    {
        List<string> words = [];
        var word = new System.Text.StringBuilder();
        char quote = '\0';
        bool inWord = false;
        foreach (char c in line)
        {
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else word.Append(c);
            }
            else if (c is '\'' or '"') (quote, inWord) = (c, true);
            else if (c is ' ' or '\t')
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }
        if (inWord) words.Add(word.ToString());
        return words;
    }
}
