"""Files that the policy or the caller names: whole values, and Python's own file objects over the host's handles.

Paths are relative to the policy's root and use `/`; there is no current directory and no other way to a file. What the
builtin `open` would do in a component fails: use `bailiwick.open`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from . import _world
from ._world import ReaderHandle, WriterHandle
from .errors import answer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = [
    "BinaryWriter",
    "Entry",
    "RawReader",
    "RawWriter",
    "ReaderHandle",
    "TextWriter",
    "WriterHandle",
    "list_dir",
    "open",
    "read_bytes",
    "read_range",
    "read_text",
    "write_bytes",
    "write_text",
]

PIECE: Final = 65_536
"""Bytes that one host call carries at most: few calls for big files, and far below any `host-call-bytes`."""


@dataclass(frozen=True)
class Entry:
    """An entry of a directory.

    Example:
        csv_files = [entry.name for entry in bailiwick.list_dir("data") if entry.name.endswith(".csv")]
    """

    name: str
    """The name, without the directory. Example: `f"data/{entry.name}"`."""
    is_dir: bool
    """Whether it is a directory; else it is a regular file. Example: `if entry.is_dir: …`."""
    size: int
    """The size of a file in bytes, 0 for a directory. Example: `sum(entry.size for entry in entries)`."""


def read_bytes(path: str) -> bytes:
    """The whole content of the file at `path`. A file of more than one host call's bytes needs `open`.

    Raises: Denied, NotFound, LimitReached, Unavailable.

    Example:
        image = bailiwick.read_bytes("images/logo.png")
    """
    return answer(_world.READ_FILE.read, path)


def read_range(path: str, offset: int, length: int) -> bytes:
    """At most `length` bytes of the file at `path`, from `offset` on; fewer only at its end.

    Raises: Denied, NotFound, LimitReached, Unavailable.

    Example:
        header = bailiwick.read_range("images/logo.png", 0, 8)
    """
    return answer(_world.READ_FILE.read_range, path, offset, length)


def read_text(path: str, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The whole content of the file at `path` as text. Line ends stay as they are.

    Raises: Denied, NotFound, LimitReached, Unavailable; UnicodeDecodeError where it is not in that encoding.

    Example:
        config = json.loads(bailiwick.read_text("config.json"))
    """
    return read_bytes(path).decode(encoding, errors)


def write_bytes(path: str, data: bytes) -> None:
    """Makes `data` the content of the file at `path`, durably and in one step. Missing directories are not made.

    Raises: Denied, NotFound, LimitReached, QuotaExceeded, Unavailable; the old content is then in place.

    Example:
        bailiwick.write_bytes("output.bin", b"\\x00\\x01")
    """
    answer(_world.WRITE_FILE.write, path, data)


def write_text(path: str, text: str, encoding: str = "utf-8", errors: str = "strict") -> None:
    """Makes `text` the content of the file at `path`, durably and in one step. Line ends stay as they are.

    Raises: Denied, NotFound, LimitReached, QuotaExceeded, Unavailable; the old content is then in place.

    Example:
        bailiwick.write_text("output.json", json.dumps(report))
    """
    write_bytes(path, text.encode(encoding, errors))


def list_dir(path: str = ".") -> list[Entry]:
    """The entries of the directory at `path`, sorted by the bytes of their names; `.` is the policy's root.

    Raises: Denied, NotFound, LimitReached, Unavailable.

    Example:
        for entry in bailiwick.list_dir("data"):
            bailiwick.log.info(f"{entry.name}: {entry.size} bytes")
    """
    entries = answer(_world.LIST_FILES.list, path)
    return [Entry(entry.name, entry.kind.name == "DIRECTORY", entry.size) for entry in entries]


