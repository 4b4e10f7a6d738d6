namespace Sandpiper.Packaging.Wheels;

/// <summary>
/// A console or GUI script of a wheel; every part is checked: the name is a plain file name, the reference dotted identifiers.
/// </summary>
/// <param name="Name">File name of the script.</param>
/// <param name="Module">Dotted module to import.</param>
/// <param name="Attribute">Dotted attribute to call.</param>
/// <param name="IsGui">From <c>gui_scripts</c>.</param>
public sealed record ScriptEntryPoint(string Name, string Module, string Attribute, bool IsGui);
