namespace Sandpiper.Assessment.Replicas;

/// <summary>Somebody of the replica.</summary>
public enum Person
{
    /// <summary>Uid 0.</summary>
    Root,

    /// <summary>The user who asks, and may use sudo.</summary>
    You,

    /// <summary>Another user of the same machine.</summary>
    Other,

    /// <summary>A user who exists to own packages.</summary>
    PackageUser,
}

/// <summary>What the system's user database says of them.</summary>
internal static class People
{
    public static int Uid(this Person person) => person switch
    {
        Person.Root => 0,
        Person.You => 1000,
        Person.Other => 1001,
        _ => 990,
    };

    public static string Home(this Person person) => person switch
    {
        Person.Root => "/root",
        Person.You => "/home/you",
        Person.Other => "/home/other",
        _ => "/var/lib/packages",
    };

    public static string Login(this Person person) => person switch
    {
        Person.Root => "root",
        Person.You => "you",
        Person.Other => "other",
        _ => "packages",
    };

    /// <summary>The person with that uid; null when there is none.</summary>
    public static Person? Of(int uid) => Enum.GetValues<Person>().Where(p => p.Uid() == uid).Select(p => (Person?)p).FirstOrDefault();
}
