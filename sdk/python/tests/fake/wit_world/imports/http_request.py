"""`bailiwick:http/http-request`. Sending takes the handle of the request."""

from typing import cast

from host import host

from . import bailiwick_http_types


def send(request: bailiwick_http_types.Request) -> bailiwick_http_types.Response:
    _take(request, "http-request.send")
    return cast(bailiwick_http_types.Response, host.answers[request.url])


def open(request: bailiwick_http_types.Request) -> bailiwick_http_types.Incoming:
    _take(request, "http-request.open")
    return bailiwick_http_types.Incoming(host.answers[request.url])


def upload(request: bailiwick_http_types.Request, length: int | None) -> bailiwick_http_types.Outgoing:
    _take(request, "http-request.upload")
    return bailiwick_http_types.Outgoing(length)


def _take(request: bailiwick_http_types.Request, function: str) -> None:
    host.open_handles -= 1
    host.called(function, request.method, request.url)
    host.sent.append(request)
