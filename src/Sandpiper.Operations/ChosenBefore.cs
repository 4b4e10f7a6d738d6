using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Remembers which wheel a hashed pin led to on this machine, so that the same line needs no index again. The key is everything that
/// decided: the line, its hashes, the interpreter as far as tags go; the value one of those hashes.
/// </summary>
internal sealed class ChosenBefore(DataPlaces places, TagTarget target)
{
    private const int MaxBytes = 16 << 10;      // a digest and two addresses

    private readonly string _directory = DirectoryIn(places);
    private readonly Dictionary<RequirementLine, (string Path, Choice? Choice)> _read = new(ReferenceEqualityComparer.Instance);
    private readonly string _target = $"{target}";

    /// <summary>Whether there is anything to be found, whatever the interpreter.</summary>
    public static bool IsAny(DataPlaces places) => Directory.Exists(DirectoryIn(places));

    public IEnumerable<(PackageName Name, KnownWheel Wheel)> Find(ImmutableArray<RequirementLine> lines, WheelStore store)
    {
        RequirementLine[] pins = [.. lines.Where(IsPin)];
        var read = new (string Path, Choice? Choice)[pins.Length];
        Parallel.For(0, pins.Length, i => read[i] = PathOf(pins[i]) is var path ? (path, Read(path)) : default);
        foreach (var (line, found) in pins.Zip(read)) _read[line] = found;
        store.Prepare([.. read.Select(r => r.Choice).OfType<Choice>().Select(r => r.Digest)]);
        foreach (var (line, (_, chosen)) in pins.Zip(read))
        {
            if (chosen is null || !line.Hashes.Contains(chosen.Digest)) continue;
            // A damaged one is as good as none: whoever takes it from the store meets the damage, and has it fetched anew.
            if (store.FindSound(chosen.Digest) is { } wheel)
                yield return (line.Requirement.Name, new KnownWheel(wheel, chosen.Origin, chosen.Owner));
        }
    }

    public void Keep(
        ImmutableArray<RequirementLine> lines, ImmutableArray<SelectedPackage> selected,
        IReadOnlyDictionary<PackageName, SealedWheel> wheels)
    {
        try
        {
            Directory.CreateDirectory(_directory);
            var facts = selected.ToDictionary(s => s.Name, s => s.Facts);
            foreach (RequirementLine line in lines.Where(IsPin))
            {
                bool isRead = _read.TryGetValue(line, out var read);
                if (!wheels.TryGetValue(line.Requirement.Name, out SealedWheel? wheel) || read.Choice?.Digest == wheel.Digest) continue;
                string path = isRead ? read.Path : PathOf(line);
                InstalledPackage package = facts[line.Requirement.Name];
                WholeFile.Write(path, Encoding.UTF8.GetBytes($"{wheel.Digest}\n{package.Index}\n{package.OwningIndex}\n"));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Forgetting costs time, not correctness.
        }
    }

    private static string DirectoryIn(DataPlaces places) => Path.Combine(places.Cache, "choices");

    /// <summary>It allows one version, and names digests.</summary>
    public static bool IsPin(RequirementLine line) =>
        !line.IsConstraint && !line.Hashes.IsEmpty && line.Requirement.Specifiers.Clauses is [{ IsExact: true }];

    private static Choice? Read(string path)
    {
        try
        {
            return RegularFile.TryRead(path, MaxBytes) is { } content
                && Encoding.UTF8.GetString(content).TrimEnd('\n').Split('\n') is [var hex, var origin, var owner]
                && Sha256Digest.TryParseHex(hex, out Sha256Digest digest)
                && Uri.TryCreate(origin, UriKind.Absolute, out Uri? address)
                && Uri.TryCreate(owner, UriKind.Absolute, out Uri? index)
                ? new Choice(digest, address, index) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string PathOf(RequirementLine line) => Path.Combine(_directory,
        Sha256Digest.Of(Encoding.UTF8.GetBytes($"{line.Requirement}\n{string.Join('\n', line.Hashes.Order())}\n{_target}")).Hex);

    private sealed record Choice(Sha256Digest Digest, Uri Origin, Uri Owner);
}
