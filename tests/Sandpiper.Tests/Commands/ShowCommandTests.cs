using System.Collections.Immutable;
using System.Text;
using Sandpiper.Commands;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Tests.Console;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests.Commands;

/// <summary>Every value is another one here, so that none can stand where another belongs.</summary>
public sealed class ShowCommandTests
{
    private static readonly ImmutableArray<string> Files = ["tide-2.0.dist-info/METADATA", "tide/__init__.py"];
    private readonly Listener _listener = new();

    [Fact]
    public void A_package_is_told_field_by_field()
    {
        ShowCommand.WriteWords(_listener.Terminal, Shared, Tide, Metadata, Files);
        Snapshot.Matches("Commands/ShownPackage.txt", _listener.Output);
    }

    [Fact]
    public void A_script_is_told_the_same()
    {
        ShowCommand.WriteJson(_listener.Terminal, Tide, Metadata, Files);
        Snapshot.Matches("Commands/ShownPackage.json", _listener.Output);
    }

    private static InstalledPackage Tide { get; } = new()
    {
        Name = PackageName.Parse("tide"),
        Version = Pep440Version.Parse("2.0"),
        WheelFileName = "tide-2.0-py3-none-any.whl",
        Digest = Sha256Digest.Of("tide"u8),
        IsRequested = true,
        Requirement = "tide>=1.5",
        RequiredBy = [PackageName.Parse("harbour"), PackageName.Parse("pier")],
        Index = "https://index.example/files/tide-2.0-py3-none-any.whl",
        OmittedHooks = ["tide-left-out.pth"],
        AllowedHooks = ["tide-allowed.pth"],
    };

    private static Generation Shared { get; } = new()
    {
        Environment = "shared",
        Number = 3,
        Directory = "/data/envs/shared/generations/3",
        Created = DateTimeOffset.UnixEpoch,
        Python = "/usr/bin/python3.11",
        PythonPrefix = "/usr",
        PythonName = "python3.11",
        Packages = [Tide],
        WrittenFiles = ImmutableSortedDictionary<string, Sha256Digest>.Empty,
        Commands = [],
    };

    private static CoreMetadata Metadata => CoreMetadata.TryParse(Encoding.UTF8.GetBytes("""
        Metadata-Version: 2.1
        Name: tide
        Version: 2.0
        Summary: Tells the tide
        Home-page: https://tide.example/
        License: MIT
        Requires-Dist: pebble>=1
        Requires-Dist: wave; extra == "surf"
        Requires-Dist: moon

        """), out CoreMetadata? metadata, out string problem) ? metadata : throw new FormatException(problem);
}
