using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace ChatAgent.Neural;

/// <summary>A file's pages in memory, read only, and views of floats in them.</summary>
/// <remarks>The pointer is held until <see cref="Dispose"/>, so that no finaliser takes the pages from under a view whose owner is gone.</remarks>
internal sealed unsafe class MappedPages : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <param name="stream">May be closed afterwards.</param>
    public MappedPages(FileStream stream)
    {
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>A view; reading it after <see cref="Dispose"/> throws <see cref="ObjectDisposedException"/>.</summary>
    /// <param name="offset">In bytes, a multiple of four.</param>
    /// <param name="count">Floats, all within the file.</param>
    public ReadOnlyMemory<float> Floats(long offset, int count) => new View(this, offset, count).Memory;

    public void Dispose()
    {
        if (_start == null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private sealed class View(MappedPages pages, long offset, int count) : MemoryManager<float>
    {
        public override Span<float> GetSpan()
        {
            ObjectDisposedException.ThrowIf(pages._start == null, pages);
            return new Span<float>(pages._start + offset, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)count, nameof(elementIndex));
            ObjectDisposedException.ThrowIf(pages._start == null, pages);
            return new MemoryHandle((float*)(pages._start + offset) + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
