using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Verifying;

/// <summary>
/// Byte code runs instead of its source: whoever changes it is seen as whoever changes a source, by verify and by the next install.
/// </summary>
public sealed class ChangedByteCodeTests : IDisposable
{
    private readonly Workshop _workshop = new();

    private static string Tag => Workshop.Python.ByteCodeTag;

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_compiled_since_the_install_is_as_installed(bool full)
    {
        var (generation, wheel) = Install();
        Assert.Empty(Verify(generation, full));
        Compile(wheel);
        Assert.Empty(Verify(generation, full));
        // And the next generation is made from it.
        Assert.Empty(Verify(_workshop.Install(Workshop.Package(wheel)), full));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_compiled_while_it_is_looked_at_is_as_installed(bool full)
    {
        var (generation, wheel) = Install();
        var verifier = new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store) { Between = () => Compile(wheel) };
        Assert.Empty(verifier.Verify(generation, full, CancellationToken.None).Deviations);

        // And what is done to it then is seen all the same.
        _workshop.Root.Store.DropByteCode(wheel.Digest);
        verifier = new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
        {
            Between = () =>
            {
                Compile(wheel);
                Tamper(wheel, "edited");
            },
        };
        Assert.NotEmpty(verifier.Verify(generation, full, CancellationToken.None).Deviations);
    }

    public static TheoryData<string> Kinds => ["edited", "exchanged", "removed", "added", "link", "mode", "directory's mode", "record"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_is_done_to_it_is_seen_and_said_to_be_byte_code(string kind)
    {
        var (generation, wheel) = Install();
        Compile(wheel);
        Tamper(wheel, kind);
        var deviations = Verify(generation, full: false);
        Assert.NotEmpty(deviations);
        Assert.All(deviations, d => Assert.Equal((DeviationPlace.ByteCode, "tide"), (d.Place, d.Owner!.Name.Normalized)));

        _workshop.Root.Store.DropByteCode(wheel.Digest);
        Assert.Empty(Verify(generation, full: true));
        Compile(wheel);
        Assert.Empty(Verify(generation, full: true));
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("exchanged")]
    [InlineData("removed")]
    [InlineData("added")]
    [InlineData("link")]
    public void No_other_environment_is_made_from_what_was_done_to_it(string kind)
    {
        var (_, wheel) = Install();
        Compile(wheel);
        Tamper(wheel, kind);
        _workshop.Name = "other";
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(Workshop.Package(wheel)));
    }

    [Fact]
    public void What_a_kill_left_is_no_deviation_but_what_is_there_is_compared()
    {
        var (generation, wheel) = Install();
        Compile(wheel);
        string record = $"{wheel.StampsFile}.{Tag}", place = Path.Combine(wheel.Tree, "tide/__pycache__");
        File.Move(record, record + ".begun");
        File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
        string[] codes = Directory.GetFiles(place);
        File.Delete(codes[0]);
        Assert.Empty(Verify(generation, full: false));
        _workshop.Install(Workshop.Package(wheel));
        File.Delete(codes[1]);
        File.WriteAllText(codes[1], "planted");
        Assert.Contains(Verify(generation, full: false), d => d.Place == DeviationPlace.ByteCode && d.Kind == DeviationKind.Changed);
    }

    [Fact]
    public void A_module_in_a_real_directory_finds_its_byte_code_by_a_link_of_its_own()
    {
        var one = _workshop.Package(new SampleWheel("one", "1.0").WithFile("one.py", "x = 1\n").WithFile("common/one.py", "x = 1\n"));
        var two = _workshop.Package(new SampleWheel("two", "1.0").WithFile("two.py", "x = 2\n").WithFile("common/deep/two.py", "x = 2\n"));
        var generation = _workshop.Install(one, two);
        Assert.Equal(
            ["__pycache__/one." + Tag + ".pyc", "__pycache__/two." + Tag + ".pyc", "common/__pycache__", "common/deep"],
            generation.Linked.Where(l => !l.Path.EndsWith(".dist-info", StringComparison.Ordinal))
                .Select(l => Path.GetRelativePath(generation.SitePackages, Path.Combine(generation.Directory, l.Path))));
        foreach (var wheel in (SealedWheel[])[one.Wheel, two.Wheel]) Compile(wheel);
        foreach (string module in (string[])["__pycache__/one", "__pycache__/two", "common/__pycache__/one", "common/deep/__pycache__/two"])
        {
            string code = File.ReadAllText(Path.Combine(generation.SitePackages, $"{module}.{Tag}.pyc"));
            Assert.StartsWith("code of", code, StringComparison.Ordinal);
        }
        Assert.Empty(Verify(generation, full: true));
        // No other place than the one that was linked.
        string link = Path.Combine(generation.SitePackages, $"__pycache__/one.{Tag}.pyc");
        File.SetUnixFileMode(Path.GetDirectoryName(link)!, SealedTree.OpenDirectoryMode);
        File.Delete(link);
        File.CreateSymbolicLink(link, "/tmp/planted.pyc");
        Assert.Contains(Verify(generation, full: false),
            d => d.Kind == DeviationKind.Changed && d.Path.EndsWith($"one.{Tag}.pyc", StringComparison.Ordinal));
    }

    private static void Tamper(SealedWheel wheel, string kind)
    {
        string place = Path.Combine(wheel.Tree, "tide/__pycache__"), code = Directory.GetFiles(place).Order(StringComparer.Ordinal).First();
        if (kind != "directory's mode") File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
        switch (kind)
        {
            case "edited":
                byte[] content = File.ReadAllBytes(code);
                content[^1] ^= 1;
                File.SetUnixFileMode(code, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.WriteAllBytes(code, content);
                File.SetUnixFileMode(code, SealedTree.FileMode);
                File.SetLastWriteTimeUtc(code, SealedTree.SealTime);
                break;
            case "exchanged":
                Assert.True(AtomicRename.TryExchange(code, Directory.GetFiles(place).Order(StringComparer.Ordinal).Last()));
                break;
            case "removed": File.Delete(code); break;
            case "added": SealedTree.WriteFile(Path.Combine(place, $"other.{Tag}.pyc"), "x"u8, SealedTree.FileMode); break;
            case "link":
                File.Move(code, code + ".moved");
                File.CreateSymbolicLink(code, Path.GetFileName(code) + ".moved");
                break;
            case "mode": File.SetUnixFileMode(code, SealedTree.FileMode | UnixFileMode.UserWrite); break;
            case "directory's mode": File.SetUnixFileMode(place, SealedTree.DirectoryMode | UnixFileMode.UserWrite); return;
            default: File.Delete($"{wheel.StampsFile}.{Tag}"); break;
        }
        Directory.SetLastWriteTimeUtc(place, SealedTree.SealTime);
        File.SetUnixFileMode(place, SealedTree.DirectoryMode);
    }

    private (Generation Generation, SealedWheel Wheel) Install()
    {
        var package = _workshop.Package(OrdinaryPackages.Tide().WithFile("tide/more.py", "y = 2\n"));
        return (_workshop.Install(package), package.Wheel);
    }

    private void Compile(SealedWheel wheel)
    {
        using var staging = Staging.Create(_workshop.Root.Path);
        var contents = wheel.Modules.Select((m, i) => (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes($"code of {m.Stem} {i}")).ToList();
        Assert.True(new ByteCodeSeal(_workshop.Root.Store, Tag).Place(ByteCodeSeal.Stage(wheel, contents, staging)));
    }

    private IReadOnlyList<Deviation> Verify(Generation generation, bool full) =>
    [
        .. new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full, TestContext.Current.CancellationToken).Deviations,
    ];
}
