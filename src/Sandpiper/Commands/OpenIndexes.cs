using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Archives.Zip;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Indexes;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Commands;

/// <summary>Opens the indexes that a command line names.</summary>
internal sealed class OpenIndexes : IDisposable
{
    private const int MaxMetadataBytes = 8 << 20;       // as of one beside a wheel; that of known packages stays below one megabyte

    private readonly List<IPackageIndex> _indexes = [];
    private readonly AskedAhead _ahead;
    private readonly PagesWithGaps _whole;

    /// <param name="limits">The most that a wheel may cost whose METADATA has to be read from it.</param>
    /// <param name="installed">Packages that only the index is asked about that each came from; null: those that are named.</param>
    public OpenIndexes(
        Session session, ImmutableArray<Uri> addresses, ArchiveLimits limits, IEnumerable<InstalledPackage>? installed = null)
    {
        ReadOnlyMemory<byte> MetadataIn(string path, string fileName) => MetadataOf(path, fileName, limits);
        var budget = new PageBudget();
        IPackageIndex Open(Uri address)
        {
            IPackageIndex index = address.IsFile
                ? new DirectoryIndex(address, MetadataIn) { Budget = budget }
                : new SimpleIndex(
                    address, session.Places.IndexCache, MetadataIn, Session.Time, session.Offline,
                    Environment.GetEnvironmentVariable("SSL_CERT_FILE"), NoProxy)
                {
                    Budget = budget,
                };
            _indexes.Add(index);
            return index;
        }
        ImmutableArray<IPackageIndex> named = [.. addresses.Select(Open)];
        var owned = new Dictionary<PackageName, IPackageIndex>();
        foreach (var from in (installed ?? []).GroupBy(package => package.OwningIndex, StringComparer.Ordinal))
        {
            if (!Uri.TryCreate(from.Key, UriKind.Absolute, out Uri? owner)) continue;
            IPackageIndex index = named.FirstOrDefault(n => n.Addresses.Contains(owner)) ?? Open(owner);
            foreach (InstalledPackage package in from) owned.Add(package.Name, index);
        }
        _ahead = new AskedAhead(new IndexChain(named) { Owned = owned });
        _whole = new PagesWithGaps(_ahead);
    }

    // A small letter goes before a capital one, as in curl.
    internal static string? NoProxy => Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY");

    /// <summary>All of them as one: the first that has a name owns it.</summary>
    public IPackageIndex Whole => _whole;

    /// <summary>Asks for the pages that will be needed whatever the interpreter is.</summary>
    public void AskAhead(IEnumerable<RequirementLine> lines) => _ahead.Ask(lines
        .Where(line => line is { IsConstraint: false, Requirement: { Marker: null, Url: null } })
        .Select(line => line.Requirement.Name));

    /// <summary>
    /// With <c>-v</c>: which entries of their pages were left out, and why. A missing one may be why an older release was taken.
    /// </summary>
    public void TellLeftOut(Terminal terminal)
    {
        foreach (ProjectPage page in _whole.Seen) terminal.Detail(LeftOutWords.Of(page)!);
    }

    public void Dispose()
    {
        _ahead.Dispose();
        foreach (IPackageIndex index in _indexes) (index as IDisposable)?.Dispose();
    }

    internal static ReadOnlyMemory<byte> MetadataOf(string path, string fileName, ArchiveLimits limits)
    {
        try
        {
            return ReadMetadata(path, fileName, limits);
        }
        catch (ArchiveRefusedException refusal) when (WheelFileName.TryParse(fileName, out WheelFileName? wheel, out _))
        {
            var finding = new Finding(Fault.Archive, refusal.Member) { Rule = refusal.Rule };
            throw new RefusedException(new Refusal([finding]) { Artifact = new Artifact(wheel.Name, wheel.Version, default) }, refusal);
        }
    }

    // For indexes that do not offer METADATA beside the wheel; the strict reader reads it here as it will when the wheel is sealed.
    private static byte[] ReadMetadata(string path, string fileName, ArchiveLimits limits)
    {
        using ZipReader wheel = ZipReader.Open(
            RegularFile.TryOpenBehindLinks(path) ?? throw new FileNotFoundException(message: null, path), limits);
        ZipMember metadata = wheel.Members.FirstOrDefault(IsMetadata)
            ?? throw new ArchiveRefusedException("SP-WHEEL-03", $"`{fileName}` has no METADATA", null, 0);
        if (metadata.Size > MaxMetadataBytes)
        {
            throw new ArchiveRefusedException(
                "SP-WHEEL-03", $"METADATA has more than {MaxMetadataBytes} bytes", metadata.Name, metadata.HeaderOffset);
        }
        // As large as promised and no larger: the reader refuses at the first byte beyond.
        byte[] content = new byte[metadata.Size];
        wheel.CopyTo(metadata, new MemoryStream(content));
        return content;
    }

    private static bool IsMetadata(ZipMember member) =>
        member.Name.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) && member.Name.Count(c => c == '/') == 1;
}
