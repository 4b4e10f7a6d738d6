using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Sandpiper.Tests.Compiled;

/// <summary>
/// One project of <c>src/</c> as the compiler left it beside these tests: its types, and which others each of them needs.
/// </summary>
/// <remarks>What the compiler puts in place of a name (constants, <c>nameof</c>) is not in there, and so is no arrow.</remarks>
internal sealed class Room
{
    private Room(string name, ImmutableArray<CompiledType> types) => (Name, Types) = (name, types);

    /// <summary>Of the project: <c>Sandpiper.Archives</c>.</summary>
    public string Name { get; }

    /// <summary>Each with the types inside it.</summary>
    public ImmutableArray<CompiledType> Types { get; }

    /// <param name="project">Its name; the assembly of the command itself is called as the command is.</param>
    public static Room Of(string project)
    {
        string file = Path.Combine(AppContext.BaseDirectory, string.Equals(project, "Sandpiper", StringComparison.Ordinal) ? "sandpiper.dll"
            : $"{project}.dll");
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        var types = new Dictionary<string, CompiledType>(StringComparer.Ordinal);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinitionHandle outermost = OutermostOf(metadata, handle);
            TypeDefinition definition = metadata.GetTypeDefinition(outermost);
            string space = metadata.GetString(definition.Namespace), name = metadata.GetString(definition.Name);
            // The compiler's own: data of arrays, the module.
            if (name.StartsWith('<')) continue;
            string full = TypeNeeds.FullName(space, name);
            if (!types.TryGetValue(full, out CompiledType? type)) types.Add(full, type = new CompiledType(project, space, name));
            new TypeNeeds(image, metadata, project, type.Needs).AddOf(handle);
            if (IsPublic(metadata, handle)) type.Public.Add(DocumentedName(metadata, handle));
        }
        foreach (CompiledType type in types.Values) type.Needs.RemoveWhere(n => !n.StartsWith("Sandpiper", StringComparison.Ordinal));
        return new Room(project, [.. types.Values]);
    }

    private static TypeDefinitionHandle OutermostOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        while (metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer) handle = outer;
        return handle;
    }

    private static bool IsPublic(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        for (; !handle.IsNil; handle = metadata.GetTypeDefinition(handle).GetDeclaringType())
        {
            TypeAttributes visibility = metadata.GetTypeDefinition(handle).Attributes & TypeAttributes.VisibilityMask;
            if (visibility is not (TypeAttributes.Public or TypeAttributes.NestedPublic)) return false;
        }
        return true;
    }

    // As the documentation file spells it: `T:Namespace.Outer.Inner`.
    private static string DocumentedName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition definition = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(definition.Name);
        return definition.GetDeclaringType() is { IsNil: false } outer
            ? $"{DocumentedName(metadata, outer)}.{name}"
            : TypeNeeds.FullName(metadata.GetString(definition.Namespace), name);
    }
}

/// <summary>A type that is in no other one.</summary>
/// <param name="Room">The project that it is compiled into.</param>
internal sealed record CompiledType(string Room, string Namespace, string Name)
{
    /// <summary>Full names of the outermost types that it, or a type inside it, names anywhere.</summary>
    public HashSet<string> Needs { get; } = new(StringComparer.Ordinal);

    /// <summary>Itself and those inside it, as far as other projects see them; spelled as in the documentation file.</summary>
    public List<string> Public { get; } = [];

    public string FullName => TypeNeeds.FullName(Namespace, Name);
}
