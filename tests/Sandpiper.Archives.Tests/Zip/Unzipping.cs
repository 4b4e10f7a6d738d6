using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

/// <summary>Archives in memory, given to the reader as the file it wants.</summary>
internal static class Unzipping
{
    public static ZipReader Open(byte[] archive, ArchiveLimits? limits = null) =>
        ZipReader.Open(FileOf(archive), limits ?? ArchiveLimits.Default);

    /// <summary>Every member, inflated; its bytes as text, a character each.</summary>
    public static List<(string Name, string Content)> Unzip(byte[] archive, ArchiveLimits? limits = null)
    {
        using var reader = Open(archive, limits);
        return [.. reader.Members.Select(member => (member.Name, Inflate(reader, member)))];
    }

    public static string Inflate(ZipReader reader, ZipMember member)
    {
        using var content = new MemoryStream();
        reader.CopyTo(member, content);
        return Encoding.Latin1.GetString(content.ToArray());
    }

    public static ArchiveRefusedException MustBeRefused(string rule, byte[] archive, ArchiveLimits? limits = null)
    {
        var refusal = Assert.Throws<ArchiveRefusedException>(() => Unzip(archive, limits));
        Assert.Equal((rule, refusal.Because), (refusal.Rule, refusal.Because));
        return refusal;
    }

    public static ArchiveRefusedException MustBeRefused(string rule, ZipBytes archive) => MustBeRefused(rule, archive.Build());

    public static ArchiveRefusedException MustBeRefused(string rule, SampleMember member) =>
        MustBeRefused(rule, ZipBytes.Empty.With(member));

    public static void MustBeTaken(SampleMember member) =>
        Assert.Equal(Encoding.Latin1.GetString(member.Content.Span), Assert.Single(Unzip(ZipBytes.Empty.With(member).Build())).Content);

    private static SafeFileHandle FileOf(byte[] bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, bytes, 0);
        return file;
    }
}
