"""`bailiwick:http/http-get`."""

from typing import cast

from componentize_py_types import Err
from host import host

from . import bailiwick_http_types


def get(url: str) -> bailiwick_http_types.Response:
    host.called("http-get.get", url)
    if url not in host.answers:
        raise Err(bailiwick_http_types.Error_Unavailable())
    return cast(bailiwick_http_types.Response, host.answers[url])


def open(url: str) -> bailiwick_http_types.Incoming:
    host.called("http-get.open", url)
    return bailiwick_http_types.Incoming(host.answers[url])
