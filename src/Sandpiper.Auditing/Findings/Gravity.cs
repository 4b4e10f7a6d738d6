namespace Sandpiper.Auditing.Findings;

/// <summary>Whether something should worry.</summary>
public enum Gravity
{
    /// <summary>Worth knowing; ordinary systems have it.</summary>
    Note,

    /// <summary>Somebody has to look at it.</summary>
    Alarm,
}
