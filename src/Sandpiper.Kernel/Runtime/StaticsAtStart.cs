using System.Runtime;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Runtime;

/// <summary>
/// Where .NET lays the static fields of types that refer to objects: before the first statement of a program it makes one pinned object
/// for each such type, here 5,000 of them, and asks the collector for every one by itself: half a millisecond of a start of three. Here it
/// asks once for each 64 KB, and the objects are laid side by side in that.
/// </summary>
/// <remarks>
/// The linker puts <see cref="Allocate"/> in the place of the runtime's RhAllocateNewObject (ld(1), --wrap); the runtime calls it on the
/// one thread that there is until Main. What it leaves behind is what the collector would have left: objects that follow one another, each
/// beginning with its method table, and the rest of the piece as one free object (runtime: nativeaot/Runtime/GCHelpers.cpp, gc/gc.cpp,
/// make_unused_array). Nothing depends on it: where the runtime's own tables are other than expected, each object is made as before.
/// </remarks>
public static unsafe partial class StaticsAtStart
{
    private const uint PinnedObjectHeap = 64;                   // GC_ALLOC_PINNED_OBJECT_HEAP, gc/gcinterface.h
    private const uint Piece = 64 << 10;
    private const uint Word = 8;
    private const uint Smallest = 3 * Word;                     // a word before it, its method table, one word: min_obj_size

    private static byte* _next;
    private static nuint _left;
    private static bool _isOver;

    /// <summary>To be called when Main begins: what is made from then on, perhaps by several threads, the runtime makes itself.</summary>
    public static void End() => _isOver = true;

    [RuntimeExport("__wrap_RhAllocateNewObject")]
    private static void Allocate(MethodTable* type, uint flags, void** made)
    {
        nuint size = type->BaseSize;
        if (_isOver || flags != PinnedObjectHeap || size < Smallest || size % Word != 0 || size > Piece / 2 || !HasRoomFor(size))
        {
            AllocateByItself(type, flags, made);
            return;
        }
        byte* place = _next;
        unchecked
        {
            _next += size;
            _left -= size;
        }
        MakeFree(_next, _left);
        ((void**)place)[1] = null;                              // where the free object had its length
        *(MethodTable**)place = type;
        *made = place;
    }

    // What is left over of a piece stays a free object.
    private static bool HasRoomFor(nuint size)
    {
        if (_left >= size + Smallest) return true;
        var free = FreeObject();
        if (free->ComponentSize != 1 || free->BaseSize != Smallest) return false;
        void* piece = null;
        AllocateArray(free, Piece, PinnedObjectHeap, &piece);
        if (piece is null || *(MethodTable**)piece != free || ((nuint*)piece)[1] != Piece) return false;
        _next = (byte*)piece;
        _left = Piece + Smallest;
        return true;
    }

    private static void MakeFree(byte* place, nuint size)
    {
        *(MethodTable**)place = FreeObject();
        ((nuint*)place)[1] = size - Smallest;
    }

    [LibraryImport("runtime", EntryPoint = "__real_RhAllocateNewObject"), SuppressGCTransition]
    private static partial void AllocateByItself(MethodTable* type, uint flags, void** made);

    [LibraryImport("runtime", EntryPoint = "RhAllocateNewArray"), SuppressGCTransition]
    private static partial void AllocateArray(MethodTable* type, uint length, uint flags, void** made);

    // GCToEEInterface::GetFreeObjectMethodTable
    [LibraryImport("runtime", EntryPoint = "_ZN15GCToEEInterface24GetFreeObjectMethodTableEv"), SuppressGCTransition]
    private static partial MethodTable* FreeObject();

    // How it begins: nativeaot/Runtime/inc/MethodTable.h
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MethodTable
    {
        public readonly ushort ComponentSize;
        public readonly ushort Flags;
        public readonly uint BaseSize;                          // bytes, its words before and behind included
    }
}
