using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Operations.Collecting;

/// <summary>
/// An environment for one run: gone when this is disposed, or, when its command was killed, at the next one's begin. Its wheels stay
/// in the store, so that the same is not fetched twice, until nobody needs them and space is freed.
/// </summary>
/// <remarks>Whose it is says a lock that is held as long as it is used; a named environment has no such file.</remarks>
public sealed class ThrowAwayEnvironment : IDisposable
{
    private readonly OperationContext _context;
    private readonly ManagedEnvironment _environment;
    private readonly SafeFileHandle _inUse;

    private ThrowAwayEnvironment(OperationContext context, ManagedEnvironment environment, SafeFileHandle inUse) =>
        (_context, _environment, _inUse) = (context, environment, inUse);

    public string Name => _environment.Name;

    /// <summary>A fresh one, empty; those that were left are removed first.</summary>
    /// <exception cref="UnwritableException">The data root cannot be written.</exception>
    public static ThrowAwayEnvironment Begin(OperationContext context)
    {
        try
        {
            RemoveAbandoned(context);
            while (true)
            {
                var environment = ManagedEnvironment.Open(
                    context.Places.Root, $"try-{RandomName.OfBytes(4)}");
                if (Directory.Exists(environment.Directory)) continue;
                Directory.CreateDirectory(environment.Directory);
                // Null: somebody else saw it before it was locked, and took it for abandoned.
                if (TryHold(environment, RawFile.Create) is { } inUse) return new ThrowAwayEnvironment(context, environment, inUse);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(context.Places.Root, e);
        }
    }

    /// <summary>Removes those whose command was killed.</summary>
    /// <exception cref="IOException">One could not be removed.</exception>
    public static void RemoveAbandoned(OperationContext context)
    {
        foreach (ManagedEnvironment environment in ManagedEnvironment.All(context.Places.Root))
        {
            using SafeFileHandle? held = TryHold(environment, 0);
            if (held is not null) Remove(context, environment);
        }
    }

    public void Dispose()
    {
        try
        {
            Remove(_context, _environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UnwritableException or KernelException)
        {
            // The disk is full, perhaps. What came of the run counts; the next one, and `gc`, meet it as abandoned.
        }
        finally
        {
            _inUse.Dispose();
        }
    }

    private static SafeFileHandle? TryHold(ManagedEnvironment environment, int flags)
    {
        string path = Path.Combine(environment.Directory, "throw-away");
        return RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.NoFollow | flags) is { } file ? LockFile.HeldOrClosed(file, path) : null;
    }

    // In one rename, so that nobody meets half of one.
    private static void Remove(OperationContext context, ManagedEnvironment environment)
    {
        using StoreUse use = StoreUse.Share(context.Places.Root, () => { }, CancellationToken.None);
        using Staging staging = Staging.Create(context.Places.Root);
        if (Directory.Exists(environment.Directory))
            Directory.Move(environment.Directory, Path.Combine(staging.NewDirectory(), environment.Name));
    }
}
