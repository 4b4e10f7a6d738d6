namespace Sandpiper.Console;

/// <summary>How a piece of text looks where colour is on; without colour it reads the same.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
    Cyan,
}

/// <summary>Text and its looks. A string becomes plain ink by itself; whatever the origin, it is made visible when it is written.</summary>
internal readonly record struct Inked(string Text, Ink Ink)
{
    public static implicit operator Inked(string text) => new(text, Ink.Plain);

    public static Inked Bold(string text) => new(text, Ink.Bold);

    public static Inked Dim(string text) => new(text, Ink.Dim);

    public static Inked Red(string text) => new(text, Ink.Red);

    public static Inked Green(string text) => new(text, Ink.Green);

    public static Inked Yellow(string text) => new(text, Ink.Yellow);

    public static Inked Cyan(string text) => new(text, Ink.Cyan);

    /// <summary>The escape sequence that switches to <paramref name="ink"/>; empty for plain.</summary>
    public static string Start(Ink ink) => ink switch
    {
        Ink.Bold => "\e[1m",
        Ink.Dim => "\e[2m",
        Ink.Red => "\e[1;31m",
        Ink.Green => "\e[32m",
        Ink.Yellow => "\e[33m",
        Ink.Cyan => "\e[36m",
        _ => "",
    };
}
