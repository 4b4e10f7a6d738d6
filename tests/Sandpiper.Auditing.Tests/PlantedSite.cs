using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.People;
using Sandpiper.Auditing.Places;

namespace Sandpiper.Auditing.Tests;

/// <summary>A virtual environment below a temporary directory, with packages as pip installs them, and what somebody planted.</summary>
internal sealed partial class PlantedSite : IDisposable
{
    public const uint Somebody = 4711;

    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-audit-").FullName;

    public PlantedSite()
    {
        Directory.CreateDirectory(Packages);
        Directory.CreateDirectory($"{Prefix}/bin");
        File.WriteAllText($"{Prefix}/pyvenv.cfg", "home = /usr/bin\n");
        Install("good", "1.0", ("good/__init__.py", "x = 1\n"), ("good/data.txt", "data\n"), ("../../../bin/good", "#!/x/python\n"));
    }

    public string Prefix => $"{_root}/env";

    public string Packages => $"{Prefix}/lib/python3.11/site-packages";

    public string In(string path) => Path.GetFullPath($"{Packages}/{path}");

    public void Install(string name, string version, params (string Path, string Content)[] files)
    {
        string info = $"{name}-{version}.dist-info";
        (string Path, string Content)[] all = [.. files, ($"{info}/INSTALLER", "pip\n"),
            ($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")];
        foreach (var (path, content) in all) Write(path, content);
        Write($"{info}/RECORD", string.Concat(all.Select(f => RowOf(f.Path, f.Content))) + $"{info}/RECORD,,\n");
    }

    public static string RowOf(string path, string content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        string hash = Convert.ToBase64String(SHA256.HashData(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return string.Create(CultureInfo.InvariantCulture, $"{path},sha256={hash},{bytes.Length}\n");
    }

    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), content);
    }

    public void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllBytes(In(path), content);
    }

    public void Append(string path, string content) => File.AppendAllText(In(path), content);

    public void Pipe(string path) => Assert.Equal(0, MakePipe(In(path), 0b110_000_000));

    public void MakeBelow(byte[] name) =>
        Assert.Equal(0, MakeDirectory([.. Encoding.UTF8.GetBytes($"{Packages}/"), .. name, 0], 0b111_101_101));

    /// <summary>As whoever made it.</summary>
    public SiteReport Look() => Look(CallerId());

    public SiteReport Look(uint caller, Sandpiper.Auditing.Advisories.AdvisoryBook? book = null)
    {
        var accounts = new Accounts(["root:x:0:0::/root:", "bob:x:4712:4712::/home/bob:"], ["root:x:0:", "staff:x:50:bob"]);
        Site site = Assert.Single(PythonLayout.OfVirtualEnvironment(Prefix));
        return new Audit(accounts, caller, book).Of(site, TestContext.Current.CancellationToken);
    }

    public AuditKind[] Alarms() => [.. Look().Findings.Where(f => f.Gravity == Gravity.Alarm).Select(f => f.Kind)];

    public void Dispose()
    {
        // By a program that knows names that are no UTF-8.
        using var removal = System.Diagnostics.Process.Start("/bin/sh", ["-c", "chmod -R u+rwx \"$0\" 2>/dev/null; rm -rf \"$0\"", _root]);
        removal.WaitForExit();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint CallerId();

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir")]
    private static partial int MakeDirectory(byte[] path, uint mode);
}
