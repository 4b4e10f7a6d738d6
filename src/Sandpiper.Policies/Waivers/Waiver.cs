using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies.Waivers;

/// <summary>A user's decision to accept one finding of one package in one version, and why.</summary>
/// <param name="Rule">The code that the refusal named: <c>SP-WHEEL-21</c>.</param>
/// <param name="Reason">In the user's words.</param>
/// <param name="Who">Login name of who decided.</param>
/// <param name="When">When he decided.</param>
public sealed record Waiver(PackageName Name, Pep440Version Version, string Rule, string Reason, string Who, DateTimeOffset When);
