using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Sandbox.Tests.Reviews;

public sealed class KeptReviewsTests : IDisposable
{
    private readonly ReviewGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void A_number_is_never_given_twice()
    {
        int first = _ground.Review("echo 1 > a")!.Number;
        Assert.Equal(0, _ground.Reviews.Remove(_ground.Reviews.Find(first)!));
        Assert.True(_ground.Review("echo 1 > a")!.Number > first);
    }

    [Fact]
    public void What_a_kill_left_goes_and_what_is_held_stays()
    {
        KeptReview kept = _ground.Review("echo 1 > a")!;
        string abandoned = Path.Join(_ground.Data, "reviews", "7", "copy-0");
        Directory.CreateDirectory(abandoned);
        _ground.Review(_ =>
        {
            // A run is under way while another command comes by.
            string[] before = Directory.GetDirectories(Path.Join(_ground.Data, "reviews"));
            Assert.DoesNotContain(Path.GetDirectoryName(abandoned)!, before);
            _ground.Reviews.RemoveUnfinished();
            Assert.Equal(before, Directory.GetDirectories(Path.Join(_ground.Data, "reviews")));
        });
        Assert.Equal([kept.Number], _ground.Reviews.List().Select(review => review.Number));
    }

    [Fact]
    public void What_nobody_decided_about_goes_in_time()
    {
        KeptReview kept = _ground.Review("echo 1 > a")!;
        Assert.Empty(_ground.Reviews.Collect(kept.Content.When, isDryRun: false));
        using (KeptReviews.TryHold(kept))
        {
            Assert.Null(KeptReviews.TryHold(kept));
            Assert.Empty(_ground.Reviews.Collect(kept.Content.When.AddSeconds(1), isDryRun: false));
        }
        Assert.Equal([kept.Number], _ground.Reviews.Collect(kept.Content.When.AddSeconds(1), isDryRun: true));
        Assert.Equal([kept.Number], _ground.Reviews.Collect(kept.Content.When.AddSeconds(1), isDryRun: false));
        Assert.Empty(_ground.Reviews.List());
    }

    [Fact]
    public void A_record_says_again_what_it_said()
    {
        _ground.Write("a", "1");
        KeptReview kept = _ground.Review("echo 2 > a; ln -s /x l; mkdir d; chmod 700 d; printf x > \"$(printf 'n\\377')\"")!;
        KeptReview read = Assert.Single(_ground.Reviews.List());
        Assert.Equal(kept.Content.Changes, read.Content.Changes);
        Assert.Equal(kept.Content.Roots, read.Content.Roots);
    }

    [Theory]
    [InlineData("\"path\":\"a\"", "\"path\":\"../a\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"/a\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"b//a\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"b/./a\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"a\\u0000b\"")]
    [InlineData("\"path\":\"a\"", "\"path\":\"a\\u0100\"")]
    [InlineData("\"root\":0", "\"root\":1")]
    [InlineData("\"root\":0", "\"root\":-1")]
    [InlineData("\"command\":", "\"command\":\"x\",\"command\":")]
    [InlineData("\"command\":", "\"more\":1,\"command\":")]
    public void A_record_that_says_something_else_is_none(string text, string other)
    {
        KeptReview kept = _ground.Review("echo 1 > a")!;
        string file = Path.Join(kept.Place, "record.json"), record = File.ReadAllText(file);
        Assert.Contains(text, record, StringComparison.Ordinal);
        File.WriteAllText(file, record.Replace(text, other, StringComparison.Ordinal));
        Assert.Null(_ground.Reviews.Find(kept.Number));
        Assert.Empty(_ground.Reviews.List());
    }

    [Fact]
    public void Whatever_stands_in_a_record_it_is_read_or_not()
    {
        KeptReview kept = _ground.Review("echo 1 > a")!;
        string file = Path.Join(kept.Place, "record.json");
        byte[] record = File.ReadAllBytes(file);
        Gen.Select(Gen.Int[0, record.Length - 1], Gen.Byte, Gen.Int[0, 20]).Sample((at, value, cut) =>
        {
            byte[] other = [.. record[..at], value, .. record[Math.Min(record.Length, at + cut)..]];
            File.WriteAllBytes(file, other);
            if (_ground.Reviews.Find(kept.Number) is { } read) Assert.DoesNotContain("..", read.Content.Changes.Select(c => c.Path));
        }, threads: 1);
        File.WriteAllBytes(file, Encoding.ASCII.GetBytes("null"));
        Assert.Null(_ground.Reviews.Find(kept.Number));
    }
}
