using System.Collections.Immutable;
using Sandpiper.Auditing;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Commands;

/// <summary>What pip installed in one place, as far as it can be installed again.</summary>
/// <param name="Named">As the user named it, to be typed again.</param>
/// <param name="Packages">With a name and a version each, in the order of their names.</param>
/// <param name="LeftOut">What cannot be, and why.</param>
internal sealed record OldSet(
    string Named, Site Site, ImmutableArray<Distribution> Packages, ImmutableArray<(string Package, string Why)> LeftOut)
{
    // It installs packages, and a sealed environment is not its to change.
    private static readonly PackageName Pip = PackageName.Parse("pip");

    /// <param name="asked">Null: the active virtual environment, else the first Python on the PATH.</param>
    /// <exception cref="ExplainedException">There is nothing that could be adopted, or more than one place of it.</exception>
    public static OldSet Of(Session session, string? asked, CancellationToken cancel)
    {
        string named = asked ?? Environment.GetEnvironmentVariable("VIRTUAL_ENV") ?? "python3";
        OldSet[] sets = [.. AuditCommand.SitesOf(session, named).Select(s => Of(named, s, cancel)).Where(s => s.Packages.Length > 0)];
        return sets switch
        {
            [var only] => only,
            [] => throw new ExplainedException(new(ExitCode.CouldNot, $"there is nothing at `{named}` that could be adopted",
                "no package is recorded there that did not come with the system; name a directory or another Python", "sandpiper audit")),
            _ => throw new ExplainedException(new(ExitCode.WrongUsage, $"`{named}` imports from more than one place", "name one of them",
                [.. sets.Select(s => $"sandpiper adopt {InShell.Quoted(s.Site.Directory)}")])),
        };
    }

    /// <summary>How the old set is removed: the environment as a whole, or package by package where others live there.</summary>
    public string Removal => Site.Kind switch
    {
        SiteKind.VirtualEnvironment or SiteKind.Named => $"rm -r {InShell.Quoted(Site.Prefix)}",
        _ => $"{Site.PythonName ?? "python3"} -m pip uninstall {string.Join(' ', Packages.Select(p => p.Name))}",
    };

    private static OldSet Of(string named, Site site, CancellationToken cancel)
    {
        using ForeignTree? tree = ForeignTree.TryOpen(site.Directory);
        var packages = ImmutableArray.CreateBuilder<Distribution>();
        var leftOut = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (Distribution package in tree is null ? [] : Audit.RecordedIn(tree, site, cancel))
        {
            if (package.IsOfTheSystem) continue;
            if (package.Name == Pip) leftOut.Add((package.Label, "a sealed environment is not pip's to change"));
            else if (package.EditableFrom is { } from) leftOut.Add((package.Label, $"it is imported from a project, {from}"));
            else if (package is { Name: not null, Version: not null }) packages.Add(package);
            else leftOut.Add((package.Label, "it does not say its name and version"));
        }
        return new(named, site, [.. packages.DistinctBy(p => p.Name!.Value).OrderBy(p => p.Name!.Value)], leftOut.ToImmutable());
    }
}
