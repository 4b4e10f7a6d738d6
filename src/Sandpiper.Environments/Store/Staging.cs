namespace Sandpiper.Environments.Store;

/// <summary>The place where one command prepares what it will rename into the store or an environment. Removed on disposal.</summary>
public sealed class Staging : IDisposable
{
    /// <summary>A fresh stage below <paramref name="root"/>, the data root; stages of crashed commands are swept first.</summary>
    public static Staging Create(string root) => throw new NotImplementedException();

    /// <summary>Absolute; exists, empty, 0700.</summary>
    public string Directory => throw new NotImplementedException();

    /// <summary>A fresh empty directory inside this stage.</summary>
    public string NewDirectory() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
