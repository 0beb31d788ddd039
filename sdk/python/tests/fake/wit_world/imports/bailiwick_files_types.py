"""`bailiwick:files/types`, under the name that it has where `bailiwick:http/types` is there too."""

from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Self

from componentize_py_types import Err
from host import host


class Limit(Enum):
    HOST_CALL_BYTES = 0
    FILE_READ_BYTES = 1
    FILE_WRITE_BYTES = 2
    FILE_SIZE = 3
    LIST_ENTRIES = 4
    HANDLES = 5
    HOST_CALLS = 6
    TIME = 7


@dataclass
class Error_Denied:
    pass


@dataclass
class Error_NotFound:
    pass


@dataclass
class Error_Limit:
    value: Limit


@dataclass
class Error_Quota:
    pass


@dataclass
class Error_Secret:
    pass


@dataclass
class Error_Unavailable:
    pass


@dataclass
class Error_Invalid:
    value: str


@dataclass
class Error_Other:
    value: str


class _Handle:
    def __init__(self) -> None:
        host.open_handles += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        host.open_handles -= 1
        return None


class Reader(_Handle):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content
        self._position = 0

    def read(self, max: int) -> bytes:
        host.called("reader.read", max)
        piece = self._content[self._position : self._position + max]
        self._position += len(piece)
        return piece

    def size(self) -> int:
        return len(self._content)

    def seek(self, offset: int) -> None:
        self._position = offset


class Writer(_Handle):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._written = b""
        self._committed = False

    def write(self, bytes: bytes) -> None:
        host.called("writer.write", len(bytes))
        if self._committed:
            raise Err(Error_Invalid("the writer was committed"))
        self._written += bytes

    def commit(self) -> None:
        host.called("writer.commit")
        self._committed = True
        host.files[self._path] = self._written
