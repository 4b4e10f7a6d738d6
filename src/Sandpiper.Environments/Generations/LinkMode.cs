namespace Sandpiper.Environments.Generations;

/// <summary>How the files of sealed wheels come into a generation.</summary>
public enum LinkMode
{
    /// <summary>A directory of one wheel is one symbolic link into the store; what is left is a hard link a file. The default.</summary>
    Symlink,

    /// <summary>Every file is a hard link, for tools that take a link for the end of a tree or resolve it.</summary>
    Hardlink,
}
