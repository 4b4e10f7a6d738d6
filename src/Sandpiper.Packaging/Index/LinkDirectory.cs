using System.Buffers;
using System.Text;

namespace Sandpiper.Packaging.Index;

/// <summary>
/// Where the last file of a page lay. Often all of them lie there: then what makes an address of a name, and a rule of it
/// (<see cref="FileLink"/>), was worked out before.
/// </summary>
internal sealed class LinkDirectory
{
    private byte[]? _written;       // as on the page, ending in a slash
    private string _whole = "";

    /// <summary>Null: nobody knows, and it is to be resolved as any other.</summary>
    /// <param name="address">As on the page, UTF-8.</param>
    /// <param name="fileName">One that says nothing but itself.</param>
    public Uri? UrlOf(ReadOnlySpan<byte> address, string fileName) =>
        _written is not null && address.Length <= FileLink.MaxLength
        && address.Length == _written.Length + fileName.Length && address.StartsWith(_written)
        && Ascii.Equals(address[_written.Length..], fileName) && FileLink.IsPlainest(fileName)
            ? new Uri(_whole + fileName) : null;

    /// <param name="address">As on the page; a file of that name was found there.</param>
    /// <param name="url">Where that is.</param>
    public void Learn(string address, string fileName, Uri url)
    {
        _written = null;
        if (!FileLink.EndsPlainly(address, fileName) || !url.OriginalString.EndsWith(fileName, StringComparison.Ordinal)) return;
        _written = Encoding.UTF8.GetBytes(address[..^fileName.Length]);
        _whole = url.OriginalString[..^fileName.Length];
    }
}
