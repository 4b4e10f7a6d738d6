namespace Sandpiper.Assessment.Tests;

/// <summary>Work that leads to more work is all done; what goes wrong in it is told, and ends it.</summary>
public sealed class WorkListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void All_is_done_whatever_leads_to_it(int workers)
    {
        var work = new WorkList();
        int done = 0;
        for (int i = 0; i < 5; i++) work.Add(0, () => Split(4));
        work.DoAll(workers, TestContext.Current.CancellationToken);
        Assert.Equal(5 * 31, done);

        void Split(int deeper)
        {
            Interlocked.Increment(ref done);
            for (int i = 0; i < 2 && deeper > 0; i++) work.Add(0, () => Split(deeper - 1));
        }
    }

    [Fact]
    public void What_is_first_in_order_is_done_first_and_equals_as_they_came()
    {
        var work = new WorkList();
        var done = new List<string>();
        work.Add(1, () => done.Add("later"));
        work.Add(0, () => done.Add("first"));
        work.Add(1, () => done.Add("last"));
        work.DoAll(workers: 1, TestContext.Current.CancellationToken);
        Assert.Equal(["first", "later", "last"], done);
    }

    [Fact]
    public void Nothing_to_do_is_done_at_once() => new WorkList().DoAll(workers: 2, TestContext.Current.CancellationToken);

    [Fact]
    public void What_goes_wrong_ends_the_rest()
    {
        var work = new WorkList();
        int done = 0;
        work.Add(0, () => throw new IOException("full"));
        for (int i = 0; i < 100; i++) work.Add(1, () => Interlocked.Increment(ref done));
        Assert.Equal("full", Assert.Throws<IOException>(() => work.DoAll(workers: 1, TestContext.Current.CancellationToken)).Message);
        Assert.Equal(0, done);
    }

    [Fact]
    public void A_cancelled_one_begins_nothing_more()
    {
        var work = new WorkList();
        using var cancel = new CancellationTokenSource();
        int done = 0;
        work.Add(0, cancel.Cancel);
        work.Add(1, () => done++);
        Assert.Throws<OperationCanceledException>(() => work.DoAll(workers: 1, cancel.Token));
        Assert.Equal(0, done);
    }
}
