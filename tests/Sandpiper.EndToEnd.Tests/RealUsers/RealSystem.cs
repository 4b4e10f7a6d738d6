using System.Diagnostics;
using System.Globalization;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests.RealUsers;

/// <summary>
/// A small system with real users, as no ordinary user could make it: a mount namespace, an overlay over this machine's /usr, chroot(1) and
/// setpriv(1). Owners and modes decide here who may what, and not what is mounted how. Nothing is written outside its directory.
/// </summary>
internal sealed class RealSystem : IDisposable
{
    public const int Root = 0, Alice = 1000, Bob = 1001, Packages = 990;

    private readonly Process _holder;

    /// <param name="place">A directory of its own; removed with it.</param>
    /// <param name="pristine">A root directory, copied with its owners; null: an empty one with <c>/usr</c> as it is.</param>
    /// <param name="changedUsr">What is changed of <c>/usr</c>, from another system; null: nothing.</param>
    public RealSystem(string place, RealSystem? pristine)
    {
        Place = Directory.CreateDirectory(place).FullName;
        if (pristine is null)
        {
            foreach (string directory in (string[])["root", "usr-changes"]) Directory.CreateDirectory($"{place}/{directory}");
        }
        else
        {
            foreach (string directory in (string[])["root", "usr-changes"]) Sh($"cp -a '{pristine.Place}/{directory}' '{place}/'");
        }
        Directory.CreateDirectory($"{place}/usr-work");
        Directory.CreateDirectory($"{place}/root/usr");
        Directory.CreateDirectory(Outside("/dev"));
        Directory.CreateDirectory(Outside("/usr/local"));
        foreach (string device in Devices) File.WriteAllText(Outside(device), "");
        string devices = string.Concat(Devices.Select(d => $"mount --bind {d} '{Outside(d)}'; "));
        _holder = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["--mount", "--propagation", "private", "--", "/bin/sh", "-c",
            $"set -e; cd '{place}'; mount -t overlay overlay -o lowerdir=/usr,upperdir=usr-changes,workdir=usr-work root/usr; "
            + $"mount --bind '{Outside("/usr/local")}' '{place}/root/usr/local'; " + devices + "echo ready; exec cat >/dev/null"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Problem = string.Equals(_holder.StandardOutput.ReadLine(), "ready", StringComparison.Ordinal)
            ? null : _holder.StandardError.ReadToEnd().Trim();
    }

    private static readonly string[] Devices = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"];

    public string Place { get; }

    /// <summary>Why it could not be made here; null when it was.</summary>
    public string? Problem { get; }

    /// <summary>Where something of it lies on this machine; of /usr only what is below /usr/local, which is all its own.</summary>
    public string Outside(string path) =>
        $"{Place}/root{(path.StartsWith("/usr/local", StringComparison.Ordinal) ? path["/usr".Length..] : path)}";

    /// <summary>The file of /usr as the system has it.</summary>
    public string ReadUsr(string path)
    {
        string changed = $"{Place}/usr-changes{path["/usr".Length..]}";
        return File.ReadAllText(File.Exists(changed) ? changed : path);
    }

    /// <summary>Does a command as somebody, and waits for it.</summary>
    /// <param name="variables">Its whole environment.</param>
    public (int ExitCode, string Error) Do(int user, IEnumerable<string> variables, params IEnumerable<string> command)
    {
        string id = user.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/nsenter",
            [$"--mount=/proc/{_holder.Id}/ns/mnt", "--", "/usr/sbin/chroot", Outside(""), "/usr/bin/setpriv", "--reuid", id, "--regid", id,
                "--clear-groups", "--", "/usr/bin/env", "-i", .. variables, .. command])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit(Patience.Endless);
        return (process.ExitCode, error.Result + output.Result);
    }

    /// <summary>Writes a file with an owner and a mode.</summary>
    public void Write(string path, string text, int owner, string mode = "644")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outside(path))!);
        File.WriteAllText(Outside(path), text);
        Sh($"chown {owner}:{owner} '{Outside(path)}'; chmod {mode} '{Outside(path)}'");
    }

    /// <summary>A line for the shell of whoever runs the tests: names of ours in it only.</summary>
    public static void Sh(string line)
    {
        using Process shell = Process.Start("/bin/sh", ["-ec", line]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    public void Dispose()
    {
        // Its mounts go with the last process that is in them.
        _holder.Kill(entireProcessTree: true);
        _holder.WaitForExit();
        _holder.Dispose();
        Sh($"rm -rf '{Place}'");
    }
}
