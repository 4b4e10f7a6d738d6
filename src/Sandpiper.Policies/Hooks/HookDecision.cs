namespace Sandpiper.Policies.Hooks;

/// <summary>What is done with a file that would run, or steer, every start of the interpreter.</summary>
public enum HookDecision
{
    /// <summary>The package is not installed. The default value, so that a forgotten decision is the safe one.</summary>
    Refuse,

    /// <summary>The package is installed without the file.</summary>
    LeaveOut,

    /// <summary>The file is installed: a waiver says so.</summary>
    Allow,
}
