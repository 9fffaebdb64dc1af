using System.Globalization;
using System.Runtime.CompilerServices;

namespace ChatAgent.Neural;

/// <summary>Sizes were asked for that do not fit the memory; nothing was allocated. The message shows the arithmetic.</summary>
public sealed class ModelTooLargeException : Exception
{
    private ModelTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Throws where floats of these sizes do not fit an array or what memory there is.</summary>
    /// <param name="what">Named in the message: a parameter, a layer's buffer.</param>
    /// <param name="copies">How many such runs are needed: two of a parameter, its values and gradients.</param>
    /// <param name="sizes">Their product is the length of one.</param>
    /// <exception cref="ModelTooLargeException">They do not fit.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowIfTooLarge(string what, int copies, params ReadOnlySpan<long> sizes)
    {
        var count = 1.0;
        foreach (var size in sizes)
        {
            count *= size;
        }

        var bytes = count * sizeof(float) * copies;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (count <= Array.MaxLength && bytes <= available)
        {
            return;
        }

        throw new ModelTooLargeException(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {string.Join(" × ", sizes.ToArray())} numbers × {sizeof(float)} bytes{(copies > 1 ? $" × {copies}" : "")} = {bytes / 1e9:G4} GB; this machine has {available / 1e9:G4} GB, and one run of numbers at most {(long)Array.MaxLength * sizeof(float) / 1e9:G3} GB. Ask for less."));
    }
}
