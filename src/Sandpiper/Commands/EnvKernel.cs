using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Notebooks;
using Sandpiper.Environments.Shims;

namespace Sandpiper.Commands;

/// <summary><c>env kernel</c>: a kernel for notebooks, confined, that Jupyter and editors of this user find.</summary>
/// <param name="asked">By which name; null: by one that tells the environment.</param>
internal sealed class EnvKernel(Session session, ManagedEnvironment environment, string? asked, CancellationToken cancel)
{
    private const string Word = "sandpiper";
    private const int MostTries = 100;

    private string Chosen => asked ?? (environment.Name is ManagedEnvironment.Shared ? Word : $"{Word}-{environment.Name}");

    /// <exception cref="ExplainedException">It cannot start, or another one has its name.</exception>
    public ExitCode Make()
    {
        if (session.WasRoot)
        {
            throw Refused("a program of root's runs as another user, who may not read what a client of root's writes",
                "sandpiper env kernel      as whoever works with notebooks");
        }
        using EnvironmentLock held = Held();
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        if (!KernelsOnRecord.CanBeHad(generation))
        {
            throw Refused($"there is no ipykernel in `{environment.Name}`, which a kernel is made of",
                $"sandpiper install{InEnvironment.Option(environment.Name)} ipykernel");
        }
        KernelSpecification kernel = Named(Chosen);
        if (kernel.IsTaken) kernel = Another(kernel);
        _ = ShimDirectory.Refresh(environment, generation, session.Places, session.OwnExecutable); // an earlier version made no kernel
        KernelsOnRecord.Add(kernel, generation);
        if (session.Json) WriteJson("env-kernel", kernel);
        else
        {
            session.Terminal.Note($"Made the kernel `{kernel.Name}`: {kernel.Directory}");
            session.Terminal.Note(Inked.Dim("It may what `python` may where the notebook lies: sandpiper allow python …"));
            session.Terminal.Note(Inked.Dim("The page that shows its answers is not confined: sandpiper help env"));
        }
        return ExitCode.Done;
    }

    /// <exception cref="ExplainedException">There is none of that name of ours.</exception>
    public ExitCode Remove()
    {
        using EnvironmentLock held = Held();
        KernelSpecification[] ours = [.. KernelsOnRecord.Of(environment)
            .Where(kernel => kernel.IsOurs && (asked is null || string.Equals(kernel.Name, asked, StringComparison.Ordinal)))];
        if (ours.Length == 0)
        {
            throw new ExplainedException(new(ExitCode.CouldNot,
                $"`{environment.Name}` has no kernel{(asked is null ? "" : $" `{asked}`")}; nothing was removed",
                "none was made, or what is there is somebody else's", "jupyter kernelspec list"));
        }
        foreach (KernelSpecification kernel in ours)
        {
            KernelsOnRecord.Remove(kernel);
            if (!session.Json) session.Terminal.Note($"Removed the kernel `{kernel.Name}`");
        }
        if (session.Json) WriteJson("env-kernel-remove", ours);
        return ExitCode.Done;
    }

    // Nothing that is somebody else's is written over, whatever the answer.
    private KernelSpecification Another(KernelSpecification taken)
    {
        KernelSpecification? free = Enumerable.Range(2, MostTries).Select(n => Named($"{taken.Name}-{n}"))
            .FirstOrDefault(kernel => KernelSpecification.IsName(kernel.Name) && !kernel.IsTaken);
        if (free is not null && !session.Json && Question.CanBeAsked)
        {
            session.Terminal.Note($"There is a kernel `{taken.Name}` that is not this one: {taken.Directory}");
            if (Question.IsAffirmed(session.Terminal, $"Make it as `{free.Name}`?", cancel)) return free;
        }
        throw Refused($"there is a kernel of that name that is not this one: {taken.Directory}",
            $"sandpiper env kernel {environment.Name} --as {free?.Name ?? "NAME"}");
    }

    private KernelSpecification Named(string name) => KernelSpecification.IsName(name)
        ? new(Path.Combine(KernelSpecification.PlaceOfUser(Session.Home, Environment.GetEnvironmentVariable), name), environment)
        : throw new ExplainedException(new(ExitCode.WrongUsage, $"`{name}` is no name of a kernel; nothing was made",
            "letters, digits, -, _ and ., at most 64, and no . in front", $"sandpiper env kernel {environment.Name} --as NAME"));

    // An environment that nothing was installed in is not begun for this.
    private EnvironmentLock Held()
    {
        EnvironmentOptions.CurrentOf(environment);
        return environment.Lock(() => session.Terminal.Note("Waiting for another command that changes it"), cancel);
    }

    private ExplainedException Refused(string why, string hint) =>
        new(new(ExitCode.CouldNot, $"no kernel `{Chosen}` was made", why, hint));

    private void WriteJson(string schema, params KernelSpecification[] kernels) => JsonAnswer.Write(session.Terminal, schema, json =>
    {
        json.WriteString("environment", environment.Name);
        json.WriteStartArray("kernels");
        foreach (KernelSpecification kernel in kernels)
        {
            json.WriteStartObject();
            json.WriteString("name", kernel.Name);
            json.WriteString("path", kernel.Directory);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
