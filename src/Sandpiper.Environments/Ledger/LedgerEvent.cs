using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sandpiper.Environments.Ledger;

/// <summary>
/// One line of the file: a change that is about to happen, the switch that it led to, or that unreadable lines were noticed. What
/// belongs to another kind is null.
/// </summary>
public sealed record LedgerEvent(
    string Event, int To, string? Command = null, DateTimeOffset? When = null, string? Who = null, uint? Uid = null, int? From = null,
    LedgerChange[]? Changes = null, string[]? Overrides = null, string? GenerationSha256 = null,
    LedgerHandover[]? HandedOver = null, string? Chain = null)
{
    /// <summary>
    /// SHA-256 of all that stood in the file before this line. So no line can be changed, taken out or put in but the last ones, without
    /// every later line saying so. Null in lines of earlier versions.
    /// </summary>
    public string? Chain { get; init; } = Chain;

    public const string Change = "change", Switched = "switched", Noted = "noted";

    public static LedgerEvent Of(LedgerLine line, uint uid) =>
        new(
            Change, line.To, line.Command, line.When.ToUniversalTime(), line.Who, uid, line.From, [.. line.Changes], [.. line.Overrides],
            line.Description?.Hex, line.HandedOver.IsEmpty ? null : [.. line.HandedOver]);

    /// <summary>Null when something is missing that a change has.</summary>
    public LedgerLine? ToLine() =>
        Event is Change && Command is not null && When is { } when && Who is not null && Changes is not null && Overrides is not null
            && !Changes.Contains(null) && !Overrides.Contains(null) && HandedOver?.Contains(null) is not true
            ? new LedgerLine(Command, when, Who, From, To, [.. Changes], [.. Overrides], Confirmed: false)
            {
                UserId = Uid,
                HandedOver = [.. HandedOver ?? []],
            }
            : null;
}

/// <summary>How it is written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 4)]
[JsonSerializable(typeof(LedgerEvent))]
public sealed partial class LedgerJson : JsonSerializerContext;