class RawReader(io.RawIOBase):
    """A reader handle as Python's unbuffered file. `open` puts a buffer around it.

    Example:
        raw = bailiwick.files.RawReader(handle)
        first = raw.read(16)
    """

    def __init__(self, handle: ReaderHandle) -> None:
        """Reads from `handle`, which stays its owner's. Its position is taken to be the start, where the host opens files.

        Example:
            raw = RawReader(handle)
        """
        super().__init__()
        self._handle = handle
        self._position = 0

    @property
    def size(self) -> int:
        """The size of the file in bytes, as it was when it was opened. Example: `raw.size`."""
        return self._handle.size()

    def readable(self) -> bool:
        """True. Example: `raw.readable()`."""
        return True

    def seekable(self) -> bool:
        """True. Example: `raw.seekable()`."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills `buffer` with the next bytes, at most 65,536; 0 at the end. Example: `raw.readinto(bytearray(16))`."""
        view = memoryview(buffer).cast("B")
        data = self.read_piece(min(len(view), PIECE))
        view[: len(data)] = data
        return len(data)

    def read_piece(self, max: int, /) -> bytes:
        """At most `max` bytes in one host call; fewer only at the end. Example: `raw.read_piece(1_000_000)`."""
        self._check_open()
        data = answer(self._handle.read, max)
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Moves the position; one past the end is allowed, and reads nothing there. Example: `raw.seek(-10, io.SEEK_END)`."""
        self._check_open()
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("a position before the start of the file")
        self._position = start + offset
        self._handle.seek(self._position)
        return self._position

    def tell(self) -> int:
        """The position. Example: `raw.tell()`."""
        self._check_open()
        return self._position

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")


class RawWriter(io.RawIOBase):
    """A writer handle as Python's unbuffered file. `open` puts a buffer around it.

    Example:
        raw = bailiwick.files.RawWriter(handle)
        raw.write(b"hello")
    """

    def __init__(self, handle: WriterHandle) -> None:
        """Writes to `handle`, which stays its owner's, and its commit too. Example: `RawWriter(handle)`."""
        super().__init__()
        self._handle = handle

    def writable(self) -> bool:
        """True. Example: `raw.writable()`."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Appends the first 65,536 bytes of `data` at most, and says how many. Example: `raw.write(b"hello")`."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        piece = bytes(memoryview(data).cast("B")[:PIECE])
        answer(self._handle.write, piece)
        return len(piece)


class _OwnReader(RawReader):
    """A reader that this tool opened: closing it gives the handle back."""

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._handle.__exit__(None, None, None)


class _OwnWriter(RawWriter):
    """A writer that this tool created: it writes when it is committed, and not at all when it is not."""

    def __init__(self, handle: WriterHandle) -> None:
        super().__init__(handle)
        self._discarded = False

    def write(self, data: ReadableBuffer, /) -> int:
        if self._discarded:
            return memoryview(data).nbytes
        return super().write(data)

    def commit(self) -> None:
        answer(self._handle.commit)

    def discard(self) -> None:
        """Gives the handle back. What a buffer still holds is dropped: its flush ends here."""
        if not self._discarded:
            self._discarded = True
            self._handle.__exit__(None, None, None)


class BinaryWriter(io.BufferedWriter):
    """A file that this tool writes bytes to, from `open(path, "wb")`. It is a context manager: when its block ends well,
    what was written becomes the content of the file, in one step; when an exception leaves the block, the file stays as it
    was. Without `with`, `commit` is what writes, and `close` alone writes nothing.

    Example:
        with bailiwick.open("output.bin", "wb") as file:
            file.write(b"hello")
    """

    def __init__(self, handle: WriterHandle) -> None:
        """Around a handle that this tool created. Example: `bailiwick.open("output.bin", "wb")`."""
        self._own = _OwnWriter(handle)
        super().__init__(self._own, PIECE)

    def commit(self) -> None:
        """Makes what was written the content of the file, durably and in one step. Writing after it is `Invalid`.

        Raises: QuotaExceeded, LimitReached, Unavailable; the old content is then in place.

        Example:
            file.commit()
        """
        self.flush()
        self._own.commit()

    def close(self) -> None:
        """Gives the handle back; what was not committed is dropped. Example: `file.close()`."""
        self._own.discard()
        super().close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Commits if the block ended well, and closes. Example: leave a `with` block."""
        try:
            if kind is None and not self.closed:
                self.commit()
        finally:
            self.close()


