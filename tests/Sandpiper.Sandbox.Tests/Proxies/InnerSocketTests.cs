using System.Net;
using System.Net.Sockets;
using Sandpiper.Sandbox.Proxies;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>The sockets that the second stage makes.</summary>
public sealed class InnerSocketTests
{
    [Fact]
    public void What_listens_anywhere_leaves_the_programs_own_ports_alone()
    {
        // Two of three ports are the program's: without a look at them one of thirty is all but certain to be.
        int[] theirs = [.. Enumerable.Range(1, ushort.MaxValue).Where(port => port % 3 != 0)];
        for (int i = 0; i < 30; i++)
        {
            InnerSocket told = InnerSocket.AnywhereBut(theirs);
            using Socket made = told.Make();
            // As whoever is handed it sees it.
            using var seen = new Socket(new SafeSocketHandle(made.Handle, ownsHandle: false));
            Assert.Equal(0, ((IPEndPoint)seen.LocalEndPoint!).Port % 3);
        }
    }
}
