using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Reads one requirements file and what it includes. What pip ignores silently, or does without saying so, is refused here.
/// </summary>
internal sealed class RequirementsFileReader(Func<string, string> read, Func<string, string?> variable)
{
    private const int MaxDepth = 16;        // files within files
    private const int MaxFiles = 1_000;     // a file may be included twice, so that a handful of them could ask for millions
    private const int MaxLines = 100_000;
    private const int MaxIndexes = 100;
    private const long MaxCharacters = 64 << 20;    // of all files together, one that is included twice counted twice

    private const string OfSha256 = "sha256:";
    private const string LocalFile = "it names a local file or directory; wheels, source archives and projects are not taken from there";
    private const string VersionControl = "it is in version control and would have to be built; only wheels are installed";

    private static readonly FrozenDictionary<string, string> Unsupported = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--editable"] = "an editable is code that runs in place; only wheels are installed",
        ["--find-links"] = "links outside an index are not supported; name the index with `--index-url`",
        ["--trusted-host"] = "no host is exempt from having its certificate checked",
        ["--no-binary"] = "only wheels are installed, so no package can be kept from being one",
        ["--config-settings"] = "only wheels are installed, so there is nothing to configure a build of",
        ["--global-option"] = "only wheels are installed, so there is no build to pass options to",
        ["--use-feature"] = "it switches on a feature of pip",
        ["--no-require-hashes"] = "once asked for, hashes are not waived",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<RequirementLine> _lines = [];
    private readonly List<string> _open = [];       // the files being read, outermost first
    private RequirementsFile _file = new();
    private int _files;
    private long _characters;

    public RequirementsFile Read(string path)
    {
        ReadFile(path, isConstraint: false, includedAt: path);
        return _file with { Lines = [.. _lines] };
    }

    private void ReadFile(string path, bool isConstraint, string includedAt)
    {
        string identity = Path.GetFullPath(path);
        if (_open.Contains(identity)) throw new RequirementsFileException(includedAt, $"`{path}` includes itself");
        if (_open.Count == MaxDepth)
            throw new RequirementsFileException(includedAt, $"files are included within files more than {MaxDepth} deep");
        if (++_files > MaxFiles) throw new RequirementsFileException(includedAt, $"more than {MaxFiles} files are included");
        _open.Add(identity);
        string content = read(path);
        _characters += content.Length;
        if (_characters > MaxCharacters)
            throw new RequirementsFileException(includedAt, $"the files have more than {MaxCharacters} characters together");
        foreach (var line in RequirementsText.Lines(content, path, variable))
            ReadLine(line.Text, path, $"{path}:{line.Number}", isConstraint);
        _open.RemoveAt(_open.Count - 1);
    }

    private void ReadLine(string line, string path, string source, bool isConstraint)
    {
        string text = RequirementsOptions.Requirement(line, out string optionText);
        var options = new List<RequirementsOption>();
        if (!RequirementsOptions.TryParse(optionText, options, out string? problem)) throw new RequirementsFileException(source, problem);
        if (text.Length > 0) AddRequirement(text, options, source, isConstraint);
        else ApplyOptions(options, path, source);
    }

    private void AddRequirement(string text, List<RequirementsOption> options, string source, bool isConstraint)
    {
        if (!Requirement.TryParse(text, out var requirement, out var problem) || Objection(requirement, text) is not null)
            throw new RequirementsFileException(source, Objection(requirement, text) ?? $"it is not a requirement: {problem}");
        if (isConstraint && !requirement.Extras.IsEmpty) throw new RequirementsFileException(source, "a constraint cannot ask for extras");
        var hashes = ReadHashes(options, source);
        if (_lines.Count == MaxLines) throw new RequirementsFileException(source, $"there are more than {MaxLines} requirements");
        if (!hashes.IsEmpty) _file = _file with { RequireHashes = true };
        _lines.Add(new RequirementLine(requirement, hashes, isConstraint, source));
    }

