using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>The loop that all trainers share: batches, clipping, optimiser steps, validation, the best parameters, progress, checkpoints.</summary>
/// <remarks>One seed gives the same parameters at any number of threads, whether a run was stopped and went on or not. Not thread-safe.</remarks>
public sealed class TrainingLoop
{
    private const string BestTensor = "training.best";

    private readonly ITrainingTask _task;
    private readonly IOptimizer _optimizer;
    private readonly TrainingOptions _options;
    private readonly ProgressMeter _meter;
    private readonly GradientReport _gradients;
    private int _epoch;
    private int _batch;
    private int _batches;
    private double _sum;
    private long _count;
    private long _units;
    private double _loss;
    private double _bestValidation = double.PositiveInfinity;
    private int _bestEpoch;
    private float[] _best = [];

    private TrainingLoop(ITrainingTask task, IOptimizer optimizer, TrainingOptions options, ProgressMeter meter) =>
        (_task, _optimizer, _options, _meter, _gradients) = (task, optimizer, options, meter, new GradientReport(task.Parameters, options.Clip));

    /// <summary>Trains, and leaves the best parameters in the task: those of the best validation, or the last ones where there is none.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="optimizer">Over the task's parameters.</param>
    /// <param name="options">Rates and limits. Where its checkpoint exists the run goes on from there.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="time">The clock of the progress and of the time limit.</param>
    /// <param name="cancellationToken">Ends the run between two batches, after a checkpoint if one was asked for; the parameters are then as they were trained so far.</param>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN; the step that would have used it was not taken and the last checkpoint is as it was.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="ModelFormatException">The checkpoint is broken or of another run.</exception>
    public static TrainingResult Run(
        ITrainingTask task, IOptimizer optimizer, TrainingOptions options,
        IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        TrainingOptions.Require(options);
        var loop = new TrainingLoop(task, optimizer, options, new ProgressMeter(progress, task.SpeedUnit, time ?? TimeProvider.System));
        try
        {
            return loop.Run(cancellationToken);
        }
        catch (TrainingDivergedException broken) when (options.Checkpoint is { } path && File.Exists(path))
        {
            throw new TrainingDivergedException(broken.Layer, broken.Step, path, broken);
        }
    }

    private bool IsOver => _epoch >= _options.Epochs || (_options.Patience > 0 && _bestEpoch > 0 && _epoch - _bestEpoch >= _options.Patience);

    private TrainingResult Run(CancellationToken cancellationToken)
    {
        if (_options.Checkpoint is { } path && File.Exists(path))
        {
            Resume(path);
        }
        else
        {
            Begin();
        }

        var isOutOfTime = false;
        while (!IsOver && !isOutOfTime)
        {
            while (_batch < _batches && !isOutOfTime)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    Save();
                    cancellationToken.ThrowIfCancellationRequested();
                }

                Step();
                isOutOfTime = _meter.Elapsed > _options.TimeLimit && _batch < _batches;
                if (isOutOfTime || (_options.CheckpointEvery > 0 && _optimizer.Steps % _options.CheckpointEvery == 0))
                {
                    Save();
                }
            }

