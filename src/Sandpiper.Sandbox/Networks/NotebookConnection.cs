using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;

namespace Sandpiper.Sandbox.Networks;

/// <summary>
/// Where a notebook's client outside expects the kernel that it starts: Jupyter's connection file, with five ports and the key that both
/// sign with.
/// </summary>
/// <param name="Content">As the client wrote it: a kernel that finds it otherwise than it was told would write it anew.</param>
/// <param name="Ports">Where the client comes; the kernel listens at the same numbers of its own loopback.</param>
public sealed record NotebookConnection(ImmutableArray<byte> Content, ImmutableArray<PortGrant> Ports)
{
    /// <summary>Clients write half a kilobyte, with keys for encryption one.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>Where the kernel finds it. Its place outside is in the user's home, beside those of other kernels.</summary>
    public const string PathInside = "/.connection.json";

    private const int Depth = 8;    // a file is one object of words and numbers

    private static readonly ImmutableArray<string> Channels = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];

    /// <param name="content">Of the file; nobody has looked at it.</param>
    /// <param name="connection">What it says.</param>
    /// <param name="problem">Why it says nothing that a confined kernel can be reached by.</param>
    public static bool TryParse(
        byte[] content, [NotNullWhen(true)] out NotebookConnection? connection, out NotebookConnectionProblem problem)
    {
        connection = null;
        problem = NotebookConnectionProblem.NoConnectionFile;
        try
        {
            using JsonDocument file = JsonDocument.Parse(content, new() { AllowDuplicateProperties = false, MaxDepth = Depth });
            JsonElement all = file.RootElement;
            if (all.ValueKind is not JsonValueKind.Object) return false;
            // Sockets by name in its directory would have to be shown with all that lies there.
            if (!Is(all, "transport", "tcp"))
            {
                if (Is(all, "transport", "ipc")) problem = NotebookConnectionProblem.NotByPorts;
                return false;
            }
            if (!Is(all, "ip", $"{IPAddress.Loopback}"))
            {
                if (all.TryGetProperty("ip", out _)) problem = NotebookConnectionProblem.NotOfThisMachine;
                return false;
            }
            int[] ports = [.. Channels.Select(channel =>
                all.TryGetProperty(channel, out JsonElement number) && number.ValueKind is JsonValueKind.Number
                    && number.TryGetInt32(out int port) && port is > 0 and <= ushort.MaxValue ? port : 0)];
            if (ports.Contains(0) || ports.Distinct().Count() < ports.Length) return false;
            connection = new([.. content], [.. ports.Select(port => new PortGrant(IPAddress.Loopback, port, port))]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Is(JsonElement all, string name, string text) =>
        all.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String && value.ValueEquals(text);
}

/// <summary>Why a connection file cannot be used.</summary>
public enum NotebookConnectionProblem
{
    /// <summary>It is none, or its ports are not five numbers.</summary>
    NoConnectionFile,

    /// <summary>Another transport than TCP: sockets in the file system (<c>ipc</c>).</summary>
    NotByPorts,

    /// <summary>Another address than 127.0.0.1.</summary>
    NotOfThisMachine,
}
