using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>run --kernel FILE</c>: what is run is the kernel of a notebook, and the client that wrote the file reaches it.</summary>
internal static class NotebookKernel
{
    /// <summary>In a command: where the kernel finds the file. The same word as in Jupyter's kernel specifications.</summary>
    private const string Placeholder = "{connection_file}";

    public static TextOption Option() => new("--kernel")
    {
        HelpName = "FILE",
        Description = $"it is a notebook's kernel: show it this connection file, as {Placeholder}, and let its client reach it",
    };

    /// <summary>The same command, which names the file where it lies inside.</summary>
    public static string[] Told(string[] words) =>
        [.. words.Select(word => word.Replace(Placeholder, NotebookConnection.PathInside, StringComparison.Ordinal))];

    /// <summary>The same for the kernel of that client.</summary>
    public static Confinement Of(NotebookConnection client, Confinement confinement) => confinement with
    {
        Notebook = client,
        // Who started it inside: somebody who does not go before it. Without that it takes itself for one that was started by hand.
        Variables = confinement.Variables.SetItem(NotebookClient.Variable, "1"),
    };

    /// <summary>The client asked for a port that it cannot have: it chose it a moment ago, and somebody was quicker.</summary>
    public static ExplainedException NotToBeHad(PortTakenException taken) => new(NetworkWords.Of(taken) with
    {
        Hints = ["start the kernel again: its client chooses other ports"],
    });

    /// <param name="file">As it was typed.</param>
    /// <exception cref="ExplainedException">It is none by which a confined kernel can be reached.</exception>
    public static NotebookConnection Read(string file)
    {
        byte[]? content;
        try
        {
            content = RegularFile.TryRead(Path.GetFullPath(file), NotebookConnection.MostBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotUsed(error.Message);
        }
        if (content is null) throw NotUsed("no file has that name; a link or a pipe is none");
        if (NotebookConnection.TryParse(content, out NotebookConnection? connection, out NotebookConnectionProblem problem))
            return connection;
        throw problem switch
        {
            NotebookConnectionProblem.NotByPorts => NotUsed(
                "its client wants sockets in the file system (ipc); a confined kernel is reached by ports of this machine",
                "in the settings of Jupyter: c.KernelManager.transport = \"tcp\""),
            NotebookConnectionProblem.NotOfThisMachine => NotUsed(
                "its client wants it at another address than 127.0.0.1; a confined kernel is reached from this machine alone",
                "in the settings of Jupyter: c.KernelManager.ip = \"127.0.0.1\""),
            _ => NotUsed("it is no connection file of Jupyter: one object with transport, ip and five ports"),
        };

        ExplainedException NotUsed(string why, params ReadOnlySpan<string> hints) => new(new(
            ExitCode.RunFailed, $"no kernel can be reached as `{file}` says; nothing was run", why, hints));
    }
}
