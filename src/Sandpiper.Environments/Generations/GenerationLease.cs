using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Generations;

/// <summary>
/// Says that a program runs on a generation: <c>leases/N</c> of the environment, shared by all that do, held alone by who removes it. It
/// lies outside what the program sees, so that none can hold on to one, or pretend to.
/// </summary>
public sealed class GenerationLease : IDisposable
{
    private readonly SafeFileHandle? _file;

    private GenerationLease(SafeFileHandle? file) => _file = file;

    /// <summary>Makes the file of one that became current, so that a run writes nothing; where it cannot, a run makes it.</summary>
    public static void Prepare(ManagedEnvironment environment, int number) => Share(environment, number)?.Dispose();

    /// <summary>For as long as a program runs; null when the generation is being removed, and another is current by now.</summary>
    /// <remarks>Where nothing can be written, nothing can be removed either: then there is nothing to hold.</remarks>
    public static GenerationLease? Share(ManagedEnvironment environment, int number)
    {
        string path = environment.LeaseFileOf(number);
        SafeFileHandle? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create | RawFile.NoFollow);
            if (file is not null && !FileLock.TryShare(file, path)) return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new GenerationLease(null);
        }
        var lease = new GenerationLease(file);
        // Who removed it may have been done between our looking at it and our lock.
        if (Directory.Exists(environment.DirectoryOf(number))) return lease;
        lease.Dispose();
        return null;
    }

    /// <summary>For who removes it; null while a program runs on it.</summary>
    /// <exception cref="IOException">Whether one does cannot be told.</exception>
    public static GenerationLease? TryTake(ManagedEnvironment environment, int number)
    {
        string path = environment.LeaseFileOf(number);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafeFileHandle file = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create | RawFile.NoFollow)
            ?? throw new FileNotFoundException(null, path);
        if (FileLock.TryTake(file, path)) return new GenerationLease(file);
        file.Dispose();
        return null;
    }

    public void Dispose() => _file?.Dispose();
}
