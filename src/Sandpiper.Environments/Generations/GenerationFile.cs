using System.Text.Json;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>
/// Writes and reads <c>generation.json</c>. What cannot be read to the letter is no generation: the user's
/// programs can write where it lies.
/// </summary>
public static class GenerationFile
{
    public const string Name = "generation.json";

    private const int MaxBytes = 64 << 20;      // a hundred thousand written files

    public static byte[] Write(Generation generation) => GenerationJson.Write(generation);

    /// <summary>SHA-256 of the one in a directory.</summary>
    /// <exception cref="IOException">It is not there, no file, or larger than any.</exception>
    public static Sha256Digest DigestIn(string directory)
    {
        string path = Path.Combine(directory, Name);
        return Sha256Digest.Of(RegularFile.TryRead(path, MaxBytes) ?? throw new FileNotFoundException(message: null, path));
    }

    /// <exception cref="EnvironmentException">It is not there, damaged, of another generation, or of another
    /// version of Sandpiper.</exception>
    public static Generation Read(string directory, string environment, int number)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            byte[] content = RegularFile.TryRead(path, MaxBytes)
                ?? throw (FileStatus.TryRead(path, out _) ? new FormatException("no file") : new FileNotFoundException(null, path));
            Generation generation = GenerationJson.Read(content, directory)
                ?? throw new EnvironmentException($"`{path}` was written by another version of Sandpiper");
            return generation.Number == number && string.Equals(generation.Environment, environment, StringComparison.Ordinal)
                ? generation : throw new FormatException("that of another generation");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EnvironmentException($"`{environment}` has no generation {number}");
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            string because = e is IOException or UnauthorizedAccessException ? "may not be read" : "is not what an install writes";
            string option = string.Equals(environment, ManagedEnvironment.Shared, StringComparison.Ordinal) ? "" : $" --env {environment}";
            throw new EnvironmentException($"`{path}` {because}; `sandpiper rollback N{option}` goes to another generation, "
                + $"`sandpiper env remove {environment}` removes it with all of them");
        }
    }
}
