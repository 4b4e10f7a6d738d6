using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Promise P5: whatever the user's own hand does to what was installed, `verify` sees it, without reading what was not touched. Times and
/// modes are put back wherever that can be done.
/// </summary>
public sealed class TamperingTests
{
    private static readonly SampleIndex Harbour = new SampleIndex().WithAll(
        OrdinaryPackages.Small("tide", "1.0").WithFile("tide/more.py", "x = 1\n").WithFile("tide/data.txt", "some text\n")
            .WithFile("tide/deep/low.py", "y = 1\n").WithConsoleScript("ebb", "tide.more:x"),
        new SampleWheel("lone", "1.0").WithFile("lone.py", "x = 1\n"), new SampleWheel("sole", "1.0").WithFile("sole.py", "x = 2\n"));

    // $D data root, $G the generation, $S its site-packages, $W the sealed tree of tide, $B its byte code of __init__. `into F` makes F's
    // directory writable, `back` puts every time and mode back.
    private const string Prelude = """
        set -eu
        into() { d=$(dirname "$1"); chmod u+w "$d"; opened="$opened $d"; if [ -f "$1" ] && [ ! -L "$1" ]; then chmod u+w "$1"; fi; }
        sealed() { chmod a-w "$1"; touch -d 2020-01-01T00:00:00Z "$1"; }
        back() { for d in $opened; do touch -d 2020-01-01T00:00:00Z "$d"; chmod a-w "$d"; done; }
        opened=""
        """;

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "a source, one byte, times put back", "store",
            "into $W/tide/more.py; printf 'x = 2\\n' > $W/tide/more.py; sealed $W/tide/more.py" },
        { "a source through the link", "store", "f=$S/tide/more.py; into $f; printf 'x = 3\\n' > $f; sealed $f" },
        { "a source made longer", "store", "into $W/tide/more.py; echo 'evil = 1' >> $W/tide/more.py; sealed $W/tide/more.py" },
        { "a source emptied", "store", "into $W/tide/more.py; : > $W/tide/more.py; sealed $W/tide/more.py" },
        { "a source replaced by another file", "store",
            "f=$W/tide/more.py; into $f; printf 'x = 2\\n' > $W/tide/n; sealed $W/tide/n; mv -f $W/tide/n $f" },
        { "a source replaced by a link", "store", "f=$W/tide/more.py; into $f; mv $f $D/was; ln -s $D/was $f" },
        { "two sources exchanged", "store", "into $W/tide/more.py; cd $W/tide; mv more.py t; mv __init__.py more.py; mv t __init__.py" },
        { "a source removed", "store", "into $W/tide/more.py; rm -f $W/tide/more.py" },
        { "data edited", "store", "into $W/tide/data.txt; printf 'same text\\n' > $W/tide/data.txt; sealed $W/tide/data.txt" },
        { "a module added", "store", "into $W/tide/evil.py; echo 1 > $W/tide/evil.py; sealed $W/tide/evil.py" },
        { "a hidden file added", "store", "into $W/tide/.x; echo 1 > $W/tide/.x; sealed $W/tide/.x" },
        { "a native module added that comes first", "store", "into $W/tide/x; : > $W/tide/more.abi3.so; sealed $W/tide/more.abi3.so" },
        { "a directory added", "store", "into $W/tide/x; mkdir $W/tide/sub; sealed $W/tide/sub" },
        { "a directory removed", "store", "into $W/tide/x; chmod -R u+w $W/tide/deep; rm -r $W/tide/deep" },
        { "something added and removed again", "store", "chmod u+w $W/tide; : > $W/tide/x; rm $W/tide/x; chmod a-w $W/tide" },
        { "a source writable", "store", "chmod u+w $W/tide/more.py" },
        { "a directory writable", "store", "chmod u+w $W/tide" },
        { "something beside the tree", "store", "into $W; echo 1 > $W/../x; sealed $W/../x" },
        { "the manifest", "store", "f=$W/../manifest.json; into $f; sed -i 's/data.txt/date.txt/' $f; sealed $f" },
        { "the entry removed", "store", "e=$(dirname $W); chmod -R u+w $e; rm -r $e" },
        { "byte code edited", "byte-code", "into $B; printf x >> $B; sealed $B" },
        { "byte code of another module", "byte-code", "into $B; d=$(dirname $B); cat $d/more.*.pyc > $B; sealed $B" },
        { "byte code exchanged by names", "byte-code", "into $B; cd $(dirname $B); mv more.*.pyc t; mv __init__.*.pyc $(ls ../more.py | "
            + "sed 's,../more.py,more.,')$(basename $B | cut -d. -f2).pyc; mv t $(basename $B)" },
        { "byte code added", "byte-code", "into $B; d=$(dirname $B); cp $B $d/evil.cpython-311.pyc; sealed $d/evil.cpython-311.pyc" },
        { "byte code removed", "byte-code", "into $B; rm -f $B" },
        { "the record of byte code removed", "byte-code", "rm -f $D/stamps/*.*" },
        { "a link aimed elsewhere", "generation", "cp -r $W/tide $D/copy; into $S/x; rm $S/tide; ln -s $D/copy $S/tide" },
        { "a link replaced by its files", "generation", "into $S/x; rm $S/tide; cp -rp $W/tide $S/tide; sealed $S/tide" },
        { "a link to byte code aimed elsewhere", "generation",
            "f=$(ls $S/__pycache__/lone.*.pyc); into $f; cp $f $D/x; rm -f $f; ln -s $D/x $f" },
        { "a module in the environment", "store", "f=$S/lone.py; into $f; printf 'x = 9\\n' > $f; sealed $f" },
        { "a module in the environment replaced", "generation",
            "f=$S/lone.py; into $f; printf 'x = 9\\n' > $S/n; sealed $S/n; mv -f $S/n $f" },
        { "a start-up hook added", "generation", "into $S/x; echo 'import os' > $S/evil.pth; sealed $S/evil.pth" },
        { "sitecustomize added", "generation", "into $S/x; : > $S/sitecustomize.py; sealed $S/sitecustomize.py" },
        { "RECORD", "store", "f=$(ls $S/tide-1.0.dist-info/RECORD); into $f; sed -i 's/data/date/' $f; sealed $f" },
        { "a program", "generation", "f=$G/bin/ebb; into $f; printf '#' >> $f; sealed $f; chmod a+x $f" },
        { "a program added", "generation", "into $G/bin/x; cp /bin/true $G/bin/ls; sealed $G/bin/ls" },
        { "the interpreter's link", "generation", "into $G/bin/x; ln -sfn /bin/true $G/bin/python" },
        { "pyvenv.cfg", "generation",
            "f=$G/pyvenv.cfg; into $f; sed -i 's/packages = false/packages = true/' $f; sealed $f" },
        { "the description", "generation",
            "f=$G/generation.json; into $f; sed -i 's/tide.more/tide.less/; s/\"ebb\"/\"eb0\"/' $f; sealed $f" },
        { "a command on PATH", "shims", "f=$D/bin/ebb; chmod u+w $f; printf 'exec evil\\n' > $f" },
        { "a command on PATH removed", "shims", "rm -f $D/bin/ebb" },
        { "what runs first in each sandbox", "second-stage",
            "f=$(echo $D/second-stages/*); chmod u+w $f; "
            + "printf x | dd of=$f bs=1 seek=9000 conv=notrunc status=none; sealed $f; chmod 500 $f" },
        { "the current generation", "current", "ln -sfn /tmp $D/envs/shared/current" },
        { "the current generation removed", "current", "rm $D/envs/shared/current" },
        { "the ledger, one word", "ledger", "f=$D/envs/shared/ledger.jsonl; sed -i '1s/install/rollbac/' $f" },
        { "the ledger, one line taken out", "ledger", "f=$D/envs/shared/ledger.jsonl; sed -i 2d $f" },
        { "the ledger removed", "ledger", "rm $D/envs/shared/ledger.jsonl" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_is_done_is_seen(string kind, string place, string script)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        Done(user.Sandpiper("install", "--compile", "now", "tide", "-i", index));
        Done(user.Sandpiper("install", "--compile", "now", "lone", "sole", "-i", index));
        Done(user.Sandpiper("run", "--", "true"));
        Done(user.Sandpiper("verify"));
        string tree = Directory.GetDirectories(Path.Combine(user.DataRoot, "store")).Select(e => Path.Combine(e, "wheel"))
            .Single(t => Directory.Exists(Path.Combine(t, "tide")));
        string generation = user.Generation();
        Done(user.Run(["/bin/sh", "-c", $"""
            {Prelude}
            D={user.DataRoot} G={generation} W={tree}
            S=$(ls -d $G/lib/python3*/site-packages) B=$(ls $W/tide/__pycache__/__init__.*.pyc)
            {script}
            back
            """]));
        Outcome seen = user.Sandpiper("verify", "--json");
        Assert.True(seen.ExitCode == 3, $"{kind}: {seen}");
        var places = JsonDocument.Parse(seen.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Select(f => f.GetProperty("place").GetString()).ToList();
        Assert.Contains(place, places);
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
