"""Requests to the URLs that the policy names.

There are no sockets, cookies, proxies and credentials, and `urllib` and `requests` fail in a component: `http_get` for what is
read, `Request` for everything else. An answer with a status of 400 or more is no error.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import _world
from .errors import BailiwickError, answer
from .files import PIECE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = ["Request", "Response", "Stream", "Upload", "http_get", "http_open"]

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Response:
    """A whole answer.

    Example:
        response = bailiwick.http_get("https://api.example.com/v1/prices")
        prices = response.json() if response.ok else {}
    """

    status: int
    """The status code. Example: `response.status == 404`."""
    url: str
    """The URL that answered: the last one when there were redirects. Example: `response.url`."""
    headers: Headers
    """Names in lower case and values, in the order of the answer. Example: `dict(response.headers)`."""
    body: bytes
    """The body. Example: `bailiwick.write_bytes("copy.png", response.body)`."""

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299. Example: `if not response.ok: …`."""
        return 200 <= self.status <= 299

    def header(self, name: str) -> str | None:
        """The first value of the header `name`, in any case of letters. Example: `response.header("Content-Type")`."""
        return _header(self.headers, name)

    def text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The body as text. Raises UnicodeDecodeError where it is not in that encoding. Example: `response.text()`."""
        return self.body.decode(encoding, errors)

    def json(self) -> Any:
        """The body, parsed as JSON. Raises json.JSONDecodeError. Example: `response.json()["price"]`."""
        return json.loads(self.body)


class Stream(io.RawIOBase):
    """An answer whose body is read in pieces: a file of bytes, with the status and the headers.

    Example:
        with bailiwick.http_open("https://example.com/big.csv") as stream:
            for line in io.TextIOWrapper(io.BufferedReader(stream)):
                ...
    """

    def __init__(self, handle: _world.IncomingHandle) -> None:
        """Around the handle that the host gave. Example: `bailiwick.http_open(url)`."""
        super().__init__()
        self._handle = handle
        self.status: int = handle.status()
        """The status code. Example: `stream.status == 200`."""
        self.url: str = handle.url()
        """The URL that answered. Example: `stream.url`."""
        self.headers: Headers = _headers(handle.headers())
        """Names in lower case and values. Example: `dict(stream.headers)`."""

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299. Example: `if not stream.ok: …`."""
        return 200 <= self.status <= 299

    def header(self, name: str) -> str | None:
        """The first value of the header `name`, in any case of letters. Example: `stream.header("content-length")`."""
        return _header(self.headers, name)

    def readable(self) -> bool:
        """True. Example: `stream.readable()`."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills `buffer` with the next bytes, at most 65,536: waits for one at least; 0 at the end.

        Raises: LimitReached; Unavailable when the body breaks off.

        Example:
            count = stream.readinto(bytearray(4096))
        """
        view = memoryview(buffer).cast("B")
        data = self.read_piece(min(len(view), PIECE))
        view[: len(data)] = data
        return len(data)

    def read_piece(self, max: int, /) -> bytes:
        """At most `max` bytes in one host call: waits for one at least; none at the end. Raises what `readinto` raises.

        Example:
            first = stream.read_piece(1_000_000)
        """
        if self.closed:
            raise ValueError("I/O operation on closed file")
        return answer(self._handle.read, max)

    def close(self) -> None:
        """Gives the handle back. Example: `stream.close()`, or leave a `with` block."""
        if not self.closed:
            super().close()
            self._handle.__exit__(None, None, None)


def http_get(url: str) -> Response:
    """The whole answer of `url`. Redirects are followed, each decided again.

    Raises: Denied, LimitReached (a large body needs `http_open`), QuotaExceeded, Unavailable.

    Example:
        page = bailiwick.http_get("https://example.com/").text()
    """
    return _response(answer(_world.HTTP_GET.get, url))


def http_open(url: str) -> Stream:
    """The answer of `url`, its body to be read in pieces. Redirects are followed, each decided again.

    Raises: Denied, LimitReached, QuotaExceeded, Unavailable.

    Example:
        with bailiwick.http_open("https://example.com/big.bin") as stream:
            size = sum(len(piece) for piece in iter(lambda: stream.read(65_536), b""))
    """
    return Stream(answer(_world.HTTP_GET.open, url))


