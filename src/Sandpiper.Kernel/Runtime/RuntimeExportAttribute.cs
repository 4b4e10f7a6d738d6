namespace System.Runtime;

/// <summary>
/// The compiler ahead of time knows it by its name, as it does the base library's own, which nobody else may use: the method is called by
/// the runtime under that name, without a transition, so it may neither throw nor wait.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    public string EntryPoint => entryPoint;
}
