using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sandpiper.Packaging.Versions;

/// <summary>The parts of a version, and the order they give it.</summary>
/// <remarks>PyPA "Version specifiers", "Summary of permitted suffixes and relative ordering".</remarks>
internal sealed record VersionKey : IComparable<VersionKey>
{
    public ulong Epoch { get; init; }

    public required ImmutableArray<ulong> Release { get; init; }

    public Prerelease? Pre { get; init; }

    public ulong? Post { get; init; }

    public ulong? Dev { get; init; }

    public ImmutableArray<LocalSegment> Local { get; init; } = [];

    public bool IsPrerelease => Pre is not null || Dev is not null;

    public int CompareTo(VersionKey? other)
    {
        if (other is null) return 1;
        int order = ComparePublic(other);
        return order != 0 ? order : CompareLocal(Local.AsSpan(), other.Local.AsSpan());
    }

    /// <summary>Compares all but the local parts: most clauses are blind to them.</summary>
    public int ComparePublic(VersionKey other)
    {
        int order = CompareBase(other);
        if (order == 0) order = PreRank.CompareTo(other.PreRank);
        if (order == 0) order = PreNumber.CompareTo(other.PreNumber);
        if (order == 0) order = Nullable.Compare(Post, other.Post);     // none sorts first
        return order != 0 ? order : DevRank.CompareTo(other.DevRank);
    }

    /// <summary>Whether both are the same alpha, beta, candidate or final release, whatever post, dev and local parts follow.</summary>
    public bool SharesReleaseAndPre(VersionKey other) => CompareBase(other) == 0 && Pre == other.Pre;

    /// <summary>
    /// Whether the first <paramref name="count"/> numbers of <paramref name="prefix"/> begin this release; missing ones are zero.
    /// </summary>
    public bool HasPrefix(VersionKey prefix, int count)
    {
        if (Epoch != prefix.Epoch) return false;
        for (int i = 0; i < count; i++)
        {
            if (NumberAt(i) != prefix.NumberAt(i)) return false;
        }
        return true;
    }

    public bool Equals(VersionKey? other) => CompareTo(other) == 0;

    // Agrees with the order: trailing zeros do not count.
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Epoch);
        for (int i = 0; i < Significant; i++) hash.Add(Release[i]);
        hash.Add(Pre);
        hash.Add(Post);
        hash.Add(Dev);
        foreach (var segment in Local) hash.Add(segment);
        return hash.ToHashCode();
    }

    /// <summary>The normal form.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Epoch != 0) text.Append(CultureInfo.InvariantCulture, $"{Epoch}!");
        text.AppendJoin('.', Release);
        if (Pre is { } pre) text.Append(pre.Phase switch { Phase.Alpha => "a", Phase.Beta => "b", _ => "rc" }).Append(pre.Number);
        if (Post is { } post) text.Append(".post").Append(post);
        if (Dev is { } dev) text.Append(".dev").Append(dev);
        if (!Local.IsEmpty) text.Append('+').AppendJoin('.', Local);
        return text.ToString();
    }

    // A development release of the final release precedes its alphas; a final release follows its candidates.
    private int PreRank => Pre is { } pre ? (int)pre.Phase : Post is null && Dev is not null ? 0 : int.MaxValue;

    private ulong PreNumber => Pre?.Number ?? 0;

    private ulong DevRank => Dev ?? ulong.MaxValue;     // none sorts last, and no number has that many digits

    private int Significant
    {
        get
        {
            int length = Release.Length;
            while (length > 0 && Release[length - 1] == 0) length--;
            return length;
        }
    }

    private ulong NumberAt(int index) => index < Release.Length ? Release[index] : 0;

    private int CompareBase(VersionKey other)
    {
        int order = Epoch.CompareTo(other.Epoch);
        int length = Math.Max(Release.Length, other.Release.Length);
        for (int i = 0; order == 0 && i < length; i++) order = NumberAt(i).CompareTo(other.NumberAt(i));
        return order;
    }

    private static int CompareLocal(ReadOnlySpan<LocalSegment> left, ReadOnlySpan<LocalSegment> right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            int order = left[i].CompareTo(right[i]);
            if (order != 0) return order;
        }
        return left.Length.CompareTo(right.Length);
    }
}

/// <summary>The kind of a pre-release, in order.</summary>
internal enum Phase
{
    Alpha = 1,
    Beta,
    Candidate,
}

internal readonly record struct Prerelease(Phase Phase, ulong Number);

/// <summary>One part of a local version: a number, or lower-case text.</summary>
internal readonly record struct LocalSegment(ulong Number, string? Text) : IComparable<LocalSegment>
{
    // A number follows any text (PyPA "Local version identifiers").
    public int CompareTo(LocalSegment other) => (Text, other.Text) switch
    {
        (null, null) => Number.CompareTo(other.Number),
        (null, _) => 1,
        (_, null) => -1,
        var (mine, others) => string.CompareOrdinal(mine, others),
    };

    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}
