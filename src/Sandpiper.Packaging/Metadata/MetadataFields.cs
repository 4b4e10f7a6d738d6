namespace Sandpiper.Packaging.Metadata;

/// <summary>The fields of METADATA as texts, those that may stand once told from those that may be repeated.</summary>
internal sealed class MetadataFields
{
    private const int MaxBytes = 8 << 20;           // the largest of some 5,000 real ones has under 1 MiB, most of it description
    private const int MaxRepeated = 20_000;         // of one kind; projects that bundle others reach a thousand

    private const int LongestName = 32;             // of those below; a longer one is none of them

    // PyPA "Core metadata": all that is not marked "multiple use"; of that, what is read here.
    private static readonly Dictionary<string, Field> Known = new(StringComparer.Ordinal)
    {
        ["metadata-version"] = new(0, Use.Read),
        ["name"] = new(1, Use.Read),
        ["version"] = new(2, Use.Read),
        ["requires-python"] = new(3, Use.Read),
        ["summary"] = new(4, Use.Shown),
        ["license"] = new(5, Use.Shown),
        ["license-expression"] = new(6, Use.Shown),
        ["home-page"] = new(7, Use.Shown),
        ["description"] = new(8, Use.Counted),
        ["description-content-type"] = new(9, Use.Counted),
        ["keywords"] = new(10, Use.Counted),
        ["download-url"] = new(11, Use.Counted),
        ["author"] = new(12, Use.Counted),
        ["author-email"] = new(13, Use.Counted),
        ["maintainer"] = new(14, Use.Counted),
        ["maintainer-email"] = new(15, Use.Counted),
        ["requires-dist"] = new(0, Use.Read, IsRepeated: true),
        ["provides-extra"] = new(1, Use.Read, IsRepeated: true),
        ["dynamic"] = new(2, Use.Read, IsRepeated: true),
        ["project-url"] = new(3, Use.Shown, IsRepeated: true),
    };

    private static readonly Dictionary<string, Field>.AlternateLookup<ReadOnlySpan<char>> KnownBySpan =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int SingleUse = Known.Values.Count(f => !f.IsRepeated), MultipleUse = Known.Count - SingleUse;

    // By index: a search reads thousands of METADATA, and tables of its own for each were most of the work.
    private readonly string?[] _once = new string?[SingleUse];
    private readonly List<string>?[] _repeated = new List<string>?[MultipleUse];

    /// <summary>Of all that was read: what it takes to keep it, whatever is made of it.</summary>
    public int Characters { get; private set; }

    /// <param name="isShown">What is only shown to people is wanted, too.</param>
    public static bool TryRead(ReadOnlySpan<byte> content, bool isShown, out MetadataFields fields, out string problem)
    {
        fields = new MetadataFields();
        problem = content.Length > MaxBytes ? "METADATA is too large" : "";
        var walk = new HeaderFields(content);
        Span<char> place = stackalloc char[LongestName];
        while (problem.Length == 0 && walk.TryNext())
        {
            // Most fields of most METADATA are classifiers and the like, which nobody here reads.
            ReadOnlySpan<char> name = walk.NameIn(place);
            if (!KnownBySpan.TryGetValue(name, out var field)) continue;
            bool isWanted = field.Use == Use.Read || (isShown && field.Use == Use.Shown);
            if (field.IsRepeated)
            {
                var values = fields._repeated[field.Index] ??= [];
                if (values.Count == MaxRepeated) problem = $"METADATA gives {name} more than {MaxRepeated} times";
                if (isWanted) values.Add(fields.Counted(walk.Value));
            }
            else if (fields._once[field.Index] is not null) problem = $"METADATA gives {name} more than once";
            else fields._once[field.Index] = isWanted ? fields.Counted(walk.Value) : "";
        }
        return problem.Length == 0;
    }

    private string Counted(string value)
    {
        Characters += value.Length;
        return value;
    }

    /// <summary>What a single-use field says; null when it is absent, empty, or filled in by a tool that had nothing to say.</summary>
    public string? Text(string name) => _once[Known[name].Index] is { } text and not ("" or "UNKNOWN") ? text : null;

    public IReadOnlyList<string> All(string name) => _repeated[Known[name].Index] ?? (IReadOnlyList<string>)[];

    /// <summary>PEP 753: a <c>Project-URL</c> whose label reads "homepage", whatever its case and punctuation.</summary>
    public string? HomePageAmongUrls
    {
        get
        {
            foreach (string entry in All("project-url"))
            {
                int comma = entry.IndexOf(',', StringComparison.Ordinal);
                if (comma < 0) continue;
                string label = string.Concat(entry[..comma].Where(char.IsAsciiLetter));
                if (label.Equals("homepage", StringComparison.OrdinalIgnoreCase)) return entry[(comma + 1)..].Trim();
            }
            return null;
        }
    }

    /// <summary>What a field is to us.</summary>
    private enum Use
    {
        Read,

        /// <summary>Of no interest to whoever only resolves: a licence may be pages long.</summary>
        Shown,

        /// <summary>Only that it stands once is of interest.</summary>
        Counted,
    }

    /// <param name="Index">Among those that are repeated, or among those that are not.</param>
    private readonly record struct Field(int Index, Use Use, bool IsRepeated = false);
}
