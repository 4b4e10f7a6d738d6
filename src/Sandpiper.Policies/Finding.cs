using Sandpiper.Packaging.Names;

namespace Sandpiper.Policies;

/// <summary>One thing that a rule is about, as it was found in a wheel or between two: facts only.</summary>
/// <param name="Path">Of the file that it is about, as written in the wheel, so possibly full of escape sequences;
/// null: the whole wheel.</param>
/// <param name="Seen">What is there, as written: a size, a digest, the first line of a hook that says something.</param>
/// <param name="Claimed">What a document says instead; null where nothing is compared.</param>
public sealed record Finding(Fault Fault, string? Path = null, string? Seen = null, string? Claimed = null)
{
    /// <summary>Stable: users quote it to accept; never reused for another meaning.</summary>
    public string Rule { get; init; } = Rules.CodeOf(Fault);

    public bool MayBeAccepted => Rules.MayBeAccepted(Fault);

    public bool IsHook => Rules.IsAboutHooks(Rule);

    /// <summary>Of the file, where a review could know it.</summary>
    public Sha256Digest? Content { get; init; }

    /// <summary>The file is to the letter what setuptools writes to declare these namespace packages.</summary>
    public string? Namespaces { get; init; }

    /// <summary>Who has the path or the module already.</summary>
    public Artifact? Owner { get; init; }

    /// <summary>How the two packages stand to each other, where there is an owner.</summary>
    public Precedence Precedence { get; init; }
}

/// <summary>Of two packages with one path: why it is the owner's.</summary>
public enum Precedence
{
    /// <summary>He had it before, or was asked for and the other is only needed.</summary>
    OfOwner,

    /// <summary>For no reason: neither had it, and neither goes before the other. Somebody has to decide between them.</summary>
    OfNeither,

    /// <summary>
    /// The other is installed and gave way to another wheel for it, not to this one: it is the owner's coming that is refused.
    /// </summary>
    OfAnotherBefore,
}
