namespace Sandpiper.Packaging.Metadata;

/// <summary>The fields of METADATA as texts, those that may stand once told from those that may be repeated.</summary>
internal sealed class MetadataFields
{
    private const int MaxBytes = 8 << 20;           // the largest of some 5,000 real ones has under 1 MiB, most of it description
    private const int MaxRepeated = 20_000;         // of one kind; projects that bundle others reach a thousand

    private const int LongestName = 32;             // of those below; a longer one is none of them

    // PyPA "Core metadata": all that is not marked "multiple use".
    private static readonly HashSet<string> SingleUse = new(StringComparer.Ordinal)
    {
        "metadata-version", "name", "version", "summary", "description", "description-content-type", "keywords", "home-page",
        "download-url", "author", "author-email", "maintainer", "maintainer-email", "license", "license-expression",
        "requires-python",
    };

    // Of these only that they stand once is of interest, and a text may be long.
    private static readonly HashSet<string> Unread = new(StringComparer.Ordinal)
    {
        "description", "description-content-type", "keywords", "download-url", "author", "author-email", "maintainer", "maintainer-email",
    };

    // Nor are these of interest to whoever only resolves: a licence may be pages long.
    private static readonly HashSet<string> OnlyShown = new(StringComparer.Ordinal)
    {
        "summary", "license", "license-expression", "home-page", "project-url",
    };

    private readonly Dictionary<string, string> _once = new(SingleUse.Count, StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _repeated = new(4, StringComparer.Ordinal)
    {
        ["requires-dist"] = [],
        ["provides-extra"] = [],
        ["dynamic"] = [],
        ["project-url"] = [],
    };

    /// <param name="isShown">What is only shown to people is wanted, too.</param>
    public static bool TryRead(ReadOnlySpan<byte> content, bool isShown, out MetadataFields fields, out string problem)
    {
        fields = new MetadataFields();
        problem = content.Length > MaxBytes ? "METADATA is too large" : "";
        var walk = new HeaderFields(content);
        Span<char> place = stackalloc char[LongestName];
        var singleUse = SingleUse.GetAlternateLookup<ReadOnlySpan<char>>();
        var repeated = fields._repeated.GetAlternateLookup<ReadOnlySpan<char>>();
        while (problem.Length == 0 && walk.TryNext())
        {
            // Most fields of most METADATA are classifiers and the like, which nobody here reads.
            ReadOnlySpan<char> called = walk.NameIn(place);
            if (singleUse.TryGetValue(called, out string? name))
            {
                if (!fields._once.TryAdd(name, IsWanted(name) ? walk.Value : "")) problem = $"METADATA gives {name} more than once";
            }
            else if (repeated.TryGetValue(called, out name, out var values))
            {
                if (values.Count == MaxRepeated) problem = $"METADATA gives {name} more than {MaxRepeated} times";
                if (IsWanted(name)) values.Add(walk.Value);
            }
        }
        return problem.Length == 0;

        bool IsWanted(string name) => !Unread.Contains(name) && (isShown || !OnlyShown.Contains(name));
    }

    /// <summary>What a single-use field says; null when it is absent, empty, or filled in by a tool that had nothing to say.</summary>
    public string? Text(string name) => _once.TryGetValue(name, out string? text) && text is not ("" or "UNKNOWN") ? text : null;

    public IReadOnlyList<string> All(string name) => _repeated[name];

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
}
