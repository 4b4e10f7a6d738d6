namespace Sandpiper.Policies;

/// <summary>A start-up hook that was read by a person, and without which its package works.</summary>
/// <param name="Does">What it would do at every start of the interpreter, in words.</param>
/// <param name="Without">What a user misses without it, in words.</param>
public sealed record ReviewedHook(string Does, string Without);
