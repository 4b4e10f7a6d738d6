using System.Collections.Immutable;
using System.Reflection;

namespace Sandpiper.Operations.Tests;

/// <summary>Requests, facts and outcomes are values: what asks and what does could be two processes with a socket between them.</summary>
public sealed class OperationValuesTests
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(bool), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(double), typeof(DateTimeOffset),
        typeof(TimeSpan), typeof(Uri),
    ];

    public static TheoryData<Type> Roots =>
    [
        .. typeof(Installation).Assembly.GetExportedTypes()
            .Where(t => t.Name.EndsWith("Request", StringComparison.Ordinal) || t.Name.EndsWith("Outcome", StringComparison.Ordinal)
                || t.Name.EndsWith("Fact", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Roots))]
    public void They_hold_nothing_but_values(Type root)
    {
        var seen = new HashSet<Type>();
        foreach (Type type in (Type[])[root, .. root.GetNestedTypes()]) Walk(type, type.Name, seen);
        Assert.NotEmpty(seen);
    }

    private static void Walk(Type type, string path, HashSet<Type> seen)
    {
        if (Plain.Contains(type) || type.IsEnum || !seen.Add(type)) return;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            Walk(inner, path, seen);
            return;
        }
        if (type.IsGenericType && type.Namespace is "System.Collections.Immutable" or "System.Collections.Generic")
        {
            foreach (Type argument in type.GetGenericArguments()) Walk(argument, $"{path}[]", seen);
            return;
        }
        Assert.True(type.Assembly.GetName().Name!.StartsWith("Sandpiper.", StringComparison.Ordinal),
            $"{path} is a {type}, which no socket carries");
        Assert.False(typeof(Delegate).IsAssignableFrom(type) || typeof(IDisposable).IsAssignableFrom(type),
            $"{path} is a {type}, which no socket carries");
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            Walk(field.FieldType, $"{path}.{field.Name}", seen);
    }
}
