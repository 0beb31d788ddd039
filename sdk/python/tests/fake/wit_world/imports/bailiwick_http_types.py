"""`bailiwick:http/types`, under the name that it has where `bailiwick:files/types` is there too."""

from dataclasses import dataclass
from enum import Enum

from componentize_py_types import Err
from host import host

from .bailiwick_files_types import (
    Error_Denied,
    Error_Invalid,
    Error_NotFound,
    Error_Other,
    Error_Quota,
    Error_Secret,
    Error_Unavailable,
    _Handle,
)

__all__ = [
    "Error_Denied",
    "Error_Invalid",
    "Error_Limit",
    "Error_NotFound",
    "Error_Other",
    "Error_Quota",
    "Error_Secret",
    "Error_Unavailable",
    "Header",
    "Incoming",
    "Limit",
    "Outgoing",
    "Request",
    "Response",
]


class Limit(Enum):
    HOST_CALL_BYTES = 0
    HTTP_REQUESTS = 1
    HTTP_BYTES = 2
    RESPONSE_SIZE = 3
    REDIRECTS = 4
    HANDLES = 5
    HOST_CALLS = 6
    TIME = 7


@dataclass
class Error_Limit:
    value: Limit


@dataclass
class Header:
    name: str
    value: str


@dataclass
class Response:
    status: int
    url: str
    headers: list[Header]
    body: bytes


class Request(_Handle):
    def __init__(self, method: str, url: str) -> None:
        super().__init__()
        self.method = method
        self.url = url
        self.headers: list[tuple[str, str]] = []
        self.body: bytes | None = None

    def add_header(self, name: str, value: str) -> None:
        host.called("request.add-header", name)
        self.headers.append((name, value))

    def set_body(self, body: bytes) -> None:
        host.called("request.set-body", len(body))
        self.body = body


class Incoming(_Handle):
    def __init__(self, response: Response) -> None:
        super().__init__()
        self._response = response
        self._rest = response.body

    def status(self) -> int:
        return self._response.status

    def url(self) -> str:
        return self._response.url

    def headers(self) -> list[Header]:
        return self._response.headers

    def read(self, max: int) -> bytes:
        host.called("incoming.read", max)
        # A network gives what has come, which may be less than was asked for.
        piece, self._rest = self._rest[: min(max, 10)], self._rest[min(max, 10) :]
        return piece


class Outgoing(_Handle):
    def __init__(self, length: int | None) -> None:
        super().__init__()
        self.length = length
        self.body = b""

    def write(self, bytes: bytes) -> None:
        host.called("outgoing.write", len(bytes))
        self.body += bytes

    @classmethod
    def finish(cls, this: "Outgoing") -> Incoming:
        host.called("outgoing.finish")
        host.open_handles -= 1
        if this.length is not None and this.length != len(this.body):
            raise Err(Error_Invalid("fewer bytes than announced"))
        return Incoming(Response(200, "https://example.com/up", [], this.body))