class TextWriter(io.TextIOWrapper):
    """A file that this tool writes text to, from `open(path, "w")`. It commits and discards as `BinaryWriter` does.

    Example:
        with bailiwick.open("output.txt", "w") as file:
            print("hello", file=file)
    """

    def __init__(self, binary: BinaryWriter, encoding: str, errors: str, newline: str | None) -> None:
        """Around a writer of bytes. Example: `bailiwick.open("output.txt", "w")`."""
        self._binary = binary
        super().__init__(binary, encoding, errors, newline)

    def commit(self) -> None:
        """Makes what was written the content of the file, durably and in one step. Writing after it is `Invalid`.

        Raises: QuotaExceeded, LimitReached, Unavailable; the old content is then in place.

        Example:
            file.commit()
        """
        self.flush()
        self._binary.commit()

    def close(self) -> None:
        """Gives the handle back; what was not committed is dropped. Example: `file.close()`."""
        self._binary.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Commits if the block ended well, and closes. Example: leave a `with` block."""
        try:
            if kind is None and not self.closed:
                self.commit()
        finally:
            self.close()


@overload
def open(
    file: str | ReaderHandle,
    mode: Literal["r"] = "r",
    *,
    encoding: str = ...,
    errors: str = ...,
    newline: str | None = ...,
) -> io.TextIOWrapper: ...
@overload
def open(file: str | ReaderHandle, mode: Literal["rb"]) -> io.BufferedReader[RawReader]: ...
@overload
def open(file: str, mode: Literal["w"], *, encoding: str = ..., errors: str = ..., newline: str | None = ...) -> TextWriter: ...
@overload
def open(
    file: WriterHandle, mode: Literal["w"], *, encoding: str = ..., errors: str = ..., newline: str | None = ...
) -> io.TextIOWrapper: ...
@overload
def open(file: str, mode: Literal["wb"]) -> BinaryWriter: ...
@overload
def open(file: WriterHandle, mode: Literal["wb"]) -> io.BufferedWriter: ...
def open(
    file: str | ReaderHandle | WriterHandle,
    mode: Literal["r", "rb", "w", "wb"] = "r",
    *,
    encoding: str = "utf-8",
    errors: str = "strict",
    newline: str | None = None,
) -> io.TextIOWrapper | io.BufferedReader[RawReader] | io.BufferedWriter:
    """Opens a file, like the builtin: for text (`r`, `w`) or bytes (`rb`, `wb`), for reading or for writing anew.

    `file` is a path, or a handle that the function got as an argument. Files are read and written in pieces of 65,536 bytes:
    one of any size can be read in small memory. (What is written stays in memory until the call ends: componentize-py 0.25.1
    keeps it.) A path that is written changes when the `with` block ends well, and not at all when an exception leaves it. A
    handle stays its caller's: the host commits it when the function returns without an error.

    Raises: Denied, NotFound, LimitReached, QuotaExceeded, Unavailable, here and while reading and writing.

    Example:
        with bailiwick.open("data/input.csv") as rows, bailiwick.open("output.txt", "w") as lines:
            for row in csv.reader(rows):
                print(row[0], file=lines)
    """
    match mode:
        case "r":
            return io.TextIOWrapper(_binary_reader(file), encoding, errors, newline)
        case "rb":
            return _binary_reader(file)
        case "w":
            return _text_writer(_binary_writer(file), encoding, errors, newline)
        case "wb":
            return _binary_writer(file)
    raise ValueError(f"the mode is `r`, `rb`, `w` or `wb`, not `{mode}`")


def _binary_reader(file: Any) -> io.BufferedReader[RawReader]:
    if isinstance(file, str):
        raw: RawReader = _OwnReader(answer(_world.READ_FILE.open, file))
    else:
        raw = RawReader(file)
    return io.BufferedReader(raw, PIECE)


def _binary_writer(file: Any) -> io.BufferedWriter:
    if isinstance(file, str):
        return BinaryWriter(answer(_world.WRITE_FILE.create, file))
    return io.BufferedWriter(RawWriter(file), PIECE)


def _text_writer(binary: io.BufferedWriter, encoding: str, errors: str, newline: str | None) -> io.TextIOWrapper:
    if isinstance(binary, BinaryWriter):
        return TextWriter(binary, encoding, errors, newline)
    return io.TextIOWrapper(binary, encoding, errors, newline)
