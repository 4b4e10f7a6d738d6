using System.Text.RegularExpressions;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>
/// What the kernel is asked is declared once, in one room: two declarations of one call are two answers to what it does. Before there is
/// a runtime (<c>Runtime/</c>) a call may not be one that the runtime has to know of: that is declared there, once.
/// </summary>
public sealed class KernelCallsTests
{
    private const RegexOptions Linear = RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly Regex Declaration = new(@"\[(LibraryImport|DllImport)\(\s*""(?<library>[^""]*)""(?<rest>[^\]]*)\]", Linear);

    private static readonly Regex EntryPoint = new(@"EntryPoint\s*=\s*""(?<name>[^""]*)""", Linear);

    [Fact]
    public void Every_call_is_declared_in_the_room_of_the_kernel() =>
        Assert.Empty(Calls().Where(call => !call.File.StartsWith("Sandpiper.Kernel/", StringComparison.Ordinal))
            .Select(call => $"{call.File}: {call.Name}"));

    [Fact]
    public void Every_call_is_declared_once()
    {
        (string File, string Name)[] calls = [.. Calls()];
        Assert.InRange(calls.Length, 20, 200); // they are found at all
        Assert.Empty(calls.GroupBy(call => (call.Name, IsBeforeTheRuntime(call.File))).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(call => call.File))}"));
    }

    [Fact]
    public void Every_call_says_its_name_and_is_one_of_libc() =>
        Assert.All(Declarations(), declaration => Assert.True(
            declaration.Match.Groups["library"].Value is var library
                && (library is "libc" || (library is "runtime" && IsBeforeTheRuntime(declaration.File)))
                && EntryPoint.IsMatch(declaration.Match.Groups["rest"].Value),
            $"{declaration.File}: {declaration.Match.Value}"));

    [Fact]
    public void What_is_called_before_there_is_a_runtime_makes_no_transition() =>
        Assert.All(Declarations().Where(declaration => IsBeforeTheRuntime(declaration.File)), declaration =>
            Assert.Contains("SuppressGCTransition", declaration.Match.Value, StringComparison.Ordinal));

    private static bool IsBeforeTheRuntime(string file) => file.StartsWith("Sandpiper.Kernel/Runtime/", StringComparison.Ordinal);

    private static IEnumerable<(string File, string Name)> Calls() =>
        Declarations().Select(declaration =>
            (declaration.File, EntryPoint.Match(declaration.Match.Groups["rest"].Value).Groups["name"].Value));

    private static IEnumerable<(string File, Match Match)> Declarations()
    {
        string source = Checkout.PathOf("src");
        return Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: Path.GetRelativePath(source, file), Text: File.ReadAllText(file)))
            .Where(file => !file.File.Contains("/obj/", StringComparison.Ordinal) && !file.File.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Declaration.Matches(file.Text).Select(match => (file.File, match)));
    }
}
