using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Archives.Zip;
using Sandpiper.Policies;
using Sandpiper.Indexes;
using Sandpiper.Operations;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Commands;

/// <summary>Opens the indexes that a command line names.</summary>
internal sealed class OpenIndexes : IDisposable
{
    private readonly ArchiveLimits _limits;
    private readonly ImmutableArray<IPackageIndex> _indexes;

    /// <param name="limits">The most that a wheel may cost whose METADATA has to be read from it.</param>
    public OpenIndexes(Session session, ImmutableArray<Uri> addresses, ArchiveLimits limits)
    {
        _limits = limits;
        _indexes = [.. addresses.Select(address => address.IsFile
            ? (IPackageIndex)new DirectoryIndex(address, MetadataOf)
            : new SimpleIndex(address, session.Places.IndexCache, MetadataOf, Session.Time, session.Offline))];
    }

    /// <summary>All of them as one: the first that has a name owns it.</summary>
    public IPackageIndex Whole => _indexes.Length == 1 ? _indexes[0] : new IndexChain(_indexes);

    public void Dispose()
    {
        foreach (IPackageIndex index in _indexes) (index as IDisposable)?.Dispose();
    }

    private ReadOnlyMemory<byte> MetadataOf(string path, string fileName)
    {
        try
        {
            return MetadataIn(path, fileName);
        }
        catch (ArchiveRefusedException refusal) when (WheelFileName.TryParse(fileName, out WheelFileName? wheel, out _))
        {
            var finding = new Finding(Fault.Archive, refusal.Member) { Rule = refusal.Rule };
            throw new RefusedException(new Refusal([finding]) { Artifact = new Artifact(wheel.Name, wheel.Version, default) }, refusal);
        }
    }

    // For indexes that do not offer METADATA beside the wheel; the strict reader reads it here as it will when the wheel is sealed.
    private ReadOnlyMemory<byte> MetadataIn(string path, string fileName)
    {
        using ZipReader wheel = ZipReader.Open(File.OpenHandle(path), _limits);
        ZipMember? metadata = wheel.Members.FirstOrDefault(m => m.Name.EndsWith(".dist-info/METADATA", StringComparison.Ordinal) && m.Name.Count(c => c == '/') == 1);
        if (metadata is null) throw new ArchiveRefusedException("SP-WHEEL-03", $"`{fileName}` has no METADATA", null, 0);
        using var content = new MemoryStream();
        wheel.CopyTo(metadata, content);
        return content.ToArray();
    }
}