            if (!isOutOfTime)
            {
                EndEpoch();
                Save();
            }
        }

        _best.CopyTo(_task.Parameters.Values);
        return new TrainingResult(_count > 0 ? _sum / _count : _loss, _bestEpoch > 0 ? _bestValidation : null, _bestEpoch > 0 ? _bestEpoch : _epoch, _epoch, _meter.MeanSpeed)
        {
            Diagnosis = _gradients.Diagnosis, IsUnfinished = isOutOfTime,
        };
    }

    private void Begin()
    {
        (_batch, _sum, _count) = (0, 0.0, 0L);
        _batches = _epoch < _options.Epochs ? _task.BeginEpoch(_epoch) : 0;
    }

    /// <summary>Some batches, one optimiser step.</summary>
    private void Step()
    {
        var parameters = _task.Parameters;
        parameters.ClearGradients();
        var (first, end) = (_batch, Math.Min(_batches, _batch + _options.Accumulate));
        for (; _batch < end; _batch++)
        {
            var (mean, seen) = _task.ForwardBackward(_batch, _optimizer.Steps);
            (_sum, _count, _units) = (_sum + (mean * seen), _count + seen, _units + seen);
        }

        if (end - first > 1)
        {
            Kernels.Scale(1f / (end - first), parameters.Gradients);
        }

        if (_meter.IsDue)
        {
            _gradients.Look();
        }

        if (!double.IsFinite(GradientClipping.ByNorm(parameters, _options.Clip)))
        {
            TrainingDivergedException.ThrowIfGradientsBroken(parameters, _optimizer.Steps);
            throw new TrainingDivergedException("norm of all gradients", _optimizer.Steps);
        }

        var factor = _options.Schedule?.Factor(_optimizer.Steps, _epoch + ((double)first / _batches)) ?? 1f;
        _optimizer.Step(_options.LearningRate * factor);
        var stage = string.Create(CultureInfo.InvariantCulture, $"{_options.Stage}, epoch {_epoch + 1} of {_options.Epochs}");
        _meter.Report(stage, (_epoch + ((double)_batch / _batches)) / _options.Epochs, _units, _sum / Math.Max(1, _count), _task.IsPerToken, _gradients);
    }

    private void EndEpoch()
    {
        _loss = _sum / Math.Max(1, _count);
        _epoch++;
        if (_task.Validate() is { } validation)
        {
            _options.Schedule?.Validated(validation);
            if (validation < _bestValidation || _bestEpoch == 0)
            {
                (_bestValidation, _bestEpoch, _best) = (validation, _epoch, _task.Parameters.Values.ToArray());
            }
        }

        Begin();
    }

    private void Save()
    {
        if (_options.Checkpoint is not { } path)
        {
            return;
        }

        foreach (var parameter in _task.Parameters.Parameters)
        {
            if (!Kernels.AllFinite(parameter.Values))
            {
                throw new TrainingDivergedException(parameter.Name, _optimizer.Steps);
            }
        }

        List<(string, float[])> more = [.. _task.Carried];
        if (_best.Length > 0)
        {
            more.Add((BestTensor, _best));
        }

        Checkpoint.Save(
            path, _task.Parameters, _optimizer,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["training.place"] = Join([_epoch, _batch, _batches, _count, _bestEpoch]),
                ["training.sums"] = Join([_sum, _loss, _bestValidation]),
                ["training.chance"] = string.Join(' ', _task.Chance.Select(dropout => dropout.State.ToString(CultureInfo.InvariantCulture))),
                ["training.schedule"] = Join(_options.Schedule?.State ?? []),
            },
            more);
    }

    private void Resume(string path)
    {
        var (file, name) = (Checkpoint.LoadFile(path, _task.Parameters, _optimizer), Path.GetFileName(path));
        try
        {
            var place = Numbers(file.RequireText("training.place"));
            var sums = Numbers(file.RequireText("training.sums"));
            ulong[] chance = [.. file.RequireText("training.chance").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(state => ulong.Parse(state, CultureInfo.InvariantCulture))];
            (_epoch, _bestEpoch) = ((int)place[0], (int)place[4]);
            Begin();

            // A run that had ended has no batches left; with more epochs it goes on.
            if ((_batches != (int)place[2] && place[2] > 0) || chance.Length != _task.Chance.Count)
            {
                throw new ModelFormatException(name, $"is of a run with {place[2]} batches an epoch and {chance.Length} places of chance; this one has {_batches} and {_task.Chance.Count}");
            }

            (_batch, _count) = ((int)place[1], (long)place[3]);
            (_sum, _loss, _bestValidation) = (sums[0], sums[1], sums[2]);
            _options.Schedule?.Resume(Numbers(file.RequireText("training.schedule")));
            foreach (var (dropout, state) in _task.Chance.Zip(chance))
            {
                dropout.State = state;
            }

            foreach (var (carried, values) in place[2] > 0 ? _task.Carried : [])
            {
                file.CopyTo(carried, [values.Length], values);
            }

            if (_bestEpoch > 0)
            {
                _best = new float[_task.Parameters.Length];
                file.CopyTo(BestTensor, [_best.Length], _best);
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new ModelFormatException(name, $"the place in the run is not what it should be: {e.Message}", e);
        }
    }

    private static string Join(IEnumerable<double> numbers) => string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static double[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
