namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The last step inside refused to go on. Nothing of the program was run.</summary>
public sealed class SecondStageException(SecondStageFailure failure) : Exception($"{failure}")
{
    public SecondStageFailure Failure { get; } = failure;
}
