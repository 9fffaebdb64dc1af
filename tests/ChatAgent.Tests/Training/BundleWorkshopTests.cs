using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Tests;

namespace ChatAgent.Training.Tests;

/// <summary>What happens to a trained part whose file was damaged since: with the clinic's own parts, copied from the shelf of the tests.</summary>
public sealed class BundleWorkshopTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("workshop").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Prepare_DamagedPart_SaysSoOnceAndMakesTheSameAgain()
    {
        CopyTree(Path.Combine(Repository.Root, "data", "models"), _folder);
        var replies = Directory.GetFiles(_folder, "*.safetensors", SearchOption.AllDirectories).Where(file => file.Contains("replies-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(replies);
        replies.ForEach(Damage);
        var warnings = new List<string>();

        var again = await PrepareAsync(warnings.Add);
        var third = await PrepareAsync(warnings.Add);

        var warning = Assert.Single(warnings);
        Assert.Contains("It is trained again.", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
        Assert.Equal((clinic.Bundle.Hash, clinic.Bundle.Hash), (again.Hash, third.Hash));
    }

    [Fact]
    public async Task Prepare_ShelfCannotBeWritten_UsesWhatItTrainedAndSaysSo()
    {
        CopyTree(Path.Combine(Repository.Root, "data", "models"), _folder);
        foreach (var part in Directory.GetDirectories(_folder, "replies-*"))
        {
            // A file where the part's folder belongs: it can neither be found nor be moved there.
            Directory.Delete(part, recursive: true);
            await File.WriteAllTextAsync(part, "in the way");
        }

        var warnings = new List<string>();

        var bundle = await PrepareAsync(warnings.Add);

        Assert.Contains("could not be kept", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(clinic.Bundle.Hash, bundle.Hash);
    }

    private Task<Bundle> PrepareAsync(Action<string> warn) =>
        new BundleWorkshop(clinic.Bundle.Definition, Path.Combine(Repository.Root, "corpora"), new ModelShelf(_folder), warn: warn)
            .PrepareUnderstandingAsync(progress: null, CancellationToken.None);

    /// <summary>Changes one byte in the middle, as a failing disk does: the length stays.</summary>
    private static void Damage(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = stream.Length / 2;
        var value = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)(value ^ 0xFF));
    }

    private static void CopyTree(string from, string to)
    {
        // A part that another test is just keeping stands in a folder whose name begins with a dot.
        foreach (var part in Directory.GetDirectories(from).Where(part => !Path.GetFileName(part).StartsWith('.')))
        {
            foreach (var file in Directory.GetFiles(part, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}
