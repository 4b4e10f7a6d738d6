using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sandpiper.Packaging.Versions;

/// <summary>A version taken apart; ordered and equal as PEP 440 says.</summary>
internal sealed class VersionParts : IComparable<VersionParts>, IEquatable<VersionParts>
{
    public ulong Epoch { get; init; }

    /// <summary>At least one number.</summary>
    public required ImmutableArray<ulong> Release { get; init; }

    public (PreKind Kind, ulong Number)? Pre { get; init; }

    public ulong? Post { get; init; }

    public ulong? Dev { get; init; }

    public ImmutableArray<LocalSegment> Local { get; init; } = [];

    public VersionParts WithoutLocal() => new() { Epoch = Epoch, Release = Release, Pre = Pre, Post = Post, Dev = Dev };

    public int CompareTo(VersionParts? other)
    {
        if (other is null) return 1;
        int order = Epoch.CompareTo(other.Epoch);
        if (order == 0) order = CompareReleases(Release, other.Release);
        if (order == 0) order = PreRank.CompareTo(other.PreRank);
        if (order == 0) order = (Pre?.Number ?? 0).CompareTo(other.Pre?.Number ?? 0);
        if (order == 0) order = PostRank.CompareTo(other.PostRank);
        if (order == 0) order = DevRank.CompareTo(other.DevRank);
        return order != 0 ? order : CompareLocals(Local, other.Local);
    }

    public bool Equals(VersionParts? other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as VersionParts);

    // "1.0.dev1" comes before "1.0a1": a development release of no pre-release is earlier than every pre-release.
    private int PreRank => Pre is { } pre ? (int)pre.Kind : Post is null && Dev is not null ? -1 : 3;

    private long PostRank => Post is { } post ? (long)post : -1;

    private ulong DevRank => Dev ?? ulong.MaxValue;

    /// <summary>Missing numbers count as zero: 1.0 is 1.0.0.</summary>
    public static int CompareReleases(ImmutableArray<ulong> a, ImmutableArray<ulong> b)
    {
        for (int i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            int order = (i < a.Length ? a[i] : 0).CompareTo(i < b.Length ? b[i] : 0);
            if (order != 0) return order;
        }
        return 0;
    }

    private static int CompareLocals(ImmutableArray<LocalSegment> a, ImmutableArray<LocalSegment> b)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            int order = a[i].CompareTo(b[i]);
            if (order != 0) return order;
        }
        return a.Length.CompareTo(b.Length);
    }

    public override int GetHashCode()
    {
        // Trailing zeros are not in the key.
        int used = Release.Length;
        while (used > 1 && Release[used - 1] == 0) used--;
        var hash = new HashCode();
        hash.Add(Epoch);
        for (int i = 0; i < used; i++) hash.Add(Release[i]);
        hash.Add(Pre);
        hash.Add(Post);
        hash.Add(Dev);
        foreach (LocalSegment segment in Local) hash.Add(segment);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (Epoch != 0) text.Append(invariant, $"{Epoch}!");
        text.AppendJoin('.', Release);
        if (Pre is { } pre) text.Append(pre.Kind switch { PreKind.Alpha => "a", PreKind.Beta => "b", _ => "rc" }).Append(pre.Number);
        if (Post is { } post) text.Append(invariant, $".post{post}");
        if (Dev is { } dev) text.Append(invariant, $".dev{dev}");
        if (!Local.IsEmpty) text.Append('+').AppendJoin('.', Local);
        return text.ToString();
    }
}

/// <summary>Kinds of pre-release in their order.</summary>
internal enum PreKind
{
    Alpha,
    Beta,
    Candidate,
}

/// <summary>One part of a local version: a number, or lower-case letters and digits. Every number comes after every text.</summary>
internal readonly record struct LocalSegment(string? Text, ulong Number) : IComparable<LocalSegment>
{
    public int CompareTo(LocalSegment other) => (Text, other.Text) switch
    {
        (null, null) => Number.CompareTo(other.Number),
        (null, _) => 1,
        (_, null) => -1,
        _ => string.CompareOrdinal(Text, other.Text),
    };

    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}
