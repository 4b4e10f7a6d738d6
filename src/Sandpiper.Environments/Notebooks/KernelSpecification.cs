using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Notebooks;

/// <summary>One directory in which Jupyter and editors find a kernel by its name: <c>kernels/NAME/kernel.json</c>.</summary>
/// <param name="Directory">Absolute; it need not exist.</param>
/// <param name="Environment">Whose packages the kernel has.</param>
public sealed record KernelSpecification(string Directory, ManagedEnvironment Environment)
{
    private const int MaxBytes = 64 << 10;
    private const int Depth = 16;
    private const UnixFileMode Mode = (UnixFileMode)0b110_100_100;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>By which a notebook asks for it.</summary>
    public string Name => Path.GetFileName(Directory);

    private string File => Path.Combine(Directory, "kernel.json");

    /// <summary>Where the kernels of this user lie, as jupyter_core/paths.py has it.</summary>
    /// <param name="home">The user's home directory.</param>
    /// <param name="variable">Gives an environment variable, or null.</param>
    public static string PlaceOfUser(string home, Func<string, string?> variable)
    {
        string data = variable("JUPYTER_DATA_DIR") is { Length: > 0 } own ? own
            : Path.Combine(variable("XDG_DATA_HOME") is { Length: > 0 } all ? all : Path.Combine(home, ".local/share"), "jupyter");
        return Path.Combine(Path.GetFullPath(data), "kernels");
    }

    /// <summary>What Jupyter takes for a name, and no way to another directory.</summary>
    public static bool IsName(string name) =>
        name is [not '.', ..] && name.Length <= 64 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>It starts this environment's kernel.</summary>
    public bool IsOurs
    {
        get
        {
            try
            {
                if (RegularFile.TryRead(File, MaxBytes) is not { } content) return false;
                using JsonDocument read = JsonDocument.Parse(content, new() { AllowDuplicateProperties = false, MaxDepth = Depth });
                return read.RootElement.ValueKind is JsonValueKind.Object && read.RootElement.TryGetProperty("argv", out JsonElement argv)
                    && argv.ValueKind is JsonValueKind.Array && argv.GetArrayLength() == 2 && argv[0].ValueKind is JsonValueKind.String
                    && argv[0].ValueEquals(ShimDirectory.OfKernel(Environment));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>Somebody else's lies there, or something that is no kernel, or one whose name differs in capitals alone.</summary>
    public bool IsTaken => !IsOurs && System.IO.Directory.Exists(Path.GetDirectoryName(Directory))
        && System.IO.Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Directory)!)
            .Any(path => string.Equals(Path.GetFileName(path), Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes it, or makes it anew; it is not taken.</summary>
    public void Write(Generation generation)
    {
        System.IO.Directory.CreateDirectory(Directory);
        WholeFile.Write(File, File + ".new", ContentFor(generation), Mode);
    }

    /// <summary>Takes it away, and of Jupyter's two directories above what is empty then; what is not ours stays.</summary>
    public void Remove()
    {
        if (!IsOurs) return;
        System.IO.File.Delete(File);
        string? directory = Directory;
        for (int i = 0; i < 3 && directory is not null && !System.IO.Directory.EnumerateFileSystemEntries(directory).Any(); i++)
        {
            System.IO.Directory.Delete(directory);
            directory = Path.GetDirectoryName(directory);
        }
    }

    private byte[] ContentFor(Generation generation)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("argv");
            json.WriteStringValue(ShimDirectory.OfKernel(Environment));
            json.WriteStringValue("{connection_file}");
            json.WriteEndArray();
            json.WriteString("display_name", $"{Capital(generation.PythonName)} ({Environment.Name}, confined)");
            json.WriteString("language", "python");
            json.WriteEndObject();
        }
        return [.. content.WrittenSpan, (byte)'\n'];
    }

    // "python3.11", as people write it.
    private static string Capital(string pythonName) => pythonName.Replace("python", "Python ", StringComparison.Ordinal);
}
