using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>A training that can go on: parameters, the optimiser's runs and steps, and the trainer's own texts, in one model file.</summary>
public static class Checkpoint
{
    private const string StepsKey = "optimizer.steps";

    /// <summary>Saves; see <see cref="ModelFile.Save"/>.</summary>
    /// <param name="more">Further runs of numbers, under names of their own.</param>
    public static void Save(
        string path, ParameterSet parameters, IOptimizer optimizer, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, float[] Values)>? more = null)
    {
        var texts = new Dictionary<string, string>(metadata, StringComparer.Ordinal) { [StepsKey] = optimizer.Steps.ToString(CultureInfo.InvariantCulture) };
        var tensors = ModelFile.TensorsOf(parameters).ToList();
        tensors.AddRange(optimizer.State.Concat(more ?? []).Select(run => new ModelTensor(run.Name, [run.Values.Length], run.Values)));
        ModelFile.Save(path, texts, tensors);
    }

    /// <summary>Loads into a set and an optimiser of the same make.</summary>
    /// <returns>The texts that were saved.</returns>
    /// <exception cref="ModelFormatException">The file is broken or of another network or optimiser; the set may be partly changed.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path, ParameterSet parameters, IOptimizer optimizer) => LoadFile(path, parameters, optimizer).Metadata;

    /// <summary>As <see cref="Load"/>, with whatever else is in the file.</summary>
    internal static ModelFile LoadFile(string path, ParameterSet parameters, IOptimizer optimizer)
    {
        var file = ModelFile.Load(path);
        if (!long.TryParse(file.RequireText(StepsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
        {
            throw new ModelFormatException(Path.GetFileName(path), $"\"{StepsKey}\" is \"{file.RequireText(StepsKey)}\", expected a whole number");
        }

        file.CopyTo(parameters);
        foreach (var (name, values) in optimizer.State)
        {
            file.CopyTo(name, [values.Length], values);
        }

        optimizer.Resume(steps);
        return file;
    }
}
