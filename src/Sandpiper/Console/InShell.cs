namespace Sandpiper.Console;

/// <summary>A word of a command line that somebody copies: what a shell would take apart or run is quoted.</summary>
internal static class InShell
{
    /// <summary>As it is where nothing in it means anything to a shell.</summary>
    public static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or ':' or '@' or '=' or ',')
            ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
