using System.Buffers;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Shims;

namespace Sandpiper.Commands;

/// <summary>
/// A program of an environment that a text starts by its place in a generation, where nothing confines it: what tools that run inside
/// write down of themselves, as `pre-commit install` does into a hook of git.
/// </summary>
/// <param name="Program">As the text has it.</param>
/// <param name="Confined">The same program, confined; null: an earlier version made none.</param>
internal sealed record UnconfinedStart(string Program, string? Confined)
{
    /// <summary>The first one; null: there is none.</summary>
    public static UnconfinedStart? In(string text, string root)
    {
        foreach (ManagedEnvironment environment in ManagedEnvironment.All(root))
        {
            string[] places = [environment.CurrentLink, .. environment.Numbers.Select(environment.DirectoryOf)];
            foreach (string bin in places.Select(place => $"{place}/bin/"))
            {
                int at = text.IndexOf(bin, StringComparison.Ordinal);
                if (at < 0) continue;
                int start = at + bin.Length;
                int length = text.AsSpan(start).IndexOfAnyExcept(NameOfProgram);
                string program = length < 0 ? text[start..] : text.Substring(start, length);
                string confined = Path.Combine(ShimDirectory.OfInterpreter(environment), program);
                if (program.Length > 0) return new(bin + program, File.Exists(confined) ? confined : null);
            }
        }
        return null;
    }

    private static readonly SearchValues<char> NameOfProgram =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+");
}
