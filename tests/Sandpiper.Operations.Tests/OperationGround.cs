using System.Collections.Immutable;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Indexes;
using Sandpiper.Interpreters.Tests;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Samples;
using Sandpiper.Store.Tests;

namespace Sandpiper.Operations.Tests;

/// <summary>
/// What operations are given: a data root, an index of made-up packages, the machine's Python, and an author
/// with a clock that stands still.
/// </summary>
internal sealed class OperationGround : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly string _index = Directory.CreateTempSubdirectory("sandpiper-index-").FullName;

    public DataRoot Root { get; } = new();

    public OperationContext Context => new()
    {
        Places = DataPlaces.Below(Root.Path),
        Author = "ada",
        Executable = "/opt/sandpiper",
        Time = new StillTime(Now),
    };

    private DirectoryIndex Index =>
        new(new Uri($"file://{_index}/simple/"), (path, _) => throw new InvalidOperationException($"{path} has its METADATA beside it"));

    public ManagedEnvironment Environment(string name = "shared") => ManagedEnvironment.Open(Root.Path, name);

    public ImmutableArray<LedgerLine> Ledger(string name = "shared") => new EnvironmentLedger(Environment(name)).Read();

    public IEnumerable<string> Shims => Directory.Exists(Context.Places.Shims)
        ? Directory.EnumerateFiles(Context.Places.Shims).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal) : [];

    public OperationGround Offering(params SampleWheel[] wheels)
    {
        new SampleIndex().WithAll(wheels).WriteTo(_index);
        return this;
    }

    /// <summary>From now on the index has these and no others.</summary>
    public void OfferOnly(params SampleWheel[] wheels)
    {
        Directory.Delete(_index, recursive: true);
        Offering(wheels);
    }

    /// <summary>The index still lists its wheels and says what they need, and has them no more.</summary>
    public void LoseFiles()
    {
        foreach (string wheel in Directory.EnumerateFiles(_index, "*.whl", SearchOption.AllDirectories)) File.Delete(wheel);
    }

    public static InstallationRequest Request(params string[] requirements) => new()
    {
        Environment = "shared",
        Lines = [.. requirements.Select(r => new RequirementLine(Requirement.Parse(r), [], IsConstraint: false, "the command line"))],
    };

    public Task<InstallationOutcome> InstallAsync(params string[] requirements) => InstallAsync(Request(requirements));

    public Task<InstallationOutcome> InstallAsync(InstallationRequest request, CancellationToken? cancel = null)
    {
        return new Installation(Context, MachineInterpreter.Python, Index)
            .InstallAsync(request, new Unheard(), cancel ?? TestContext.Current.CancellationToken);
    }

    public Task<RepairOutcome> RepairAsync() =>
        new Repair(Context, MachineInterpreter.Python, Index)
            .MendAsync(new RepairRequest("shared"), new Unheard(), TestContext.Current.CancellationToken);

    public RemovalOutcome Remove(params string[] names) =>
        new Removal(Context, MachineInterpreter.Python).Remove(
            new RemovalRequest("shared", [.. names.Select(PackageName.Parse)]), new Unheard(), TestContext.Current.CancellationToken);

    public RollbackOutcome Rollback(int? number = null) =>
        new Rollback(Context).Switch(new RollbackRequest("shared", number), new Unheard(), TestContext.Current.CancellationToken);

    /// <summary>The directory of the environments and that of the shims: what programs and people see.</summary>
    public string[] Visible() =>
        [.. Root.Tree().Where(p => p.StartsWith("envs/", StringComparison.Ordinal) || p.StartsWith("bin/", StringComparison.Ordinal))];

    public void Dispose()
    {
        Root.Dispose();
        Directory.Delete(_index, recursive: true);
    }
}
