namespace Sandpiper.Operations;

/// <summary>
/// The file from which what runs first in each sandbox is started (in <c>DataPlaces.SecondStages</c>), as whoever made it knows it.
/// </summary>
/// <param name="IsAsHeld">Whether every byte is as the command holds it; null: there is none that would be started.</param>
/// <param name="Forget">Removes it: the next run makes it anew.</param>
public sealed record KeptSecondStage(Func<bool?> IsAsHeld, Action Forget);
