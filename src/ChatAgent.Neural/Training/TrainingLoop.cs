using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>The loop that all trainers share: batches, clipping, optimiser steps, validation, the best parameters, progress.</summary>
/// <remarks>One seed gives the same parameters at any number of threads. Not thread-safe.</remarks>
public static class TrainingLoop
{
    /// <summary>Trains, and leaves the best parameters in the task: those of the best validation, or the last ones where there is none.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="optimizer">Over the task's parameters.</param>
    /// <param name="options">Rates and limits.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="time">The clock of the progress.</param>
    /// <param name="cancellationToken">Ends the run between two batches; the parameters are then as they were trained so far.</param>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN; the step that would have used it was not taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static TrainingResult Run(
        ITrainingTask task, IOptimizer optimizer, TrainingOptions options,
        IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        TrainingOptions.Require(options);
        var meter = new ProgressMeter(progress, task.SpeedUnit, time ?? TimeProvider.System);
        var (loss, bestValidation, bestEpoch, best, units, epoch) = (0.0, double.PositiveInfinity, 0, Array.Empty<float>(), 0L, 0);
        for (; epoch < options.Epochs && (options.Patience == 0 || bestEpoch == 0 || epoch - bestEpoch < options.Patience); epoch++)
        {
            var stage = string.Create(CultureInfo.InvariantCulture, $"{options.Stage}, epoch {epoch + 1} of {options.Epochs}");
            var (batches, sum, count, waiting) = (task.BeginEpoch(epoch), 0.0, 0L, 0);
            task.Parameters.ClearGradients();
            for (var batch = 0; batch < batches; batch++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (mean, seen) = task.ForwardBackward(batch, optimizer.Steps);
                (sum, count, units, waiting) = (sum + (mean * seen), count + seen, units + seen, waiting + 1);
                if (waiting == options.Accumulate || batch == batches - 1)
                {
                    var factor = options.Schedule?.Factor(optimizer.Steps, epoch + ((double)batch / batches)) ?? 1f;
                    Step(task.Parameters, optimizer, waiting, options.LearningRate * factor, options.Clip);
                    waiting = 0;
                }

                meter.Report(stage, (epoch + ((batch + 1.0) / batches)) / options.Epochs, units, sum / Math.Max(1, count));
            }

            loss = sum / Math.Max(1, count);
            if (task.Validate() is not { } validation)
            {
                continue;
            }

            options.Schedule?.Validated(validation);
            if (validation < bestValidation || bestEpoch == 0)
            {
                (bestValidation, bestEpoch, best) = (validation, epoch + 1, task.Parameters.Values.ToArray());
            }
        }

        best.CopyTo(task.Parameters.Values);
        return new TrainingResult(loss, bestEpoch > 0 ? bestValidation : null, bestEpoch > 0 ? bestEpoch : epoch, epoch, meter.MeanSpeed);
    }

    private static void Step(ParameterSet parameters, IOptimizer optimizer, int batches, float rate, float clip)
    {
        if (batches > 1)
        {
            Kernels.Scale(1f / batches, parameters.Gradients);
        }

        if (!double.IsFinite(GradientClipping.ByNorm(parameters, clip)))
        {
            TrainingDivergedException.ThrowIfGradientsBroken(parameters, optimizer.Steps);
            throw new TrainingDivergedException("norm of all gradients", optimizer.Steps);
        }

        optimizer.Step(rate);
        parameters.ClearGradients();
    }
}
