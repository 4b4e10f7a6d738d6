namespace Sandpiper.Auditing.Places;

/// <summary>Whose a directory of packages is: which decides who may be trusted with it.</summary>
public enum SiteKind
{
    /// <summary>Of a Python of the machine: every user imports from it, root included.</summary>
    System,

    /// <summary>Of one user, for every Python of that version that he starts.</summary>
    User,

    VirtualEnvironment,

    /// <summary>Any directory that somebody named, as <c>pip --target</c> makes them.</summary>
    Named,
}
