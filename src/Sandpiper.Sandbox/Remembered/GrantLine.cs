using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Remembered;

/// <summary>A line of the file: a grant, or the withdrawal of one. What belongs to the other kind is null.</summary>
public sealed record GrantLine(
    string Who, DateTimeOffset When, string? Environment = null, string? Command = null, string? Project = null,
    ImmutableArray<string>? Write = null, ImmutableArray<string>? Read = null, bool? Network = null,
    ImmutableArray<string>? Variables = null, int? Withdraw = null, ImmutableArray<string>? Hosts = null,
    ImmutableArray<string>? Ports = null, ImmutableArray<string>? Devices = null, bool? Gpu = null, bool? Display = null, bool? X11 = null)
{
    public static GrantLine From(RememberedGrant grant) => new(
        grant.Who, grant.When, grant.Environment, grant.Command, grant.Project,
        Some(grant.Grants.Write), Some(grant.Grants.Read), IfSo(grant.Grants.Network), Some(grant.Grants.Variables),
        Hosts: Some([.. grant.Grants.Hosts.Select(host => $"{host}")]), Ports: Some([.. grant.Grants.Ports.Select(port => $"{port}")]),
        Devices: Some(grant.Grants.Devices), Gpu: IfSo(grant.Grants.Graphics), Display: IfSo(grant.Grants.Display),
        X11: IfSo(grant.Grants.X11));

    /// <summary>Whether it withdraws one, and says nothing else.</summary>
    public bool IsWithdrawal => this is
    {
        Withdraw: not null, Environment: null, Command: null, Project: null, Write: null, Read: null, Network: null, Variables: null,
        Hosts: null, Ports: null, Devices: null, Gpu: null, Display: null, X11: null,
    };

    /// <exception cref="FormatException">Something is missing, or is not what its name says.</exception>
    public RememberedGrant ToGrant(int number)
    {
        if (Environment is not { Length: > 0 } || Withdraw is not null) throw new FormatException("something is missing");
        // Every command, everywhere: nobody can have allowed that, so somebody else wrote it, or half of it is gone.
        if (Command is null && Project is null) throw new FormatException("it names neither a command nor a project");
        if (Project is not null && !IsFullPath(Project)) throw new FormatException("a project that is no full path");
        if (Command is not null && !IsCommand(Command)) throw new FormatException("a command that is none");
        var grants = new Grants
        {
            Write = [.. (Write ?? []).Select(Checked)],
            Read = [.. (Read ?? []).Select(Checked)],
            Network = Network ?? false,
            Variables = [.. (Variables ?? []).Select(CheckedName)],
            Hosts = [.. (Hosts ?? []).Select(CheckedHost)],
            Ports = [.. (Ports ?? []).Select(CheckedPort)],
            Devices = [.. (Devices ?? []).Select(CheckedDevice)],
            Graphics = Gpu ?? false,
            Display = Display ?? false,
            X11 = X11 ?? false,
        };
        if (grants.AreNone) throw new FormatException("it grants nothing");
        return new RememberedGrant(Environment, grants, Who, When) { Number = number, Command = Command, Project = Project };
    }

    // An array may hold null, whatever its type says.
    private string Checked(string? path) => path is not null && (IsFullPath(path) || (Project is null && IsBelowProject(path)))
        ? path : throw new FormatException("a path that is none");

    private static string CheckedDevice(string? path) => path is not null && IsFullPath(path)
        ? path : throw new FormatException("a device that is none");

    private static string CheckedName(string? name) => name is { Length: > 0 } && name.AsSpan().IndexOfAny('=', '\0') < 0
        ? name : throw new FormatException("a name of a variable that is none");

    private static HostGrant CheckedHost(string? text) => text is not null && HostGrant.TryParse(text, out HostGrant? host, out _)
        ? host : throw new FormatException("a host that is none");

    private static PortGrant CheckedPort(string? text) => text is not null && PortGrant.TryParse(text, out PortGrant? port)
        ? port : throw new FormatException("a port that is none");

    private static bool IsCommand(string text) =>
        text.Contains('/', StringComparison.Ordinal) ? IsFullPath(text) : text.Length > 0 && !text.Contains('\0');

    // What is judged must be what is mounted: no dots, no doubled or final slash.
    internal static bool IsFullPath(string path) => path.StartsWith('/') && !path.Contains('\0')
        && string.Equals(path, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), StringComparison.Ordinal);

    // `.`, or as it would stand below a directory.
    private static bool IsBelowProject(string path) => path is "." || (path.Length > 0 && path[0] != '/' && IsFullPath($"/{path}"));

    private static bool? IfSo(bool value) => value ? true : null;

    private static ImmutableArray<string>? Some(ImmutableArray<string> texts) => texts.IsEmpty ? null : texts;
}

/// <summary>Nothing twice and nothing else: a line that is misread could allow what nobody allowed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 3)]
[JsonSerializable(typeof(GrantLine))]
public sealed partial class GrantJson : JsonSerializerContext;
