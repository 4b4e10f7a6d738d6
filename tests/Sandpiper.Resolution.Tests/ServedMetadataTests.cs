using System.Buffers;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution.Tests;

public sealed class ServedMetadataTests
{
    [Fact]
    public void Lent_memory_is_what_was_read_and_nothing_behind_it()
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(64);
        "Name: pebble and what was there before"u8.CopyTo(rented);
        var served = ServedMetadata.Lent(rented, "Name: pebble".Length);
        Assert.True(served.Content.SequenceEqual("Name: pebble"u8));
        Assert.Equal(Sha256Digest.Of("Name: pebble"u8), served.Digest);
    }

    [Fact]
    public void What_was_given_back_is_read_no_more_and_given_back_once()
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(64);
        var served = ServedMetadata.Lent(rented, 4);
        served.Dispose();
        served.Dispose();
        Assert.Throws<ObjectDisposedException>(() => served.Content.Length);
        byte[] first = ArrayPool<byte>.Shared.Rent(64), second = ArrayPool<byte>.Shared.Rent(64);
        Assert.NotSame(first, second);
    }
}
