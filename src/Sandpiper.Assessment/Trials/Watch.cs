using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Trials;

/// <summary>
/// Reads from outside, after every step, what reached a decoy, the sink or the drop since the step before. Only lines with this trial's
/// nonce count, only secrets with its canary; the probe's own word never does.
/// </summary>
internal sealed class Watch
{
    private readonly Replica _replica;
    private readonly string _nonce, _canary;
    private readonly ImmutableArray<Decoy> _decoys;
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<Reach> _reaches = [];
    private readonly List<Reach> _inOrder = [];
    private long _dropSeen;

    public Watch(Replica replica, string nonce, string canary, ImmutableArray<Decoy> decoys)
    {
        (_replica, _nonce, _canary, _decoys) = (replica, nonce, canary, decoys);
        foreach (string path in Written) _seen[path] = LengthOf(path);
    }

    /// <summary>Where the uids are this machine's and not the replica's: who whatever runs belongs to.</summary>
    public Person? Everybody { get; set; }

    /// <summary>Who a uid is that nobody of the replica has: what ran on this machine has left something there.</summary>
    public Person Stranger { get; init; } = Person.You;

    /// <summary>
    /// Everything that was seen so far, each once, in the order in which it came: what ran again in a step comes after what had left it.
    /// </summary>
    public ImmutableArray<Reach> Reaches => [.. _inOrder];

    private IEnumerable<string> Written => _decoys.Where(d => !d.IsSecret).Select(d => d.Path);

    /// <summary>Looks, and puts down what is new as reached in this step.</summary>
    public void Look(Moment moment, Person by, string received)
    {
        foreach (Decoy decoy in _decoys.Where(d => !d.IsSecret))
        {
            foreach (string line in NewLines(decoy.Path))
            {
                if (line.StartsWith("# ", StringComparison.Ordinal) && TagOf(line[2..]) is { } tag)
                    Add(tag.Reached(moment, by, decoy.Asset, decoy.Path));
            }
        }
        foreach (string line in received.Split('\n'))
        {
            if (TagOf(line) is not { } tag) continue;
            Add(tag.Reached(moment, by, Asset.Network, "a connection"));
            AddSecrets(moment, by, tag);
        }
        foreach (string line in NewDropLines())
        {
            if (TagOf(line) is { } tag) AddSecrets(moment, by, tag);
        }
    }

    /// <summary>What lies there now is where a later look begins: the harness itself has put files back.</summary>
    public void Forget()
    {
        foreach (string path in Written) _seen[path] = LengthOf(path);
    }

    private void Add(Reach reach)
    {
        if (_reaches.Add(reach)) _inOrder.Add(reach);
    }

    private void AddSecrets(Moment moment, Person by, Tag tag)
    {
        foreach (Decoy decoy in _decoys.Where(d => d.IsSecret))
        {
            if (tag.Words.Contains(Replica.SecretOf(_canary, decoy.Asset), StringComparer.Ordinal))
                Add(tag.Reached(moment, by, decoy.Asset, decoy.Path));
        }
    }

    private Tag? TagOf(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var nonce, var trigger, var user, var leftBy, .. var words]
            && string.Equals(nonce, _nonce, StringComparison.Ordinal)
            && int.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out int uid)
            && (Everybody ?? People.Of(uid)) is { } runsAs
            && PlanterOf(leftBy) is var planter
            && KindOf(trigger, planter) is { } kind
            ? new(kind, trigger, runsAs, planter, [.. words])
            : null;

    // The nearest comes first: `planted-shared-pth:1000,build:0`.
    private Planter? PlanterOf(string leftBy)
    {
        Planter? planter = null;
        foreach (string link in leftBy.Split(',').Reverse())
        {
            if (link.Split(':') is [var trigger, var user]
                && int.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out int uid))
            {
                planter = new(trigger, People.Of(uid) ?? Stranger, planter);
            }
        }
        return planter;
    }

    private static Kind? KindOf(string trigger, Planter? planter)
    {
        for (; planter is not null; planter = planter.LeftBy) trigger = planter.Trigger;
        return KindNames.Find(trigger);
    }

    /// <summary>What a line of a probe says of the code that wrote it.</summary>
    private sealed record Tag(Kind Kind, string Trigger, Person RunsAs, Planter? LeftBy, ImmutableArray<string> Words)
    {
        public Reach Reached(Moment moment, Person by, Asset asset, string what) =>
            new(Kind, moment, by, Trigger, RunsAs, asset, what, LeftBy);
    }

    private string[] NewLines(string path)
    {
        string text = TextFrom(path, _seen.GetValueOrDefault(path));
        _seen[path] = LengthOf(path);
        return text.Split('\n');
    }

    private string[] NewDropLines()
    {
        string text = TextFrom(Replica.Drop, _dropSeen);
        _dropSeen = LengthOf(Replica.Drop);
        return text.Split('\n');
    }

    private long LengthOf(string path) => new FileInfo(_replica.Outside(path)) is { Exists: true } file ? file.Length : 0;

    private string TextFrom(string path, long from)
    {
        if (LengthOf(path) <= from) return "";
        using FileStream file = File.OpenRead(_replica.Outside(path));
        file.Position = from;
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
