namespace Sandpiper.Policies.Hooks;

/// <summary>What is done with one start-up hook, and why.</summary>
/// <param name="Rule">SP-WHEEL-20 to 23: the code to quote in a waiver.</param>
/// <param name="Because">What it would do, or who decided, in words.</param>
public sealed record HookVerdict(HookDecision Decision, string Rule, string Because);
