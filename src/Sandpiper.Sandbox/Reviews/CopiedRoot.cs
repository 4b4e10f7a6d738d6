using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>A directory of which a program had a copy, or one file.</summary>
/// <param name="Directory">Where the program saw it: changes are told below it.</param>
/// <param name="Real">Where it really lay when the copy was made.</param>
/// <param name="Identity">Which directory that was: what is taken goes there and nowhere else.</param>
/// <param name="OnlyName">Of one file: its name in that directory, of which nothing else was copied; each byte of it a character.</param>
public sealed record CopiedRoot(string Directory, string Real, FileIdentity Identity, string? OnlyName);
