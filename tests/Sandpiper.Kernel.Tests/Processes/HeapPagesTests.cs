using System.Globalization;
using System.Runtime.CompilerServices;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class HeapPagesTests
{
    // "hg" is what the kernel says of a mapping for which large pages were asked for: proc(5), VmFlags.
    [Fact]
    public void What_is_allocated_next_may_lie_in_large_pages()
    {
        Assert.SkipUnless(Directory.Exists("/sys/kernel/mm/transparent_hugepage"), "this kernel has no large pages to give");
        Assert.SkipUnless(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 512 << 20, "there is little memory");
        HeapPages.MakeLarge();
        Assert.Contains("hg", FlagsOf(new object()));
        Assert.Contains("hg", FlagsOf(new byte[1 << 20]));
    }

    private static string[] FlagsOf(object value)
    {
        ulong at = Unsafe.As<object, ulong>(ref value);
        bool isIt = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Split(' ')[0].Split('-') is [var start, var end] && TryParse(start, out ulong from) && TryParse(end, out ulong to))
                isIt = at >= from && at < to;
            else if (isIt && line.StartsWith("VmFlags:", StringComparison.Ordinal)) return line.Split(' ');
        }
        return [];

        static bool TryParse(string text, out ulong number) =>
            ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
