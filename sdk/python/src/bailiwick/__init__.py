"""What a tool for AI agents that is written in Python uses to reach what its policy grants.

A tool is a component: it has no file system, no network and no clock of its own, only the interfaces that its world imports.
This package gives them the shape that Python has for such things: files, exceptions, `logging`.

Example:
    from wit_world import exports
    import bailiwick

    class Counter(exports.Counter):
        @bailiwick.exported(errors="files")
        def count_lines(self, path: str) -> int:
            with bailiwick.open(path, "rb") as file:
                return sum(1 for _ in file)
"""

from . import clock, content, errors, files, http, key_value, log, progress, random, tools
from ._export import exported
from ._world import NotImported
from .errors import (
    BailiwickError,
    Denied,
    Invalid,
    Limit,
    LimitReached,
    NotFound,
    Other,
    QuotaExceeded,
    SecretRefused,
    ToolError,
    ToolTrapped,
    Unavailable,
)
from .files import (
    Entry,
    ReaderHandle,
    WriterHandle,
    list_dir,
    open,
    read_bytes,
    read_range,
    read_text,
    write_bytes,
    write_text,
)
from .http import Request, Response, Stream, Upload, http_get, http_open
from .random import random_bytes
from .tools import call_tool

__all__ = [
    "BailiwickError",
    "Denied",
    "Entry",
    "Invalid",
    "Limit",
    "LimitReached",
    "NotFound",
    "NotImported",
    "Other",
    "QuotaExceeded",
    "ReaderHandle",
    "Request",
    "Response",
    "SecretRefused",
    "Stream",
    "ToolError",
    "ToolTrapped",
    "Unavailable",
    "Upload",
    "WriterHandle",
    "call_tool",
    "clock",
    "content",
    "errors",
    "exported",
    "files",
    "http",
    "http_get",
    "http_open",
    "key_value",
    "list_dir",
    "log",
    "open",
    "progress",
    "random",
    "random_bytes",
    "read_bytes",
    "read_range",
    "read_text",
    "tools",
    "write_bytes",
    "write_text",
]

log.catch_output()
