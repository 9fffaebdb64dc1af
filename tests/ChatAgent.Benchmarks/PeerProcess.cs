using System.Diagnostics;
using System.Globalization;

namespace ChatAgent.Benchmarks;

/// <summary>A script of the folder Peers that runs the same work with Debian's python3-torch, kept alive so that its rounds and ours take turns on the same machine.</summary>
/// <remarks>
/// torch runs at its best with libopenblas0-openmp and OPENBLAS_CORETYPE=COOPERLAKE, which is set here; as Debian installs it alone, it runs a
/// reference BLAS about 20 times slower. <c>CHATAGENT_PEER_PYTHON</c> names another interpreter than Debian's.
/// </remarks>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    /// <summary>Starts a script and waits until it is warm.</summary>
    /// <param name="threads">Threads it may use.</param>
    /// <param name="script">File name in Peers.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>Null where the interpreter or torch is missing; the reason is printed.</returns>
    public static PeerProcess? TryStart(int threads, string script, params int[] args)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("CHATAGENT_PEER_PYTHON") ?? "/usr/bin/python3")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var arg in (string[])[Path.Combine(AppContext.BaseDirectory, "Peers", script), .. args.Select(arg => arg.ToString(CultureInfo.InvariantCulture))])
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";

        // Whatever the environment names for other programs would hold the peer down.
        start.Environment["OPENBLAS_CORETYPE"] = "COOPERLAKE";
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        try
        {
            var process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() == "ready")
            {
                return new PeerProcess(process);
            }

            System.Console.WriteLine($"no torch to measure beside: {process.StandardError.ReadToEnd().Trim().Split('\n')[^1]}");
            process.Dispose();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            System.Console.WriteLine($"no torch to measure beside: {missing.Message}");
        }

        return null;
    }

    /// <summary>Runs so many times.</summary>
    /// <returns>Seconds of each run.</returns>
    public double[] Run(int count)
    {
        _process.StandardInput.WriteLine(count);
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"the peer stopped: {_process.StandardError.ReadToEnd()}");
        return [.. line.Split(' ').Select(seconds => double.Parse(seconds, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
