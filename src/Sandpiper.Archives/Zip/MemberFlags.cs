namespace Sandpiper.Archives.Zip;

/// <summary>General purpose bits of a member (APPNOTE 4.4.4).</summary>
[Flags]
internal enum MemberFlags
{
    None = 0,
    Encrypted = 1 << 0,

    /// <summary>This and the next: how hard the writer tried; they mean nothing to a reader.</summary>
    DeflateEffort1 = 1 << 1,

    DeflateEffort2 = 1 << 2,

    /// <summary>Checksum and sizes stand behind the content.</summary>
    Descriptor = 1 << 3,

    Patched = 1 << 5,
    StronglyEncrypted = 1 << 6,
    Utf8 = 1 << 11,
    MaskedHeaders = 1 << 13,
}
