using System.Collections.Immutable;

namespace Sandpiper.Environments.Ledger;

/// <summary>
/// One line of the file: a change that is about to happen, the switch that it led to, or that unreadable lines were noticed. What
/// belongs to another kind is null.
/// </summary>
internal sealed record LedgerEvent(
    string Event, int To, string? Command = null, DateTimeOffset? When = null, string? Who = null, uint? Uid = null, int? From = null,
    ImmutableArray<LedgerChange>? Changes = null, ImmutableArray<string>? Overrides = null, string? GenerationSha256 = null,
    ImmutableArray<LedgerHandover>? HandedOver = null, string? Chain = null)
{
    /// <summary>
    /// SHA-256 of all that stood in the file before this line. So no line can be changed, taken out or put in but the last ones, without
    /// every later line saying so. Null in lines of earlier versions.
    /// </summary>
    public string? Chain { get; init; } = Chain;

    public const string Change = "change", Switched = "switched", Noted = "noted";

    public static LedgerEvent Of(LedgerLine line, uint uid) =>
        new(
            Change, line.To, line.Command, line.When.ToUniversalTime(), line.Who, uid, line.From, line.Changes, line.Overrides,
            line.Description?.Hex, line.HandedOver.IsEmpty ? null : line.HandedOver);

    /// <summary>Null when something is missing that a change has.</summary>
    public LedgerLine? ToLine() =>
        Event is Change && Command is not null && When is { } when && Who is not null
            && Changes is { } changes && Overrides is { } overrides
            ? new LedgerLine(Command, when, Who, From, To, changes, overrides, Confirmed: false)
            {
                UserId = Uid,
                HandedOver = HandedOver ?? [],
            }
            : null;
}
