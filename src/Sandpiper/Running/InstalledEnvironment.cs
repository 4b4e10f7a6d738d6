using System.Collections.Immutable;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Running;

/// <summary>The generation a program is started from, and keeps whatever is installed meanwhile: what of it the sandbox has to show.</summary>
internal sealed record InstalledEnvironment(ManagedEnvironment Environment, Generation Generation)
{
    public string Directory => Generation.Directory;

    public string Scripts => Generation.Scripts;

    public string DataRoot => Environment.Root;

    /// <summary>The generation itself, and the interpreter's own files where they are not part of the system that is shown anyway.</summary>
    /// <remarks>Of its prefix only what an interpreter needs: a prefix can be somebody's home (<c>./configure --prefix=$HOME</c>).</remarks>
    public ImmutableArray<string> ReadOnlyPaths => Generation.PythonPrefix is "/usr" or "/"
        ? [Directory]
        : [Directory, .. OfPrefix.Select(name => Path.Join(Generation.PythonPrefix, name)).Where(Path.Exists)];

    private static readonly ImmutableArray<string> OfPrefix = ["bin", "include", "lib", "lib64", "libexec", "ssl"];
}
