"""The interfaces that the tool's world imports, as `componentize-py` generated them.

A world imports only what its tool asks for, so each interface may be there or not. They are looked for once, when the SDK
is imported: a component is frozen after its imports have run, and nothing can be imported later.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Protocol


class Handle(Protocol):
    """A resource of the host, which is given back by leaving it as a context. Example: `with handle: …`."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None:
        """Gives the handle back. Example: `handle.__exit__(None, None, None)`."""


class ReaderHandle(Handle, Protocol):
    """The resource `bailiwick:files/types.reader`: a file that is open for reading.

    An exported function gets one for a parameter `borrow<reader>`; `bailiwick.open` makes a Python file of it.

    Example:
        def hash(self, source: ReaderHandle) -> int:
            with bailiwick.open(source, "rb") as file:
                return zlib.crc32(file.read())
    """

    def read(self, max: int, /) -> bytes:
        """At most `max` bytes from the position, which moves. Example: `handle.read(4096)`."""

    def size(self) -> int:
        """The size of the file in bytes, as it was when it was opened. Example: `handle.size()`."""

    def seek(self, offset: int, /) -> None:
        """Moves the position to `offset` bytes from the start. Example: `handle.seek(0)`."""


class WriterHandle(Handle, Protocol):
    """The resource `bailiwick:files/types.writer`: a file that is being written.

    An exported function gets one for a parameter `borrow<writer>`; `bailiwick.open` makes a Python file of it. Nothing is
    visible to anybody before the commit, which the host makes when the function returns without an error.

    Example:
        def greet(self, target: WriterHandle) -> None:
            with bailiwick.open(target, "w") as file:
                file.write("hello\\n")
    """

    def write(self, bytes: bytes, /) -> None:
        """Appends `bytes`. Example: `handle.write(b"hello")`."""

    def commit(self) -> None:
        """Makes what was written the content of the file. Example: `handle.commit()`."""


class ReadFile(Protocol):
    """`bailiwick:files/read-file`."""

    def read(self, path: str, /) -> bytes: ...
    def read_range(self, path: str, offset: int, length: int, /) -> bytes: ...
    def open(self, path: str, /) -> ReaderHandle: ...


class WriteFile(Protocol):
    """`bailiwick:files/write-file`."""

    def write(self, path: str, bytes: bytes, /) -> None: ...
    def create(self, path: str, /) -> WriterHandle: ...


class ListFiles(Protocol):
    """`bailiwick:files/list-files`. The entries are records: `name`, `kind`, `size`."""

    def list(self, path: str, /) -> Sequence[Any]: ...


class RequestHandle(Handle, Protocol):
    """The resource `bailiwick:http/types.request`."""

    def add_header(self, name: str, value: str, /) -> None: ...
    def set_body(self, body: bytes, /) -> None: ...


class IncomingHandle(Handle, Protocol):
    """The resource `bailiwick:http/types.incoming`. Headers are records: `name`, `value`."""

    def status(self) -> int: ...
    def url(self) -> str: ...
    def headers(self) -> Sequence[Any]: ...
    def read(self, max: int, /) -> bytes: ...


class OutgoingHandle(Handle, Protocol):
    """The resource `bailiwick:http/types.outgoing`. Its `finish` belongs to the class, and takes the handle."""

    def write(self, bytes: bytes, /) -> None: ...


class HttpGet(Protocol):
    """`bailiwick:http/http-get`. A response is a record: `status`, `url`, `headers`, `body`."""

    def get(self, url: str, /) -> Any: ...
    def open(self, url: str, /) -> IncomingHandle: ...


class HttpRequest(Protocol):
    """`bailiwick:http/http-request`. A response is a record: `status`, `url`, `headers`, `body`."""

    def send(self, request: Any, /) -> Any: ...
    def open(self, request: Any, /) -> IncomingHandle: ...
    def upload(self, request: Any, length: int | None, /) -> OutgoingHandle: ...


class Log(Protocol):
    """`bailiwick:log/log`."""

    def log(self, level: Any, message: str, /) -> None: ...