    private static ImmutableArray<Sha256Digest> ReadHashes(List<RequirementsOption> options, string source)
    {
        var digests = new List<Sha256Digest>();
        foreach (var (name, value) in options)
        {
            if (name is not "--hash") throw Refuse(source, name, "it cannot stand behind a requirement");
            if (!value!.StartsWith(OfSha256, StringComparison.Ordinal)) continue;      // every option but the flags has a value
            if (!Sha256Digest.TryParseHex(value.AsSpan(OfSha256.Length), out var digest))
                throw new RequirementsFileException(source, "a hash of it is not a SHA-256: that is 64 hexadecimal digits");
            digests.Add(digest);
        }
        if (digests.Count == 0 && options.Count > 0)
            throw new RequirementsFileException(source, "none of its hashes is a sha256, the only kind that is checked");
        return [.. digests];
    }

    private void ApplyOptions(List<RequirementsOption> options, string path, string source)
    {
        foreach (var (name, value) in options)
        {
            switch (name)
            {
                case "--requirement" or "--constraint":
                    ReadFile(Resolve(value!, path, source), name is "--constraint", source);
                    break;
                case "--index-url":
                    _file = _file with { IndexUrl = value };    // the last one counts, as in pip
                    break;
                case "--extra-index-url":
                    if (_file.ExtraIndexUrls.Contains(value!, StringComparer.Ordinal)) break;
                    if (_file.ExtraIndexUrls.Length == MaxIndexes)
                        throw new RequirementsFileException(source, $"there are more than {MaxIndexes} indexes");
                    _file = _file with { ExtraIndexUrls = _file.ExtraIndexUrls.Add(value!) };
                    break;
                case "--no-index":
                    _file = _file with { NoIndex = true };
                    break;
                case "--pre":
                    _file = _file with { Pre = true };
                    break;
                case "--require-hashes":
                    _file = _file with { RequireHashes = true };
                    break;
                case "--only-binary" or "--prefer-binary":      // always so here
                    break;
                case "--hash":
                    throw Refuse(source, name, "it belongs behind a requirement, on the same line");
                default:
                    throw Refuse(source, name, Unsupported.GetValueOrDefault(name, "there is no such option in a requirements file"));
            }
        }
    }

    // Relative to the file it stands in.
    private static string Resolve(string included, string path, string source) => included.Contains("://", StringComparison.Ordinal)
        ? throw new RequirementsFileException(
            source, "the included file is not on this machine, and whoever serves it could change what is asked for")
        : Path.Combine(Path.GetDirectoryName(path) ?? "", included);

    // None of these sentences repeats the text: a URL may hold a password, and a variable's value stands in it by now.
    private static string? Objection(Requirement? requirement, string text)
    {
        string place = requirement?.Url ?? text;
        if (IsVersionControl(place)) return VersionControl;
        if (place.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) return LocalFile;
        bool hasHost = place.Contains("://", StringComparison.Ordinal);
        if (requirement is null && hasHost) return "a URL alone does not say what it is; write `name @ URL`";
        if (requirement?.Url is not null) return hasHost ? null : LocalFile;
        return LooksLikePath(text) ? LocalFile : null;
    }

    private static bool IsVersionControl(string text) => StartsWithAny(text, "git+", "hg+", "svn+", "bzr+");

    // "foo.whl" is a name by the letter of the standard; nobody means it as one.
    private static bool LooksLikePath(string text) => text is ['.' or '/' or '~', ..]
        || EndsWithAny(text, "/", "\\", ".whl", ".zip", ".tgz", ".tar.gz", ".tar.bz2");

    private static bool StartsWithAny(string text, params ReadOnlySpan<string> starts)
    {
        foreach (string start in starts)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private static bool EndsWithAny(string text, params ReadOnlySpan<string> ends)
    {
        foreach (string end in ends)
        {
            if (text.EndsWith(end, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private static RequirementsFileException Refuse(string source, string option, string because) =>
        new(source, $"`{option}` is not supported: {because}");
}
