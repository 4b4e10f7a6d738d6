using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Commands;

/// <summary>What <c>allow</c> does with grants: remembers one, lists them, takes one back.</summary>
/// <param name="environment">Whose command is meant.</param>
internal sealed class AllowedGrants(Session session, string environment)
{
    public const string Undone = "nothing was put on record";

    private readonly GrantFile _file = new(session.Places.Root);

    /// <param name="command">As typed; null: none was.</param>
    /// <param name="chosen">The grants, given what becomes of a path as it was typed.</param>
    /// <exception cref="ExplainedException">It is not clear for whom, where or what.</exception>
    /// <exception cref="GrantRefusedException">It could not be granted in a run either.</exception>
    /// <returns>Its number: <c>g1</c>.</returns>
    public string Add(string? command, bool isHere, bool isEverywhere, Func<Func<string, string>, Grants> chosen) =>
        Put(Judged(command, isHere, isEverywhere, chosen));

    /// <summary>What <see cref="Add"/> would put on record.</summary>
    /// <inheritdoc cref="Add"/>
    public RememberedGrant Judged(string? command, bool isHere, bool isEverywhere, Func<Func<string, string>, Grants> chosen)
    {
        if (command is null != isHere)
        {
            throw isHere
                ? Usage("`--here` is for every command of this project", $"leave `{command}` out, or `--here`")
                : Usage("no command was named", "for every command in this project say --here");
        }
        if (command is { Length: 0 } || command?.StartsWith('-') == true) throw Usage($"`{command}` is no command", "a name, or a path");
        _ = ManagedEnvironment.Open(session.Places.Root, environment);
        Caller caller = Callers.Of(session);
        Project? project = Project.Of(caller);
        // Everywhere, a path that is not absolute is one of each project: it stays as it was typed, and is judged in each.
        Grants grants = chosen(isEverywhere ? OfEachProject : path => RealPath.Of(Callers.FullPath(path)));
        if (grants.AreNone) throw NothingFor(command ?? "--here");
        if (grants.Variables.Concat(grants.Devices).FirstOrDefault(name => !NativeText.IsText(name)) is { } noText)
            throw Usage($"`{noText}` is no UTF-8", "on record it would be another one");
        // On record a byte that is no text would become another one.
        if (grants.Write.Concat(grants.Read).FirstOrDefault(path => !NativeText.IsText(path)) is { } unnamed)
        {
            bool toWrite = grants.Write.Contains(unnamed, StringComparer.Ordinal);
            throw new GrantRefusedException(toWrite ? PathAccess.Write : PathAccess.Read, unnamed, new GrantRefusal.NoText());
        }
        if (!isEverywhere && !NativeText.IsText(caller.CurrentDirectory))
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"nothing can be remembered for this directory; {Undone}",
                ConfinementWords.NoText, $"sandpiper allow {InShell.Quoted(command ?? "COMMAND")} --everywhere …"));
        }
        if (project is null && !isEverywhere)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"this directory is no project; {Undone}",
                $"`{caller.CurrentDirectory}` holds more than one: what is allowed in it would hold for all of them",
                "cd into the project", $"sandpiper allow {InShell.Quoted(command ?? "COMMAND")} --everywhere …"));
        }
        if (project is not null) Profile.Judge(grants.Below(project.Directory).Settle(), session.Places.Root, caller);
        return new RememberedGrant(environment, grants, Author.Name, Session.Time.GetUtcNow())
        {
            Command = command is null ? null : RememberedGrant.CommandOf(command, caller.CurrentDirectory),
            Project = isEverywhere ? null : project!.Directory,
        };
    }

    /// <summary>Puts on record what was judged, and says so. What holds already is there once: taking it back is meant to take it away.
    /// </summary>
    /// <returns>Its number.</returns>
    public string Put(RememberedGrant judged)
    {
        if (HeldAs(judged, _file.List()) is { } held)
        {
            session.Terminal.Note($"On record already as {held}: {Words(judged)}");
            return held;
        }
        RememberedGrant added = _file.Add(judged, CancellationToken.None);
        session.Terminal.Note($"On record as g{added.Number}: {Words(added)}");
        if (added.Command is { } name && !IsThere(name))
        {
            session.Terminal.Note(Inked.Yellow(
                $"There is no command `{name}`{InEnvironment.Of(environment)} yet; it holds as soon as there is."));
        }
        return $"g{added.Number}";
    }

    /// <param name="number">As the list has it: <c>g1</c>.</param>
    /// <exception cref="ExplainedException">There is none to take back.</exception>
    public void Withdraw(string number)
    {
        bool isNumber = int.TryParse(number.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int asked);
        if (!isNumber || _file.Withdraw(asked, Author.Name, Session.Time.GetUtcNow(), CancellationToken.None) is not { } grant)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"there is no `{number}` to take back; nothing was changed",
                "it was never given, or was taken back before", "sandpiper allow"));
        }
        session.Terminal.Note($"Taken back (a program that runs keeps it until it ends): {Words(grant)}");
        // It may have said the same in other words, or more.
        string[] others = [.. _file.List().Where(other => other.WithdrawnBy is null && MayMeet(other, grant)).Select(g => $"g{g.Number}")];
        if (others.Length > 0) session.Terminal.Note(Inked.Yellow($"What else was allowed there still holds: {string.Join(", ", others)}"));
    }

    /// <summary>The one on record that says the same, and holds; null: none does.</summary>
    public static string? HeldAs(RememberedGrant grant, ImmutableArray<RememberedGrant> all) =>
        all.FirstOrDefault(g => g.WithdrawnBy is null && IsFor(g, grant.Environment, grant.Command, grant.Project)
            && GrantWords.AsOptions(g.Grants, null).SequenceEqual(GrantWords.AsOptions(grant.Grants, null))) is { } same
            ? $"g{same.Number}" : null;

    private static bool IsFor(RememberedGrant grant, string environment, string? command, string? project) =>
        string.Equals(grant.Environment, environment, StringComparison.Ordinal)
        && string.Equals(grant.Command, command, StringComparison.Ordinal)
        && string.Equals(grant.Project, project, StringComparison.Ordinal);

    private static string Words(RememberedGrant grant) => $"{GrantWords.Whose(grant)}: {GrantWords.Of(grant.Grants, grant.Project)}";

    // Some run could have both.
    private static bool MayMeet(RememberedGrant one, RememberedGrant other)
    {
        return string.Equals(one.Environment, other.Environment, StringComparison.Ordinal)
            && Meet(one.Command, other.Command) && Meet(one.Project, other.Project);

        static bool Meet(string? a, string? b) => a is null || b is null || string.Equals(a, b, StringComparison.Ordinal);
    }

    public ImmutableArray<RememberedGrant> List() => _file.List();

    /// <summary>Those that count; what was taken back only stays on record.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Show(ImmutableArray<RememberedGrant> grants)
    {
        foreach (RememberedGrant grant in grants.Where(g => g.WithdrawnBy is null))
        {
            session.Terminal.Listed(17, $"{$"g{grant.Number}",3}  ", grant.When.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "  ",
                $"{GrantWords.Whose(grant)}: ", Inked.Bold(GrantWords.Of(grant.Grants, grant.Project)), "  ", Inked.Dim(grant.Who));
        }
        return grants.Any(g => g.WithdrawnBy is null);
    }

    public static void WriteJson(Utf8JsonWriter json, ImmutableArray<RememberedGrant> grants)
    {
        json.WriteStartArray("grants");
        foreach (RememberedGrant grant in grants)
        {
            json.WriteStartObject();
            json.WriteString("number", $"g{grant.Number}");
            json.WriteString("environment", grant.Environment);
            json.WriteString("command", grant.Command);
            json.WriteString("project", grant.Project);
            json.WriteStrings("write", grant.Grants.Write);
            json.WriteStrings("read", grant.Grants.Read);
            json.WriteBoolean("network", grant.Grants.Network);
            json.WriteStrings("hosts", [.. grant.Grants.Hosts.Select(host => $"{host}")]);
            json.WriteStrings("ports", [.. grant.Grants.Ports.Select(port => $"{port}")]);
            json.WriteStrings("variables", grant.Grants.Variables);
            json.WriteStrings("devices", grant.Grants.Devices);
            json.WriteBoolean("gpu", grant.Grants.Graphics);
            json.WriteBoolean("display", grant.Grants.Display);
            json.WriteBoolean("x11", grant.Grants.X11);
            json.WriteString("who", grant.Who);
            json.WriteString("when", grant.When.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("state", grant.WithdrawnBy is null ? "holds" : "withdrawn");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A command, and nothing that it may.</summary>
    public static ExplainedException NothingFor(string command) =>
        Usage($"it is not said what `{command}` may do",
            "name at least one of --write, --read, --net, --port, --env-var, --device, --gpu, --display, --x11; for a wheel that was "
                + "refused: NAME==VERSION");

    private static string OfEachProject(string typed)
    {
        if (Path.IsPathFullyQualified(typed)) return RealPath.Of(typed);
        string below = Path.TrimEndingDirectorySeparator(Path.GetFullPath(typed, "/project"));
        return string.Equals(below, "/project", StringComparison.Ordinal) ? "."
            : below.StartsWith("/project/", StringComparison.Ordinal) ? below["/project/".Length..]
            : throw Usage($"`{typed}` leads out of each project", "everywhere, a path is absolute or lies in the project that it runs in");
    }

    // As `run` would look for it: among the packages' commands, in the system, or where the path says.
    private bool IsThere(string command)
    {
        if (command.StartsWith('/')) return File.Exists(command);
        ManagedEnvironment known = ManagedEnvironment.Open(session.Places.Root, environment);
        return SystemCommands.Directories.Any(directory => File.Exists(Path.Join(directory, command)))
            || (known.Current is { } number && File.Exists(Path.Join(known.DirectoryOf(number), "bin", command)));
    }

    private static ExplainedException Usage(string what, string because) =>
        new(new(ExitCode.WrongUsage, $"{what}; {Undone}", because, "sandpiper help allow"));
}