class Request:
    """The description of a request with any method. Nothing happens, and nothing is checked, before it is sent.

    It can be sent more than once. Which methods and headers are permitted, the policy says.

    Example:
        request = bailiwick.Request("POST", "https://api.example.com/v1/notes", {"content-type": "text/plain"}, b"hello")
        response = request.send()
    """

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> None:
        """`method` in capitals; `headers` as a mapping or as pairs, where a name may come twice.

        Example:
            request = bailiwick.Request("DELETE", "https://api.example.com/v1/notes/7")
        """
        self.method = method
        """The method. Example: `request.method`."""
        self.url = url
        """The URL. Example: `request.url`."""
        self.headers: Headers = tuple(headers.items() if isinstance(headers, Mapping) else headers)
        """The headers. Example: `request.headers`."""
        self.body = body
        """The body; None is no body. Example: `request.body`."""

    def send(self) -> Response:
        """Sends the request: the whole answer. Redirects are followed, each decided again.

        Raises: Denied (URL, method, header or redirect), Invalid, LimitReached, QuotaExceeded, SecretRefused, Unavailable.

        Example:
            note = request.send().json()
        """
        return _response(answer(_world.HTTP_REQUEST.send, self._described()))

    def open(self) -> Stream:
        """Sends the request: the answer, its body to be read in pieces. Raises what `send` raises.

        Example:
            with request.open() as stream:
                first = stream.read(1024)
        """
        return Stream(answer(_world.HTTP_REQUEST.open, self._described()))

    def upload(self, length: int | None = None) -> Upload:
        """Starts a request whose body follows in pieces: exactly `length` bytes, or in chunks. Raises what `send` raises, and
        Invalid for a request that has a body.

        Example:
            with bailiwick.Request("PUT", url).upload() as upload:
                upload.write(b"hello")
                status = upload.finish().status
        """
        return Upload(answer(_world.HTTP_REQUEST.upload, self._described(), length))

    def _described(self) -> Any:
        request = _world.HTTP_TYPES.Request(self.method, self.url)
        try:
            for name, value in self.headers:
                answer(request.add_header, name, value)
            if self.body is not None:
                answer(request.set_body, self.body)
        except BailiwickError:
            request.__exit__(None, None, None)
            raise
        return request


class Upload:
    """A request whose body is sent in pieces. Left without `finish`, it is broken off.

    Example:
        with bailiwick.open("big.csv", "rb") as file, bailiwick.Request("PUT", url).upload() as upload:
            shutil.copyfileobj(file, upload)
            response = upload.finish()
    """

    def __init__(self, handle: _world.OutgoingHandle) -> None:
        """Around the handle that the host gave. Example: `request.upload()`."""
        self._handle: _world.OutgoingHandle | None = handle

    def write(self, data: ReadableBuffer, /) -> int:
        """Sends all of `data` as the next piece of the body, and waits until there is room.

        Raises: LimitReached; Invalid when it is more than the announced length; Unavailable.

        Example:
            upload.write(b"hello")
        """
        view = memoryview(data).cast("B")
        for start in range(0, len(view), PIECE):
            answer(self._open_handle().write, bytes(view[start : start + PIECE]))
        return len(view)

    def finish(self) -> Stream:
        """Ends the body and waits for the answer. A redirect is not followed: it is the answer.

        Raises: Invalid when fewer bytes than announced were written; Denied, LimitReached, Unavailable.

        Example:
            with upload.finish() as stream:
                stored = stream.ok
        """
        handle, self._handle = self._open_handle(), None
        return Stream(answer(_world.HTTP_TYPES.Outgoing.finish, handle))

    def close(self) -> None:
        """Breaks the request off, unless it is finished. Example: `upload.close()`, or leave a `with` block."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.__exit__(None, None, None)

    def __enter__(self) -> Self:
        """The upload itself. Example: `with request.upload() as upload: …`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        """Breaks the request off, unless it is finished. Example: leave a `with` block."""
        self.close()

    def _open_handle(self) -> _world.OutgoingHandle:
        if self._handle is None:
            raise ValueError("the upload is finished")
        return self._handle


def _response(answered: Any) -> Response:
    return Response(answered.status, answered.url, _headers(answered.headers), answered.body)


def _headers(headers: Iterable[Any]) -> Headers:
    return tuple((header.name, header.value) for header in headers)


def _header(headers: Headers, name: str) -> str | None:
    return next((value for known, value in headers if known == name.lower()), None)
