using Sandpiper.Kernel.Files;

namespace Sandpiper.Interpreters;

/// <summary>Which Python to install for when nobody said, or when somebody said only its name.</summary>
/// <param name="probe">Decides whether a candidate will do.</param>
public sealed class InterpreterSearch(InterpreterProbe probe)
{
    private const string Usual = "python3";
    private const string LastResort = "/usr/bin/python3";

    /// <param name="named">
    /// What the user gave: a path when there is a slash in it, a version (<c>3.12</c>) or the name of a program otherwise; null: any.
    /// </param>
    /// <param name="searchPath">The PATH of whoever asks; null when there is none.</param>
    /// <exception cref="InterpreterException">None will do. When one was named, that one; no other takes its place.</exception>
    public Interpreter Find(string? named, string? searchPath)
    {
        if (named is null) return FirstOf(OnPath(Usual, searchPath).Append(LastResort), "no Python of 3.8 or later was found");
        if (named.Contains('/', StringComparison.Ordinal)) return probe.Ask(named);
        string program = named.Length > 0 && char.IsAsciiDigit(named[0]) ? "python" + named : named;
        return FirstOf(OnPath(program, searchPath), $"no usable {program} was found");
    }

    /// <summary>One of the same version as another that is gone: beside it, on PATH, in the system. Null when there is none.</summary>
    /// <param name="versionedName"><c>python3.11</c>.</param>
    /// <param name="gone">Absolute: where it was.</param>
    /// <param name="searchPath">The PATH of whoever asks; null when there is none.</param>
    public Interpreter? FindAlike(string versionedName, string gone, string? searchPath)
    {
        IEnumerable<string> candidates =
        [
            Path.Combine(Path.GetDirectoryName(gone) ?? "/", versionedName), .. OnPath(versionedName, searchPath),
            $"/usr/bin/{versionedName}", .. OnPath(Usual, searchPath), LastResort,
        ];
        foreach (string candidate in candidates.Distinct(StringComparer.Ordinal).Where(IsCandidate))
        {
            try
            {
                var found = probe.Ask(candidate);
                if (string.Equals(found.VersionedName, versionedName, StringComparison.Ordinal)) return found;
            }
            catch (InterpreterException)
            {
                // Then it is none; the next may be.
            }
        }
        return null;
    }

    private Interpreter FirstOf(IEnumerable<string> candidates, string failure)
    {
        var reasons = new List<string>();
        foreach (string candidate in candidates)
        {
            try
            {
                if (IsCandidate(candidate)) return probe.Ask(candidate);
            }
            catch (InterpreterException e)
            {
                reasons.Add(e.Because);
            }
        }
        throw new InterpreterException(
            null, reasons.Count == 0 ? failure : $"{failure} ({string.Join("; ", reasons.Distinct(StringComparer.Ordinal))})");
    }

    // A relative entry, the empty one too, is whatever directory the user happens to be in: an unpacked archive, for one.
    private static IEnumerable<string> OnPath(string program, string? searchPath) => (searchPath ?? "").Split(':')
        .Where(Path.IsPathFullyQualified).Select(directory => Path.Combine(directory, program)).Distinct(StringComparer.Ordinal);

    // The scripts that version switchers put on PATH are skipped by the probe, which starts nothing that is not a program itself.
    private static bool IsCandidate(string path) => File.Exists(path) && ProgramFile.MayRun(path);
}
