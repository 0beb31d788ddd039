"""`bailiwick:files/read-file`."""

from componentize_py_types import Err
from host import host

from . import bailiwick_files_types


def _content(path: str) -> bytes:
    if path not in host.files:
        raise Err(bailiwick_files_types.Error_NotFound())
    return host.files[path]


def read(path: str) -> bytes:
    host.called("read-file.read", path)
    return _content(path)


def read_range(path: str, offset: int, length: int) -> bytes:
    host.called("read-file.read-range", path, offset, length)
    return _content(path)[offset : offset + length]


def open(path: str) -> bailiwick_files_types.Reader:
    host.called("read-file.open", path)
    return bailiwick_files_types.Reader(_content(path))
