namespace Sandpiper.Wheels;

/// <summary>What has to be known of a file before it is put into an environment.</summary>
public enum StoredFileKind
{
    Plain,

    /// <summary>
    /// A script whose first line begins with <c>#!python</c>: the line is rewritten for the interpreter of the environment.
    /// </summary>
    PythonScript,

    /// <summary>
    /// The interpreter reads it at every start: <c>.pth</c>, <c>.start</c>, <c>sitecustomize</c>, <c>usercustomize</c> at the root of
    /// site-packages. Whoever composes an environment has to ask the policy about it.
    /// </summary>
    StartUpHook,
}
