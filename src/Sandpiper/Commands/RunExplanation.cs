using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Commands;

/// <summary>What <c>run --explain</c> says: what a program may do where one stands, and who allowed it.</summary>
internal sealed class RunExplanation(
    string program, InstalledEnvironment environment, Terms terms, GrantsInForce grants, Project? project)
{
    private const int Left = 12;

    public bool HasFreshHome { get; init; }

    /// <summary>What it writes goes to a layer, or to a copy; null: it is not reviewed.</summary>
    public bool? ReviewIsLayer { get; init; }

    /// <summary>Whether there is such a program: by its path, or by its name in the directories in which it is looked for inside.</summary>
    public required bool IsThere { get; init; }

    public required string Limits { get; init; }

    /// <summary>Files that it sees empty, or without logins.</summary>
    public ImmutableArray<(string Path, bool IsEmpty)> Withheld { get; init; } = [];

    public void Write(Terminal terminal)
    {
        Confinement confinement = terms.Confinement;
        if (IsThere) Row(terminal, $"`{program}` would run confined; nothing was run. It may");
        else
        {
            Row(terminal, Inked.Yellow($"There is no `{program}` for it to start (127); nothing was run."));
            Row(terminal, "What is started by that name may");
        }
        Row(terminal, $"  {"read".PadRight(Left)}the system, its packages");
        foreach (ShownPath shown in confinement.Shown
            .Where(s => s.Access is PathAccess.Read && s != terms.Script && !environment.IsOwn(s)
                && !confinement.Displays.Any(display => display.Socket == s)))
            Row(terminal, $"  {"".PadRight(Left)}{shown.Path}", Inked.Dim(By(g => g.Read, shown.Path)));
        if (terms.Script is { } script)
            Row(terminal, $"  {"".PadRight(Left)}{script.Path}", Inked.Dim("   the script alone, nothing beside it"));
        if (confinement.Notebook is not null) Row(terminal, $"  {"".PadRight(Left)}the connection file of its client, as it is now");
        if (terms.Hidden is { } hidden)
            Row(terminal, Inked.Yellow($"  {"".PadRight(Left)}not this directory: {ConfinementWords.Of(hidden)}"));
        foreach (var (path, isEmpty) in Withheld)
            Row(terminal, Inked.Yellow($"  {"".PadRight(Left)}{path}, {(isEmpty ? "empty" : "without what git logs in with")}"));
        Rows(terminal, "write", confinement.Writable.Select(path => (path, By(g => g.Write, path))), "nowhere");
        if (ReviewIsLayer is { } isLayer)
        {
            Row(terminal, $"  {"".PadRight(Left)}{(isLayer ? "a layer above it, that is; nothing is copied" : "a copy of it, that is")};");
            Row(terminal, $"  {"".PadRight(Left)}afterwards you see the difference: sandpiper review");
        }
        Rows(terminal, "network", NetworkRows(confinement), "none but its own loopback");
        if (!confinement.Ports.IsEmpty)
            Rows(terminal, "reached at", confinement.Ports.Select(port => (NetworkWords.Of(port), By(g => Texts(g.Ports), $"{port}"))), "");
        Rows(terminal, "variables", grants.All.Variables.Where(confinement.Variables.ContainsKey)
            .Select(name => (name, By(g => g.Variables, name))), "none of yours but language, time zone and terminal");
        if (!confinement.Devices.IsEmpty)
            Rows(terminal, "devices", confinement.Devices.Select(node => (node.Path, By(g => g.Devices, node.Path))), "");
        if (grants.All.Graphics) Rows(terminal, "gpu", Because(HardwareWords.Of(confinement.Graphics), g => g.Graphics), "");
        if (grants.All.Display) Rows(terminal, "display", Because(HardwareWords.OfWayland(confinement), g => g.Display), "");
        if (grants.All.X11) Rows(terminal, "x11", Because(HardwareWords.OfX11(confinement), g => g.X11), "");
        Row(terminal, $"  {"home".PadRight(Left)}private, "
            + (HasFreshHome ? "gone afterwards" : "kept for this environment in this project: sandpiper home"));
        Row(terminal, $"  {"limits".PadRight(Left)}{Limits}");
        Row(terminal, $"  {"project".PadRight(Left)}{project?.Directory ?? "none: what is allowed in a project does not count here"}");
        foreach (var (grant, why) in grants.NotHere)
        {
            Row(terminal, Inked.Yellow($"  {$"not g{grant.Number}".PadRight(Left)}`{why.Path}`: "
                + string.Join(' ', ConfinementWords.Of(why).Because)));
        }
    }

    /// <summary>The same for programs.</summary>
    public void WriteJson(Terminal terminal) => JsonAnswer.Write(terminal, "run", json =>
    {
        Confinement confinement = terms.Confinement;
        json.WriteString("program", program);
        json.WriteBoolean("program_is_there", IsThere);
        json.WriteString("project", project?.Directory);
        json.WriteStartArray("read");
        foreach (ShownPath shown in confinement.Shown.Where(s => s.Access is PathAccess.Read && !environment.IsOwn(s)
            && !confinement.Displays.Any(display => display.Socket == s)))
        {
            WriteGranted(json, "path", shown.Path, g => g.Read);
        }
        json.WriteEndArray();
        json.WriteString("not_this_directory", terms.Hidden is { } hidden ? ConfinementWords.Of(hidden) : null);
        json.WriteStartArray("withheld");
        foreach (var (path, isEmpty) in Withheld)
        {
            json.WriteStartObject();
            json.WriteString("path", path);
            json.WriteBoolean("is_empty", isEmpty);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteAll(json, "write", "path", confinement.Writable, g => g.Write);
        json.WriteBoolean("review", ReviewIsLayer is not null);
        if (ReviewIsLayer is { } isLayer) json.WriteBoolean("review_is_layer", isLayer);
        else json.WriteNull("review_is_layer");
        json.WriteBoolean("network", confinement.HostNetwork);
        WriteAll(json, "hosts", "host", confinement.Hosts.Select(host => $"{host}"), g => Texts(g.Hosts));
        WriteAll(json, "ports", "port", confinement.Ports.Select(port => $"{port}"), g => Texts(g.Ports));
        WriteAll(json, "variables", "name", grants.All.Variables.Where(confinement.Variables.ContainsKey), g => g.Variables);
        WriteAll(json, "devices", "path", confinement.Devices.Select(node => node.Path), g => g.Devices);
        json.WriteBoolean("gpu", grants.All.Graphics);
        json.WriteBoolean("display", grants.All.Display);
        json.WriteBoolean("x11", grants.All.X11);
        json.WriteString("home", HasFreshHome ? "fresh" : "kept");
        json.WriteString("limits", Limits);
        json.WriteStartArray("not_here");
        foreach (var (grant, why) in grants.NotHere)
        {
            json.WriteStartObject();
            json.WriteString("grant", $"g{grant.Number}");
            json.WriteString("path", why.Path);
            json.WriteString("why", string.Join(' ', ConfinementWords.Of(why).Because));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private void WriteAll(Utf8JsonWriter json, string name, string key, IEnumerable<string> values, Func<Grants, ImmutableArray<string>> of)
    {
        json.WriteStartArray(name);
        foreach (string value in values) WriteGranted(json, key, value, of);
        json.WriteEndArray();
    }

    private void WriteGranted(Utf8JsonWriter json, string key, string value, Func<Grants, ImmutableArray<string>> of)
    {
        json.WriteStartObject();
        json.WriteString(key, value);
        json.WriteBoolean("for_this_once", of(grants.Typed).Contains(value, StringComparer.Ordinal));
        json.WriteStrings("grants",
            grants.Remembered.Where(g => of(g.Grants).Contains(value, StringComparer.Ordinal)).Select(g => $"g{g.Number}"));
        json.WriteEndObject();
    }

    private IEnumerable<(string What, string By)> NetworkRows(Confinement confinement) => confinement.HostNetwork
        ?
        [
            ("that of this machine, all of it", By(g => g.Network ? ["network"] : [], "network")),
            ("its own services (127.0.0.1) and those of its networks, too; no", ""),
            ("unix sockets, abstract ones neither", ""),
        ]
        : confinement.Hosts.Select(host => (NetworkWords.Of(host), By(g => Texts(g.Hosts), $"{host}")));

    private static ImmutableArray<string> Texts<T>(ImmutableArray<T> values) => [.. values.Select(value => $"{value}")];

    private static void Row(Terminal terminal, params ReadOnlySpan<Inked> pieces) => terminal.Listed(Left + 4, pieces);

    private static void Rows(Terminal terminal, string title, IEnumerable<(string What, string By)> rows, string none)
    {
        string left = title;
        foreach (var (what, by) in rows.DefaultIfEmpty((none, "")))
        {
            Row(terminal, $"  {left.PadRight(Left)}{what}", Inked.Dim(by));
            left = "";
        }
    }

    private IEnumerable<(string What, string By)> Because(IEnumerable<string> rows, Func<Grants, bool> of) =>
        rows.Select((row, index) => (row, index == 0 ? By(g => of(g) ? [""] : [], "") : ""));

    // Who allowed it: a number to take back, or nobody but this command line.
    private string By(Func<Grants, ImmutableArray<string>> of, string what)
    {
        string[] who =
        [
            .. of(grants.Typed).Contains(what, StringComparer.Ordinal) ? ["for this once"] : Array.Empty<string>(),
            .. grants.Remembered.Where(g => of(g.Grants).Contains(what, StringComparer.Ordinal)).Select(InWords),
        ];
        return who.Length == 0 ? "" : $"   {string.Join(", ", who)}";
    }

    private static string InWords(RememberedGrant grant) =>
        $"g{grant.Number} by {grant.Who}, {grant.When.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
}