class Clock(Protocol):
    """`bailiwick:clock/clock`. An instant is a record: `seconds`, `nanoseconds`."""

    def now(self) -> Any: ...
    def elapsed(self) -> int: ...


class Random(Protocol):
    """`bailiwick:random/random`."""

    def bytes(self, length: int, /) -> bytes: ...


class KeyValue(Protocol):
    """`bailiwick:key-value/key-value`. A part of a listing is a record: `keys`, `next`."""

    def get(self, key: str, /) -> bytes | None: ...
    def set(self, key: str, value: bytes, /) -> None: ...
    def compare_and_set(self, key: str, expected: bytes | None, value: bytes, /) -> bool: ...
    def delete(self, key: str, /) -> None: ...
    def list(self, prefix: str, after: str | None, most: int, /) -> Any: ...


class CallTool(Protocol):
    """`bailiwick:tools/call-tool`."""

    def call(self, tool: str, arguments: str, /) -> str: ...


class Progress(Protocol):
    """`bailiwick:progress/progress`."""

    def report(self, done: int, total: int | None, message: str | None, /) -> None: ...


class NotImported(ImportError):
    """The tool's world does not import the interface that this function needs.

    Example:
        world reader { include bailiwick:worlds/file-reader@0.1.0; … } and then
        bailiwick.write_text("report.txt", "…")   # NotImported: bailiwick:files/write-file
    """


def imported(package: str, interface: str, member: str) -> Any:
    """The generated module of the interface `bailiwick:package/interface`; each use of it fails where the world lacks it.

    Its name depends on the rest of the world: it carries the package's name where two packages have an interface of that
    name, and the version too with `componentize-py --full-names`. `member` tells our interface from somebody else's.
    """
    short = interface.replace("-", "_")
    full = f"bailiwick_{package}_{interface}".replace("-", "_")
    for name in (full, f"{full}_0_1_0", short):
        try:
            module = importlib.import_module(f"wit_world.imports.{name}")
        except ImportError:
            continue
        if hasattr(module, member):
            return module
    return _Absent(f"bailiwick:{package}/{interface}")


def is_imported(interface: object) -> bool:
    """Whether the world has this interface, as `imported` found it."""
    return not isinstance(interface, _Absent)


class _Absent:
    """Stands for an interface that the world does not import, and says so when it is used."""

    def __init__(self, interface: str) -> None:
        self._interface = interface

    def __getattr__(self, member: str) -> Any:
        raise NotImported(f"the tool's world does not import `{self._interface}`, which has `{member}`")


def _err() -> Any:
    """The exception that carries a WIT error: `componentize_py_types.Err`, which exists only beside generated bindings."""
    try:
        return importlib.import_module("componentize_py_types").Err
    except ImportError:
        return type("Err", (Exception,), {"__doc__": "Never raised: there are no bindings here."})


ERR: Final[Any] = _err()
FILES_TYPES: Final[Any] = imported("files", "types", "Reader")
READ_FILE: Final[ReadFile] = imported("files", "read-file", "read_range")
WRITE_FILE: Final[WriteFile] = imported("files", "write-file", "create")
LIST_FILES: Final[ListFiles] = imported("files", "list-files", "Entry")
HTTP_TYPES: Final[Any] = imported("http", "types", "Incoming")
HTTP_GET: Final[HttpGet] = imported("http", "http-get", "get")
HTTP_REQUEST: Final[HttpRequest] = imported("http", "http-request", "upload")
LOG: Final[Log] = imported("log", "log", "Level")
CLOCK: Final[Clock] = imported("clock", "clock", "elapsed")
RANDOM: Final[Random] = imported("random", "random", "bytes")
KEY_VALUE: Final[KeyValue] = imported("key-value", "key-value", "compare_and_set")
CALL_TOOL: Final[CallTool] = imported("tools", "call-tool", "call")
PROGRESS: Final[Progress] = imported("progress", "progress", "report")
CONTENT_TYPES: Final[Any] = imported("content", "types", "Content_Document")
