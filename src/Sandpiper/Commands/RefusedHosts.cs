using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Commands;

/// <summary>Says what the proxy refused: a line for each host, once, while the program runs; and what would grant it, afterwards.</summary>
/// <param name="next">The next command, with these grants.</param>
internal sealed class RefusedHosts(Terminal terminal, Func<string, string> next)
{
    // A program asks again and again, and for whatever names it makes up.
    private const int MostTold = 8, MostOffered = 4;

    private readonly Lock _knowing = new();
    private readonly HashSet<(RefusalReason, string)> _known = [];
    private readonly List<RefusedConnection> _told = [];
    private bool _isMore;

    /// <summary>From any thread, as often as there is one.</summary>
    public void Add(RefusedConnection refused)
    {
        lock (_knowing)
        {
            if (_isMore || !_known.Add((refused.Reason, $"{refused.Wanted}"))) return;
            _isMore = _told.Count == MostTold;
            if (!_isMore) _told.Add(refused);
            terminal.Note(Inked.Dim(_isMore ? "sandpiper: refused more, and does not say each" : NetworkWords.Of(refused)));
        }
    }

    /// <summary>After the run: the next command.</summary>
    /// <returns>What it grants.</returns>
    public ImmutableArray<HostGrant> Settle()
    {
        ImmutableArray<HostGrant> grants;
        lock (_knowing) grants = [.. _told.Select(NetworkWords.GrantFor).OfType<HostGrant>().Distinct().Take(MostOffered)];
        if (grants.IsEmpty) return [];
        terminal.Note(Inked.Dim($"sandpiper: to let it ·  {next(GrantWords.AsTyped(new() { Hosts = grants }, null))}"));
        return grants;
    }
}
