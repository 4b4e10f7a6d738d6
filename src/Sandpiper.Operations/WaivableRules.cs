using System.Collections.Immutable;
using Sandpiper.Wheels;

namespace Sandpiper.Operations;

/// <summary>The rules that a user can accept for one package in one version.</summary>
public static class WaivableRules
{
    private static readonly ImmutableArray<string> Hooks = ["SP-WHEEL-20", "SP-WHEEL-21", "SP-WHEEL-22", "SP-WHEEL-23"];

    /// <summary>Start-up hooks, what stays clear although a wheel contradicts itself, files of two owners, a shadowed standard library.</summary>
    public static ImmutableArray<string> All { get; } = [.. Objections.WaivableRules.Order(StringComparer.Ordinal), .. Hooks, "SP-ENV-01", "SP-ENV-02"];

    /// <summary>Whether accepting it makes a start-up hook active.</summary>
    internal static bool IsAboutHooks(string rule) => Hooks.Contains(rule, StringComparer.Ordinal);
}
