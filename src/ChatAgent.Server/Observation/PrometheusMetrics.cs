using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ChatAgent.Server.Observation;

/// <summary>Gathers the house's meters and writes them in the Prometheus text format, version 0.0.4.</summary>
/// <remarks>
/// Counters and up-down counters are summed by their tags; histograms of durations have fixed buckets in milliseconds. Tags come from code, never from what
/// a person wrote, so that their number is bounded.
/// </remarks>
internal sealed class PrometheusMetrics : IDisposable
{
    private const string Prefix = "ChatAgent";
    private static readonly double[] Bounds = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public PrometheusMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All series as of now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in _series.Values.GroupBy(series => series.Name, StringComparer.Ordinal).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            if (first.Help is { Length: > 0 } help)
            {
                text.Append("# HELP ").Append(family.Key).Append(' ').Append(help).Append('\n');
            }

            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(first.Type).Append('\n');
            foreach (var series in family.OrderBy(series => series.Labels, StringComparer.Ordinal))
            {
                series.WriteTo(text);
            }
        }

        Line(text, "process_resident_memory_bytes", "gauge", Environment.WorkingSet);
        Line(text, "dotnet_gc_heap_bytes", "gauge", GC.GetTotalMemory(forceFullCollection: false));
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static void Line(StringBuilder text, string name, string type, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n{name} {value}\n");

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        var series = _series.GetOrAdd($"{instrument.Name}{{{labels}}}", _ => new Series(instrument, labels));
        series.Record(value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var parts = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            parts.Add($"{Sanitize(key)}=\"{escaped}\"");
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join(',', parts);
    }

    private static string Sanitize(string name) => string.Create(name.Length, name, (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        }
    });

    private sealed class Series
    {
        private readonly Lock _gate = new();
        private readonly long[]? _buckets;
        private readonly bool _isObserved;
        private double _sum;
        private long _count;

        public Series(Instrument instrument, string labels)
        {
            Labels = labels;
            Help = instrument.Description;
            _isObserved = instrument.IsObservable;
            var kind = instrument.GetType().Name;
            var isHistogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
            var isCounter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
            Type = isHistogram ? "histogram" : isCounter ? "counter" : "gauge";
            Name = Sanitize(instrument.Name) + (isCounter ? "_total" : string.Empty);
            _buckets = isHistogram ? new long[Bounds.Length] : null;
        }

        public string Name { get; }

        public string Labels { get; }

        public string? Help { get; }

        public string Type { get; }

        public void Record(double value)
        {
            lock (_gate)
            {
                _count++;
                _sum = _isObserved ? value : _sum + value;
                for (var i = 0; _buckets is not null && i < Bounds.Length; i++)
                {
                    _buckets[i] += value <= Bounds[i] ? 1 : 0;
                }
            }
        }

        public void WriteTo(StringBuilder text)
        {
            lock (_gate)
            {
                var braces = Labels.Length == 0 ? string.Empty : $"{{{Labels}}}";
                if (_buckets is null)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{Name}{braces} {_sum}\n");
                    return;
                }

                var separator = Labels.Length == 0 ? string.Empty : ",";
                for (var i = 0; i < Bounds.Length; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{Labels}{separator}le=\"{Bounds[i]}\"}} {_buckets[i]}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{Labels}{separator}le=\"+Inf\"}} {_count}\n{Name}_sum{braces} {_sum}\n{Name}_count{braces} {_count}\n");
            }
        }
    }
}
