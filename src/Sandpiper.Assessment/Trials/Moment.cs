namespace Sandpiper.Assessment.Trials;

/// <summary>When code of a package gets to run; in the order of a trial.</summary>
public enum Moment
{
    /// <summary>The package is only fetched.</summary>
    Resolve,

    /// <summary>It is installed.</summary>
    Install,

    /// <summary>Somebody starts a Python, before anything was imported.</summary>
    Start,

    /// <summary>Root uses the system's pip again, for something else.</summary>
    SudoPip,

    /// <summary>The installer is used again.</summary>
    Installer,

    /// <summary>The package is imported.</summary>
    Import,

    /// <summary>It is run with <c>-m</c>.</summary>
    Tool,

    /// <summary>A command of the system is typed, whose name the package has taken.</summary>
    ShadowedTool,

    /// <summary>Another package is imported.</summary>
    Neighbour,

    /// <summary>Somebody starts a Python after the package was used.</summary>
    StartAgain,

    /// <summary>The package is removed.</summary>
    Uninstall,

    /// <summary>Somebody starts a Python after that.</summary>
    AfterUninstall,

    /// <summary>Somebody starts a Python after the directory of packages was made anew.</summary>
    AfterRebuild,

    /// <summary>You use sudo, which keeps your HOME, as macOS and older Ubuntu do.</summary>
    SudoKeepingHome,

    /// <summary>You use sudo in a shell.</summary>
    SudoFromShell,
}

/// <summary>The stable names of the moments.</summary>
public static class MomentNames
{
    public static string Id(this Moment moment) => moment switch
    {
        Moment.Resolve => "resolve",
        Moment.Install => "install",
        Moment.Start => "start",
        Moment.SudoPip => "sudo-pip",
        Moment.Installer => "installer",
        Moment.Import => "import",
        Moment.Tool => "tool",
        Moment.ShadowedTool => "shadowed-tool",
        Moment.Neighbour => "neighbour",
        Moment.StartAgain => "start-again",
        Moment.Uninstall => "uninstall",
        Moment.AfterUninstall => "after-uninstall",
        Moment.AfterRebuild => "after-rebuild",
        Moment.SudoKeepingHome => "sudo-keeping-home",
        _ => "sudo-from-shell",
    };
}
