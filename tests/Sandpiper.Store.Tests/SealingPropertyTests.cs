using CsCheck;
using Sandpiper.Archives;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

/// <summary>Laws: what is honest seals, byte for byte; what was tampered with is refused, or was the same after all.</summary>
public sealed class SealingPropertyTests : IDisposable
{
    private readonly DataRoot _root = new();

    private static readonly Gen<string> AnySegment = Gen.Char["abcxyz09_-. +é中"].Array[1, 12]
        .Select(c => "m" + new string(c).TrimEnd('.', ' '));

    private static readonly string[] Places =
    [
        "", "honest/", "honest-1.0.data/purelib/", "honest-1.0.data/scripts/", "honest-1.0.data/data/share/",
        "honest-1.0.data/headers/", $"{WheelSample.DistInfo}/licenses/",
    ];

    private static readonly Gen<string> AnyPlace = Gen.Int[0, Places.Length - 1].Select(i => Places[i]);

    private static readonly Gen<WheelSample> AnyHonestWheel =
        Gen.Select(AnyPlace, AnySegment, Gen.Byte.Array[0, 3000], Gen.Bool).Array[0, 12].Select(files =>
        {
            var sample = WheelSample.Honest;
            var places = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (place, name, content, executable) in files)
            {
                // One file to a place: site-packages has two doors.
                if (places.Add(place.Replace("honest-1.0.data/purelib/", "", StringComparison.Ordinal) + name))
                    sample = sample.With(place + name, content, executable);
            }
            return sample;
        });

    [Fact]
    public void Any_honest_wheel_seals_and_every_byte_is_there() =>
        AnyHonestWheel.Sample(sample =>
        {
            var sealedWheel = _root.Seal(sample);
            SealingTests.MustBeSealed(sealedWheel, sample);
            Assert.Equal(sealedWheel.Files, _root.Store.Find(sealedWheel.Digest)!.Files);
        }, iter: 100, threads: 1);

    [Fact]
    public void A_mutated_wheel_is_refused_or_says_the_same()
    {
        var sample = WheelSample.Honest.With(
            "honest/data.bin", [.. Enumerable.Range(0, 600).Select(i => (byte)(i % 251))], executable: true)
            .With($"{WheelSample.DistInfo}/entry_points.txt", "[console_scripts]\nhonest = honest:main\n");
        byte[] honest = sample.ToBytes();
        var expected = _root.Seal(sample).Files.Select(f => (f.StorePath, f.Digest)).Order().ToArray();
        int refused = 0;
        Gen.Select(Gen.Int[0, honest.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 3].Sample(mutations =>
        {
            byte[] mutated = Mutate(honest, mutations);
            try
            {
                Assert.Equal(expected, _root.Seal(sample.FileName, mutated).Files.Select(f => (f.StorePath, f.Digest)).Order());
            }
            catch (Exception e) when (e is RefusedException or ArchiveRefusedException)
            {
                Interlocked.Increment(ref refused);
            }
        }, iter: 1000, threads: 1);
        Assert.True(refused > 500);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root.Path, "staging")));
    }

    /// <summary>
    /// Checksums of the archive catch nearly every damaged byte; here they are right, and only what the wheel says is wrong.
    /// </summary>
    [Theory]
    [InlineData("RECORD")]
    [InlineData("METADATA")]
    [InlineData("WHEEL")]
    [InlineData("entry_points.txt")]
    public void A_document_rewritten_by_an_attacker_is_refused_or_says_the_same(string document)
    {
        var sample = WheelSample.Honest.With($"{WheelSample.DistInfo}/entry_points.txt", "[console_scripts]\nhonest = honest:main\n");
        var expected = _root.Seal(sample);
        byte[] honest = document == "RECORD"
            ? sample.Record()
            : sample.Files.Single(f => f.Name == $"{WheelSample.DistInfo}/{document}").Content;
        Gen.Select(Gen.Int[0, honest.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 3].Sample(mutations =>
        {
            byte[] mutated = Mutate(honest, mutations);
            // RECORD is true of the rewritten document, so nothing but the document itself can give it away.
            var attacked = document == "RECORD"
                ? sample.WithRecord(_ => System.Text.Encoding.Latin1.GetString(mutated))
                : sample.With($"{WheelSample.DistInfo}/{document}", mutated);
            try
            {
                var sealedWheel = _root.Seal(attacked);
                Assert.Equal(expected.Files.Select(f => f.StorePath).Order(), sealedWheel.Files.Select(f => f.StorePath).Order());
                Assert.All(sealedWheel.Scripts, s => Assert.DoesNotContain('/', s.Name));
            }
            catch (RefusedException)
            {
            }
        }, iter: 500, threads: 1);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_root.Path, "staging")));
    }

    public void Dispose() => _root.Dispose();

    private static byte[] Mutate(byte[] honest, (int At, byte Value, int Kind)[] mutations)
    {
        var bytes = honest.ToList();
        foreach (var (at, value, kind) in mutations)
        {
            if (bytes.Count == 0) break;
            int place = Math.Min(at, bytes.Count - 1);
            if (kind == 0) bytes.Insert(place, value);
            else if (kind == 1) bytes.RemoveAt(place);
            else if (kind == 2) bytes.RemoveRange(place, Math.Min(value, bytes.Count - place - 1));
            else bytes[place] = value;
        }
        return [.. bytes];
    }
}
