using System.Security.Cryptography;

namespace Sandpiper.Samples;

/// <summary>One file of a <see cref="SampleIndex"/>: what the page says of it, and what is served under its name.</summary>
internal sealed record SampleFile(
    string Project, string Version, string FileName, byte[] Content, byte[]? Metadata, string? RequiresPython, SampleOffer Offer)
{
    public static SampleFile Of(SampleWheel wheel, SampleOffer offer) =>
        new(SampleName.Normalized(wheel.Name), wheel.Version, wheel.FileName, wheel.Build(),
            offer.WithoutMetadata ? null : (offer.Metadata ?? wheel.Metadata).ToArray(),
            offer.RequiresPython ?? wheel.RequiresPython, offer);

    public static SampleFile Of(SampleSdist sdist, SampleOffer offer) =>
        new(SampleName.Normalized(sdist.Name), sdist.Version, sdist.FileName, sdist.Build(),
            null, offer.RequiresPython ?? sdist.RequiresPython, offer);

    /// <summary>From the page <c>simple/project/</c>.</summary>
    public string Url => $"../../files/{Uri.EscapeDataString(FileName)}";

    public string MetadataFileName => $"{FileName}.metadata";

    public string? Sha256 => Offer.WithoutHash ? null : Offer.Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(Content));

    public string? MetadataSha256 => Metadata is null ? null : Convert.ToHexStringLower(SHA256.HashData(Metadata));

    public byte[] Served => Offer.Content?.ToArray() ?? Content;
}
