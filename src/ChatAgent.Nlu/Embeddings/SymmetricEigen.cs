namespace ChatAgent.Nlu.Embeddings;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, section 8.5), in double.</summary>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 60;

    /// <summary>The decomposition, largest eigenvalue first.</summary>
    /// <param name="matrix">(N, N); overwritten.</param>
    /// <returns>Values (N), and vectors (N, N) with eigenvector k in column k.</returns>
    public static (double[] Values, double[,] Vectors) Decompose(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var vectors = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            vectors[i, i] = 1;
        }

        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            double off = 0, diagonal = 0;
            for (var i = 0; i < n; i++)
            {
                diagonal += matrix[i, i] * matrix[i, i];
                for (var j = i + 1; j < n; j++)
                {
                    off += matrix[i, j] * matrix[i, j];
                }
            }

            if (off <= 1e-24 * (diagonal + 1e-300))
            {
                break;
            }

            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    Rotate(matrix, vectors, p, q, n);
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => matrix[i, i])];
        var sorted = new double[n, n];
        for (var k = 0; k < n; k++)
        {
            for (var i = 0; i < n; i++)
            {
                sorted[i, k] = vectors[i, order[k]];
            }
        }

        return ([.. order.Select(i => matrix[i, i])], sorted);
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q, int n)
    {
        if (Math.Abs(a[p, q]) < 1e-300)
        {
            return;
        }

        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
        {
            (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        }

        for (var k = 0; k < n; k++)
        {
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
            (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
        }
    }
}
