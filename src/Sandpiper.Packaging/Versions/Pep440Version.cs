namespace Sandpiper.Packaging.Versions;

/// <summary>A Python version, such as <c>1!2.0rc1.post2.dev3+local.4</c> (PyPA "Version specifiers").</summary>
public readonly struct Pep440Version : IEquatable<Pep440Version>, IComparable<Pep440Version>
{
    /// <summary>As published; surrounding white space removed, nothing else.</summary>
    public string Original => throw new NotImplementedException();

    public bool IsPrerelease => throw new NotImplementedException();

    public bool IsPostrelease => throw new NotImplementedException();

    public bool IsDevrelease => throw new NotImplementedException();

    public bool HasLocal => throw new NotImplementedException();

    public static bool TryParse(ReadOnlySpan<char> text, out Pep440Version version, out ParseProblem problem) => throw new NotImplementedException();

    public static Pep440Version Parse(string text) => throw new NotImplementedException();

    public int CompareTo(Pep440Version other) => throw new NotImplementedException();

    public bool Equals(Pep440Version other) => throw new NotImplementedException();

    public override bool Equals(object? obj) => obj is Pep440Version other && Equals(other);

    public override int GetHashCode() => throw new NotImplementedException();

    /// <summary>The normal form.</summary>
    public override string ToString() => throw new NotImplementedException();

    public static bool operator ==(Pep440Version left, Pep440Version right) => left.Equals(right);

    public static bool operator !=(Pep440Version left, Pep440Version right) => !left.Equals(right);

    public static bool operator <(Pep440Version left, Pep440Version right) => left.CompareTo(right) < 0;

    public static bool operator >(Pep440Version left, Pep440Version right) => left.CompareTo(right) > 0;

    public static bool operator <=(Pep440Version left, Pep440Version right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Pep440Version left, Pep440Version right) => left.CompareTo(right) >= 0;
}
