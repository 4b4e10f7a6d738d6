using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class SystemCommandsTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sandpiper-tests-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("ls", "\u007fELF", true)]
    [InlineData("which", "#!/bin/sh\nexec python", true)]
    [InlineData("black", "#!/usr/bin/python3\n", false)]
    [InlineData("black", "#!/usr/bin/env python3 -I\n", false)]
    [InlineData("python3", "\u007fELF", false)]
    [InlineData("empty", "", true)]
    public void They_keep_their_names_unless_they_are_Python_programs_themselves(string name, string content, bool keep)
    {
        string first = Path.Join(_place, "first"), second = Path.Join(_place, "second");
        foreach (string directory in (string[])[first, second]) Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Join(second, name), content);
        Assert.Equal(keep, SystemCommands.Keep(name, [first, second]));
        Assert.False(SystemCommands.Keep(name, [first]));
        File.WriteAllText(Path.Join(first, name), "");
        Assert.Equal(name is not "python3", SystemCommands.Keep(name, [first, second]));
    }
}
