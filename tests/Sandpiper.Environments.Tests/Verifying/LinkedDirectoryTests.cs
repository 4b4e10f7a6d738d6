using CsCheck;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Environments.Verifying;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Verifying;

/// <summary>Of directories that are links into the store: the link is compared, what it leads to is looked at where it lies.</summary>
public sealed class LinkedDirectoryTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_just_installed_is_as_installed_and_every_file_was_looked_at(bool full)
    {
        var generation = Install();
        Assert.Equal(8, generation.Linked.Length);
        var report = Verify(_workshop.Environment.Read(generation.Number), full);
        Assert.Empty(report.Deviations);
        Assert.Equal(Directory.EnumerateFiles(generation.Directory, "*", SearchOption.AllDirectories)
            .Count(p => !p.Contains("/lib64/", StringComparison.Ordinal) && new FileInfo(p).LinkTarget is null), report.Files);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("../../../../../../../store")]
    [InlineData("same, longer")]
    public void A_link_that_leads_elsewhere_is_found_and_not_followed(string target)
    {
        var generation = Install();
        string link = Path.Combine(generation.SitePackages, "tide"), was = new FileInfo(link).LinkTarget!;
        Replace(link, () => File.CreateSymbolicLink(link, target == "same, longer" ? was + "/." : target));
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Changed, DeviationPlace.Generation, $"{Workshop.SitePackages}/tide", "tide"),
            (deviation.Kind, deviation.Place, deviation.Path, deviation.Owner!.Name.Normalized));
    }

    [Fact]
    public void A_directory_of_the_same_bytes_in_the_place_of_a_link_is_found()
    {
        var generation = Install();
        string link = Path.Combine(generation.SitePackages, "tide");
        var files = Directory.GetFiles(link).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes, StringComparer.Ordinal);
        Replace(link, () =>
        {
            Directory.CreateDirectory(link);
            foreach (var (name, content) in files) SealedTree.WriteFile(Path.Combine(link, name), content, SealedTree.FileMode);
            SealedTree.CloseDirectories(link);
        });
        Assert.Equal((DeviationKind.Changed, $"{Workshop.SitePackages}/tide"),
            Verify(generation).Deviations.Select(d => (d.Kind, d.Path)).Single());
    }

    [Fact]
    public void An_edit_through_a_link_is_found_in_the_store()
    {
        var generation = Install();
        string path = Path.Combine(generation.SitePackages, "tide/__init__.py");
        byte[] content = File.ReadAllBytes(path);
        content[0] ^= 1;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, SealedTree.FileMode);
        File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
        var deviation = Assert.Single(Verify(generation).Deviations);
        var tide = generation.Packages.Single(p => p.Name.Normalized == "tide");
        Assert.Equal((DeviationKind.Changed, $"store/{tide.Digest.Hex}/wheel/tide/__init__.py", tide),
            (deviation.Kind, deviation.Path, deviation.Owner));
    }

    // The entry, its manifest and its stamps all made to agree: RECORD still knows what was there.
    [Fact]
    public void A_file_that_was_taken_out_of_entry_and_manifest_is_missed()
    {
        var generation = Install();
        var tide = generation.Packages.Single(p => p.Name.Normalized == "tide");
        string entry = Path.Combine(_workshop.Root.Path, "store", tide.Digest.Hex), file = Path.Combine(entry, "wheel/tide/__init__.py");
        var stored = _workshop.Root.Store.Find(tide.Digest)!.Files.Single(f => f.StorePath == "tide/__init__.py");
        Replace(file, () => { });
        string manifest = Path.Combine(entry, "manifest.json");
        string text = File.ReadAllText(manifest);
        string row = $"[\"{stored.Path}\",\"{stored.Digest.Hex}\",{stored.Size},{(int)stored.Scheme},{(int)stored.Kind},false]";
        Assert.Contains(row, text, StringComparison.Ordinal);
        File.SetUnixFileMode(manifest, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(manifest, text.Replace(row + ",", "", StringComparison.Ordinal).Replace("," + row, "", StringComparison.Ordinal));
        File.SetUnixFileMode(manifest, SealedTree.FileMode);
        File.SetLastWriteTimeUtc(manifest, SealedTree.SealTime);
        File.Delete(Path.Combine(_workshop.Root.Path, "stamps", tide.Digest.Hex));
        Assert.Contains(Verify(generation).Deviations,
            d => d is { Kind: DeviationKind.Missing, InStore: true }
                && d.Path.EndsWith("wheel/tide/__init__.py", StringComparison.Ordinal));
    }

    // Manifest, stamps and RECORD made to agree: the generation, for which the ledger stands, knows the RECORD that was shown.
    [Fact]
    public void A_record_in_the_store_that_was_written_anew_is_found()
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("gull")));
        var gull = generation.Packages.Single();
        var wheel = _workshop.Root.Store.Find(gull.Digest)!;
        string record = Path.Combine(wheel.Tree, "requested.dist-info/RECORD"), text = File.ReadAllText(record);
        string forged = text.Replace("gull/__init__.py", "gull/__edit__.py", StringComparison.Ordinal);
        Assert.NotEqual(text, forged);
        Forge(record, forged);
        Forge(wheel.ManifestFile, File.ReadAllText(wheel.ManifestFile).Replace(gull.Record.Hex,
            Packaging.Names.Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(forged)).Hex, StringComparison.Ordinal));
        File.Delete(wheel.StampsFile);
        Assert.Contains(Verify(generation).Deviations, d => d.InStore && d.Path.EndsWith("/manifest.json", StringComparison.Ordinal));
    }

    private static void Forge(string path, string text)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, SealedTree.FileMode);
        File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
    }

    [Fact]
    public void Any_single_mutation_of_generation_or_store_is_found()
    {
        var generation = Install();
        string store = Path.Combine(_workshop.Root.Path, "store");
        string[] names = [.. Everything(generation.Directory), .. Everything(store).Where(p => Path.GetDirectoryName(p) != store)];
        Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, 6], Gen.Int[1, 1 << 20]).Sample((index, kind, salt) =>
        {
            if (Mutation.Of(names[index], kind, salt) is not { } mutation) return;
            mutation.Do();
            try
            {
                Assert.False(Verify(generation).Deviations.IsEmpty, $"{mutation.Name} of {names[index]} was not seen");
            }
            finally
            {
                mutation.Undo();
            }
        }, iter: 400, threads: 1);
        Assert.Empty(Verify(generation, full: true).Deviations);
    }

    [Theory]
    [InlineData("\"store_path\": \"tide\"", "\"store_path\": \"../tide\"")]
    [InlineData("\"store_path\": \"tide\"", "\"store_path\": \"/tide\"")]
    [InlineData("site-packages/tide\"", "site-packages/../tide\"")]
    public void A_description_whose_links_leave_their_place_is_none(string was, string made)
    {
        var generation = Install();
        string path = Path.Combine(generation.Directory, "generation.json"), text = File.ReadAllText(path);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, text.Replace(was, made, StringComparison.Ordinal));
        Assert.Throws<EnvironmentException>(() => _workshop.Environment.Read(generation.Number));
    }

    [Fact]
    public void A_description_that_links_to_what_is_not_installed_is_none()
    {
        var generation = Install();
        string path = Path.Combine(generation.Directory, "generation.json"), text = File.ReadAllText(path);
        string hex = generation.Linked[0].Wheel.Hex;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, text.Replace($"\"wheel\": \"{hex}\"", $"\"wheel\": \"{new string('0', 64)}\"", StringComparison.Ordinal));
        Assert.Throws<EnvironmentException>(() => _workshop.Environment.Read(generation.Number));
    }

    private Generation Install() => _workshop.Install(
        _workshop.Package(OrdinaryPackages.Tide()),
        _workshop.Package(Workshop.Wheel("gull").WithData("share/gull/x.txt", "x"u8.ToArray()).WithFile("gull/deep/y.py", "y = 1\n")
            .WithMember(SampleMember.Text("gull/tool", "t").AsExecutable())),
        _workshop.Package(Workshop.Wheel("plain")), _workshop.Package(Workshop.Wheel("needed"), isRequested: false));

    private EnvironmentVerifier.Report Verify(Generation generation, bool full = false) =>
        new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full, TestContext.Current.CancellationToken);

    // As somebody would who covers his traces.
    private static void Replace(string path, Action make)
    {
        string parent = Path.GetDirectoryName(path)!;
        File.SetUnixFileMode(parent, SealedTree.OpenDirectoryMode);
        File.Delete(path);
        make();
        Directory.SetLastWriteTimeUtc(parent, SealedTree.SealTime);
        File.SetUnixFileMode(parent, SealedTree.DirectoryMode);
    }

    private static IEnumerable<string> Everything(string directory)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            yield return path;
            if (!Directory.Exists(path) || new FileInfo(path).LinkTarget is not null) continue;
            foreach (string below in Everything(path)) yield return below;
        }
    }
}
