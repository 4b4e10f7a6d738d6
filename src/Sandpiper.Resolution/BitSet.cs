using System.Numerics;

namespace Sandpiper.Resolution;

/// <summary>A set of small numbers: places of releases in a project's list, or levels of a search.</summary>
internal sealed class BitSet
{
    private ulong[] _words;

    private BitSet(ulong[] words) => _words = words;

    public BitSet() => _words = [];

    /// <summary>Every number below <paramref name="count"/>.</summary>
    public static BitSet Below(int count)
    {
        ulong[] words = new ulong[(count + 63) / 64];
        Array.Fill(words, ulong.MaxValue);
        if (count % 64 != 0) words[^1] >>= 64 - (count % 64);
        return new BitSet(words);
    }

    public bool IsEmpty => First(from: 0) < 0;

    /// <summary>The largest member, or -1.</summary>
    public int Max
    {
        get
        {
            int word = Array.FindLastIndex(_words, w => w != 0);
            return word < 0 ? -1 : (word * 64) + BitOperations.Log2(_words[word]);
        }
    }

    public bool Contains(int number) => number / 64 < _words.Length && (_words[number / 64] & Bit(number)) != 0;

    public void Add(int number)
    {
        if (number / 64 >= _words.Length) Array.Resize(ref _words, (number / 64) + 1);
        _words[number / 64] |= Bit(number);
    }

    public void Remove(int number)
    {
        if (number / 64 < _words.Length) _words[number / 64] &= ~Bit(number);
    }

    public void UnionWith(BitSet other)
    {
        if (other._words.Length > _words.Length) Array.Resize(ref _words, other._words.Length);
        for (int i = 0; i < other._words.Length; i++) _words[i] |= other._words[i];
    }

    /// <summary>True when something was taken away.</summary>
    public bool IntersectWith(BitSet other)
    {
        bool changed = false;
        for (int i = 0; i < _words.Length; i++)
        {
            ulong kept = i < other._words.Length ? _words[i] & other._words[i] : 0;
            changed |= kept != _words[i];
            _words[i] = kept;
        }
        return changed;
    }

    /// <summary>The smallest member that is at least <paramref name="from"/>, or -1.</summary>
    public int First(int from)
    {
        for (int i = from / 64; i < _words.Length; i++)
        {
            ulong word = i == from / 64 ? _words[i] & (ulong.MaxValue << (from % 64)) : _words[i];
            if (word != 0) return (i * 64) + BitOperations.TrailingZeroCount(word);
        }
        return -1;
    }

    public BitSet Clone() => new([.. _words]);

    /// <summary>The same set with one more member.</summary>
    public BitSet With(int number)
    {
        BitSet set = Clone();
        set.Add(number);
        return set;
    }

    /// <summary>The same set without one member.</summary>
    public BitSet Without(int number)
    {
        BitSet set = Clone();
        set.Remove(number);
        return set;
    }

    private static ulong Bit(int number) => 1UL << (number % 64);
}
