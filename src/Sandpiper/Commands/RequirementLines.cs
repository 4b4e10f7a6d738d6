using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Packaging;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Commands;

/// <summary>What the words of a command line and the files it names ask for, as one.</summary>
internal static class RequirementLines
{
    /// <exception cref="ExplainedException">A word that is no requirement, or a file that cannot be read.</exception>
    /// <exception cref="RequirementsFileException">A file that cannot be followed.</exception>
    public static RequirementsFile Of(IEnumerable<string> words, IEnumerable<string> files, IEnumerable<string> constraints)
    {
        var whole = new RequirementsFile { Lines = [.. words.Select(Parse)] };
        foreach (string file in files) whole = Joined(whole, Read(file));
        foreach (string file in constraints)
        {
            RequirementsFile read = Read(file);
            whole = Joined(whole, read with { Lines = [.. read.Lines.Select(l => l with { IsConstraint = true })] });
        }
        MustBeRecordable(whole);
        return whole;
    }

    /// <exception cref="ExplainedException">It is no name.</exception>
    public static PackageName NameOf(string word) => PackageName.TryParse(word, out PackageName name, out ParseProblem problem)
        ? name
        : throw new ExplainedException(new(ExitCode.WrongUsage, $"`{WithoutSecrets.OfWord(word)}` is no name of a package",
            problem.ToString()));

    private static RequirementLine Parse(string word)
    {
        // `six-1.0-py3-none-any.whl` is also the well-formed name of a project that nobody means.
        bool isArchive = word.EndsWith(".whl", StringComparison.OrdinalIgnoreCase)
            || word.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase);
        ParseProblem problem = default;
        if (!isArchive && Requirement.TryParse(word, out Requirement? requirement, out problem))
        {
            return new RequirementLine(requirement, [], IsConstraint: false, "the command line");
        }
        throw new ExplainedException(isArchive || word is "." or ".." || word.Contains('/', StringComparison.Ordinal)
            ? new(ExitCode.WrongUsage, $"`{WithoutSecrets.OfWord(word)}` cannot be installed",
                "files and directories are not supported yet, only names from an index")
            : new(ExitCode.WrongUsage, $"`{WithoutSecrets.OfWord(word)}` is no requirement", problem.ToString(), "sandpiper help install"));
    }

    // As cat and uv read a dash; a file of that name is `./-`.
    private static RequirementsFile Read(string path) =>
        RequirementsFile.Read(path is "-" ? "/dev/stdin" : path, PlainFile.ReadText, Environment.GetEnvironmentVariable);

    // What is recorded of them has to be a requirement that can be read again.
    private static void MustBeRecordable(RequirementsFile whole)
    {
        foreach (var lines in whole.Lines.Where(line => !line.IsConstraint).GroupBy(line => line.Requirement.Name))
        {
            if (lines.SelectMany(line => line.Requirement.Specifiers.Clauses).Distinct().Count() <= SpecifierSet.MaxClauses
                && lines.SelectMany(line => line.Requirement.Extras).Distinct().Count() <= Requirement.MaxExtras) continue;
            throw new ExplainedException(new(
                ExitCode.WrongUsage, $"too much is asked of `{lines.Key}`; nothing was changed",
                $"all lines together may have {SpecifierSet.MaxClauses} limits and {Requirement.MaxExtras} extras of one package"));
        }
    }

    private static RequirementsFile Joined(RequirementsFile a, RequirementsFile b)
    {
        if (a.IndexUrl is not null && b.IndexUrl is not null && !string.Equals(a.IndexUrl, b.IndexUrl, StringComparison.Ordinal))
        {
            throw new ExplainedException(new(ExitCode.WrongUsage, "two requirements files name different indexes",
                $"`{WithoutSecrets.OfBrokenAddress(a.IndexUrl)}` and `{WithoutSecrets.OfBrokenAddress(b.IndexUrl)}`"));
        }
        return new RequirementsFile
        {
            Lines = [.. a.Lines, .. b.Lines],
            IndexUrl = a.IndexUrl ?? b.IndexUrl,
            ExtraIndexUrls = [.. a.ExtraIndexUrls, .. b.ExtraIndexUrls],
            NoIndex = a.NoIndex || b.NoIndex,
            Pre = a.Pre || b.Pre,
            RequireHashes = a.RequireHashes || b.RequireHashes,
        };
    }
}
