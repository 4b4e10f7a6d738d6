using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>
/// A library put between the command and its libc: it writes down, in order, what the command asks of the disk below one directory, and
/// from a chosen request on answers that the disk is full. What frees room, or needs none, still succeeds: as on a real one, without making
/// any.
/// </summary>
internal sealed class Disk
{
    private const string Compiler = "/usr/bin/cc";

    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static int count, is_spent;

        static int is_full(const char *call, const char *path, int needs_room) {
            const char *below = getenv("DISK_BELOW"), *log = getenv("DISK_LOG"), *from = getenv("DISK_FULL_FROM");
            if (!below || !path || strncmp(path, below, strlen(below))) return 0;
            int n = needs_room ? __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) : 0;
            int full = needs_room && from && n >= atoi(from);
            char line[PATH_MAX + 100];
            int length = snprintf(line, sizeof line, "%d %s%s %s\n", n, call, full ? "!" : "", path + strlen(below));
            int file = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
            if (file >= 0) { syscall(SYS_write, file, line, length); syscall(SYS_close, file); }
            if (full) { is_spent = 1; errno = ENOSPC; }
            return full;
        }

        static const char *of_file(int file, char *buffer) {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, PATH_MAX - 1);
            if (length < 0) return 0;
            buffer[length] = 0;
            return buffer;
        }

        static const char *at(int directory, const char *path, char *buffer) {
            if (path[0] == '/' || directory == AT_FDCWD || !of_file(directory, buffer)) return path;
            size_t length = strlen(buffer);
            snprintf(buffer + length, PATH_MAX - length, "/%s", path);
            return buffer;
        }

        #define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))
        #define BUFFER char buffer[PATH_MAX]

        #define OPEN(name) int name(const char *path, int flags, ...) { \
            va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
            if ((flags & O_CREAT) && access(path, F_OK) && is_full("create", path, 1)) return -1; \
            return NEXT(name)(path, flags, mode); }
        OPEN(open) OPEN(open64)
        // The first that finds no room takes what still fits; so does a real disk.
        ssize_t write(int f, const void *b, size_t n) {
            BUFFER;
            int before = is_spent;
            if (!is_full("write", of_file(f, buffer), 1)) return NEXT(write)(f, b, n);
            return before || n < 2 ? -1 : NEXT(write)(f, b, n / 2);
        }
        ssize_t pwrite(int f, const void *b, size_t n, off_t o) {
            BUFFER; return is_full("write", of_file(f, buffer), 1) ? -1 : NEXT(pwrite)(f, b, n, o);
        }
        ssize_t pwrite64(int f, const void *b, size_t n, off64_t o) {
            BUFFER; return is_full("write", of_file(f, buffer), 1) ? -1 : NEXT(pwrite64)(f, b, n, o);
        }
        int mkdir(const char *p, mode_t m) { return access(p, F_OK) && is_full("mkdir", p, 1) ? -1 : NEXT(mkdir)(p, m); }
        int mkdirat(int d, const char *p, mode_t m) { BUFFER; return is_full("mkdir", at(d, p, buffer), 1) ? -1 : NEXT(mkdirat)(d, p, m); }
        int symlink(const char *t, const char *p) { return is_full("symlink", p, 1) ? -1 : NEXT(symlink)(t, p); }
        int symlinkat(const char *t, int d, const char *p) {
            BUFFER; return is_full("symlink", at(d, p, buffer), 1) ? -1 : NEXT(symlinkat)(t, d, p);
        }
        int linkat(int o, const char *p, int d, const char *q, int f) {
            BUFFER; return is_full("link", at(d, q, buffer), 1) ? -1 : NEXT(linkat)(o, p, d, q, f);
        }
        int fsync(int f) { BUFFER; return is_full("fsync", of_file(f, buffer), 1) ? -1 : NEXT(fsync)(f); }
        int fdatasync(int f) { BUFFER; return is_full("fsync", of_file(f, buffer), 1) ? -1 : NEXT(fdatasync)(f); }
        int syncfs(int f) { BUFFER; return is_full("syncfs", of_file(f, buffer), 1) ? -1 : NEXT(syncfs)(f); }
        int rename(const char *a, const char *b) { is_full("rename", b, 0); return NEXT(rename)(a, b); }
        """;

    private static readonly Lazy<string> Library = new(Compile);

    private readonly Somebody _user;
    private readonly string _below;

    /// <summary>Skips the calling test where there is no compiler; one is there wherever the command was published.</summary>
    /// <param name="below">Absolute.</param>
    public Disk(Somebody user, string below)
    {
        Assert.SkipUnless(File.Exists(Compiler), $"there is no {Compiler}");
        (_user, _below) = (user, below);
    }

    /// <summary>
    /// What the last command asked for: number of those that need room, call, path below the directory. A <c>!</c> after the call: in vain.
    /// </summary>
    public ImmutableArray<string> Requests { get; private set; } = [];

    /// <param name="fullFrom">The first request that finds no room, counted from 1; null: all find it.</param>
    public Outcome Sandpiper(int? fullFrom, params string[] arguments)
    {
        string log = Path.Combine(_user.Temporary, "requests");
        File.Delete(log);
        Dictionary<string, string> before = new(_user.Variables, StringComparer.Ordinal);
        _user.Variables["LD_PRELOAD"] = Library.Value;
        _user.Variables["DISK_BELOW"] = _below;
        _user.Variables["DISK_LOG"] = log;
        if (fullFrom is { } from) _user.Variables["DISK_FULL_FROM"] = from.ToString(CultureInfo.InvariantCulture);
        try
        {
            return _user.Sandpiper(arguments);
        }
        finally
        {
            _user.Variables.Clear();
            foreach ((string name, string value) in before) _user.Variables[name] = value;
            Requests = File.Exists(log) ? [.. File.ReadLines(log)] : [];
        }
    }

    private static string Compile()
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-disk-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        string source = Path.Combine(directory, "disk.c"), library = Path.Combine(directory, "disk.so");
        File.WriteAllText(source, Source);
        using Process compiler = Process.Start(Compiler, ["-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
