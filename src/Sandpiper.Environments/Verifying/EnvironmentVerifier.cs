using System.Collections.Immutable;
using System.Security.Cryptography;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Store;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Verifying;

/// <summary>Compares a generation with what was installed: nothing changed, nothing missing, nothing added (P5).</summary>
/// <remarks>
/// Quick: kind, size, time, permissions and link target of everything, and the content of the few files written for the generation.
/// Full: the content of every file. Whoever changes a file and sets its time back is seen by the full look only.
/// </remarks>
public sealed class EnvironmentVerifier(WheelStore store)
{
    /// <param name="Files">Looked at.</param>
    /// <param name="Findings">Ordered by path; empty when everything is as installed.</param>
    public sealed record Report(int Files, ImmutableArray<Finding> Findings);

    /// <exception cref="StoreDamagedException">The store no longer says what was installed.</exception>
    public Report Verify(Generation generation, bool full, CancellationToken cancel)
    {
        Dictionary<string, Expected> expected = ExpectedIn(generation);
        var findings = new List<Finding>();
        int files = 0;
        var root = new DirectoryInfo(generation.Directory);
        if (root.Exists) Walk(root, "");
        findings.AddRange(expected.Where(e => !e.Value.Seen).Select(e => new Finding(FindingKind.Missing, e.Key, e.Value.Owner, RunsAtStart: false)));
        return new Report(files, [.. findings.OrderBy(f => f.Path, StringComparer.Ordinal)]);

        void Walk(DirectoryInfo directory, string prefix)
        {
            cancel.ThrowIfCancellationRequested();
            if (directory.UnixFileMode != SealedTree.DirectoryMode) findings.Add(new Finding(FindingKind.Mode, prefix.Length == 0 ? "." : prefix.TrimEnd('/'), null, RunsAtStart: false));
            foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
            {
                string path = prefix + entry.Name;
                if (entry is DirectoryInfo { LinkTarget: null } below && !expected.ContainsKey(path))
                {
                    if (below.EnumerateFileSystemInfos().Any() || expected.Keys.Any(k => k.StartsWith(path + "/", StringComparison.Ordinal))) Walk(below, path + "/");
                    else findings.Add(new Finding(FindingKind.Added, path, null, RunsAtStart: false));
                    continue;
                }
                files++;
                if (!expected.TryGetValue(path, out Expected? wanted)) findings.Add(new Finding(FindingKind.Added, path, null, RunsAtStart(path, generation)));
                else if (wanted.Differs(entry, full) is { } kind) findings.Add(new Finding(kind, path, wanted.Owner, RunsAtStart(path, generation)));
            }
        }
    }

    private Dictionary<string, Expected> ExpectedIn(Generation generation)
    {
        var expected = new Dictionary<string, Expected>(StringComparer.Ordinal)
        {
            [GenerationFile.Name] = new Expected { Mode = SealedTree.FileMode },
            ["lib64"] = new Expected { LinkTarget = "lib" },
            ["bin/python"] = new Expected { LinkTarget = generation.Python },
            ["bin/python3"] = new Expected { LinkTarget = "python" },
            [$"bin/{generation.PythonName}"] = new Expected { LinkTarget = "python" },
        };
        foreach ((string path, Sha256Digest digest) in generation.WrittenFiles)
        {
            expected[path] = new Expected { Digest = digest, HashAlways = true, Mode = path.StartsWith("bin/", StringComparison.Ordinal) ? SealedTree.ExecutableMode : SealedTree.FileMode };
        }
        foreach (InstalledPackage package in generation.Packages)
        {
            SealedWheel wheel = store.Find(package.Digest) ?? throw new StoreDamagedException(package.Digest, $"the store's entry of {package.Name} {package.Version} is gone");
            foreach (StoredFile file in wheel.Files)
            {
                if (package.OmittedHooks.Contains(file.Path, StringComparer.Ordinal)) continue;
                expected.TryAdd(Placing.PathOf(file, package, wheel, generation.PythonName), new Expected
                {
                    Owner = package, Digest = file.Digest, Size = file.Size, Mode = file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode,
                });
            }
        }
        return expected;
    }

    private static bool RunsAtStart(string path, Generation generation)
    {
        string site = $"lib/{generation.PythonName}/site-packages/";
        if (string.Equals(path, "pyvenv.cfg", StringComparison.Ordinal)) return true;
        if (!path.StartsWith(site, StringComparison.Ordinal)) return false;
        string name = path[site.Length..];
        string top = name.Split('/')[0].Split('.')[0];
        return top is "sitecustomize" or "usercustomize" || (!name.Contains('/', StringComparison.Ordinal) && (name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".start", StringComparison.OrdinalIgnoreCase)));
    }

    private sealed class Expected
    {
        public InstalledPackage? Owner { get; init; }

        public string? LinkTarget { get; init; }

        public Sha256Digest? Digest { get; init; }

        public long? Size { get; init; }

        public UnixFileMode Mode { get; init; }

        /// <summary>Small, and written for this generation alone: its content is always read.</summary>
        public bool HashAlways { get; init; }

        public bool Seen { get; private set; }

        public FindingKind? Differs(FileSystemInfo entry, bool full)
        {
            Seen = true;
            if (LinkTarget is not null || entry.LinkTarget is not null) return string.Equals(entry.LinkTarget, LinkTarget, StringComparison.Ordinal) ? null : FindingKind.Changed;
            if (entry is not FileInfo file || (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != FileAttributes.None) return FindingKind.Changed;
            if (Size is { } size && file.Length != size) return FindingKind.Changed;
            if (file.LastWriteTimeUtc != SealedTree.SealTime) return FindingKind.Changed;
            if (Digest is { } digest && (full || HashAlways) && DigestOf(file.FullName) != digest) return FindingKind.Changed;
            return file.UnixFileMode == Mode ? null : FindingKind.Mode;
        }

        // An unreadable or special file is not what was installed, whatever it is.
        private static Sha256Digest? DigestOf(string path)
        {
            try
            {
                using FileStream content = File.OpenRead(path);
                return Sha256Digest.FromBytes(SHA256.HashData(content));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
