using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// Lets new objects lie in pages of two megabytes instead of four kilobytes, where the kernel has them to give: madvise(2). A command of a
/// tenth of a second otherwise spends much of it in the kernel, which hands out thousands of pages one by one; in a virtual machine each
/// of them can cost as much as twenty system calls.
/// </summary>
/// <remarks>
/// The collector reserves one range of addresses, and makes it accessible in steps of 64 KB, into none of which a large page fits. So what
/// it will want next is made accessible at once; that costs no memory until it is touched. Nothing depends on it: where anything is other
/// than expected, pages stay small.
/// </remarks>
public static partial class HeapPages
{
    private const int Readable = 1, Writable = 2;               // PROT_*, asm-generic/mman-common.h
    private const int Large = 14, Dumped = 17;                  // MADV_HUGEPAGE, MADV_DODUMP
    private const nuint PageBytes = 2 << 20;
    private const nuint Ahead = 64 << 20;                       // one region of large objects, eight of small ones
    private const nuint Near = 64 << 20;
    private const long Uncollected = 10 << 20, UncollectedOfMany = 32 << 20, UncollectedLarge = 8 << 20;
    private const int LargeObject = 100_000;                    // bytes; from 85,000 on it lies among its like
    private const int Piece = 64 << 10;
    private const long LeastMemory = 512 << 20;                 // the range that the collector reserves is twice as large
    private static int _expectsMany;                            // 1: said already

    /// <summary>
    /// For what will allocate megabytes: where the collector cannot see the processor's cache it would collect after each quarter of one.
    /// So it begins when some are used up.
    /// </summary>
    public static void ExpectMuch()
    {
        if (!HasLittle) BeginUncollected(Uncollected);
    }

    /// <summary>
    /// For a change of an environment of many packages: what it knows of each it needs to the end, and a collection would find all of it
    /// alive. Where a search allocates as much, most is garbage, and a process that collects none of it is larger.
    /// </summary>
    public static void ExpectMany()
    {
        if (HasLittle || Interlocked.Exchange(ref _expectsMany, 1) != 0) return;
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // Over since: so much has been allocated already.
        }
        BeginUncollected(UncollectedOfMany);
    }

    private static void BeginUncollected(long small) =>
        _ = GC.TryStartNoGCRegion(small + UncollectedLarge, UncollectedLarge, disallowFullBlockingGC: true);

    /// <summary>To be called once, before much is allocated.</summary>
    public static void MakeLarge()
    {
        if (HasLittle) return;
        // Then the range is smaller, and what follows it somebody else's.
        if (ResourceLimit.Of(ResourceLimit.AddressSpace) != ResourceLimit.None) return;
        nuint young = PageOf(new object()), large = PageOf(GC.AllocateUninitializedArray<byte>(LargeObject));
        nuint first = nuint.Min(young, large), last = nuint.Max(young, large);
        // As a rule the region of large objects follows, and new ones for small objects follow that.
        bool isMade = last - first < Near ? Open(first, last + Ahead - first) : Open(young, Ahead) && Open(large, Ahead);
        if (isMade) Leave(young);
    }

    // What lies in it already are a few small pages, so that it will never be a large one by itself. To have them copied (MADV_COLLAPSE)
    // would be to wait until each core has a moment for the kernel's own work: milliseconds, where others are busy.
    private static void Leave(nuint page)
    {
        for (nuint left = PageBytes; left > 0 && PageOf(GC.AllocateUninitializedArray<byte>(Piece)) == page; left -= Piece) { }
    }

    private static bool HasLittle =>
        !Environment.Is64BitProcess || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < LeastMemory;

    // As the collector makes it, core dumps included: a page lies in one mapping, and what differs in anything is another.
    private static bool Open(nuint start, nuint bytes) =>
        Protect(start, bytes, Readable | Writable) == 0 && Advise(start, bytes, Dumped) == 0 && Advise(start, bytes, Large) == 0;

    private static nuint PageOf(object value) => Unsafe.As<object, nuint>(ref value) & ~(PageBytes - 1);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nuint start, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint start, nuint bytes, int advice);
}
