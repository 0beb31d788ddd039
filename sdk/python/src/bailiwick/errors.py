"""The exceptions of the SDK: one for each case of the interfaces' `error`.

    BailiwickError
    ├── Denied           the policy does not permit it                (also a PermissionError)
    ├── NotFound         permitted, and there is no such thing        (also a FileNotFoundError)
    ├── LimitReached     a limit of this call is reached
    ├── QuotaExceeded    a budget that is kept across calls is used up
    ├── SecretRefused    a secret stood in the way
    ├── Unavailable      storage, server or host did not answer       (trying again later may help)
    ├── Invalid          an argument is not usable                    (also a ValueError)
    ├── ToolError        a tool that was called answered with an error of its own
    ├── ToolTrapped      a tool that was called broke
    └── Other            something else, in words

What the host answered is raised as one of these, and `bailiwick.exported` turns them back where they leave the tool.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar, Literal, ParamSpec, TypeVar

from . import _world

__all__ = [
    "BailiwickError",
    "Denied",
    "Invalid",
    "Limit",
    "LimitReached",
    "NotFound",
    "Other",
    "Package",
    "QuotaExceeded",
    "SecretRefused",
    "ToolError",
    "ToolTrapped",
    "Unavailable",
    "to_wit",
]

P = ParamSpec("P")
R = TypeVar("R")

Package = Literal["files", "http", "clock", "random", "key-value", "tools"]
"""The packages that have an `error`. Example: `bailiwick.exported(errors="files")`."""


class Limit(StrEnum):
    """The limits that an error can name, as the WIT spells them.

    Example:
        except bailiwick.LimitReached as error:
            if error.limit is bailiwick.Limit.HOST_CALL_BYTES: ...
    """

    HOST_CALL_BYTES = "host-call-bytes"
    FILE_READ_BYTES = "file-read-bytes"
    FILE_WRITE_BYTES = "file-write-bytes"
    FILE_SIZE = "file-size"
    LIST_ENTRIES = "list-entries"
    HTTP_REQUESTS = "http-requests"
    HTTP_BYTES = "http-bytes"
    RESPONSE_SIZE = "response-size"
    REDIRECTS = "redirects"
    HANDLES = "handles"
    HOST_CALLS = "host-calls"
    TIME = "time"


class BailiwickError(Exception):
    """What a host function answered instead of a value.

    Example:
        try:
            text = bailiwick.read_text("notes.txt")
        except bailiwick.BailiwickError as error:
            bailiwick.log.warning(f"no notes: {error}")
            text = ""
    """

    case: ClassVar[str]
    """The case in the WIT, such as `not-found`. Example: `error.case == "denied"`."""


class Denied(BailiwickError, PermissionError):
    """The policy does not permit it, or the path is malformed. Whether the thing exists is not told; trying again does not
    help.

    Example:
        try:
            template = bailiwick.read_text("template.html")
        except bailiwick.Denied:
            template = DEFAULT_TEMPLATE
    """

    case = "denied"

    def __init__(self, message: str = "denied") -> None:
        super().__init__(message)


class NotFound(BailiwickError, FileNotFoundError):
    """The policy permits it, and there is no such thing.

    Example:
        try:
            before = bailiwick.read_bytes("state.json")
        except bailiwick.NotFound:
            before = b"{}"
    """

    case = "not-found"

    def __init__(self, message: str = "not found") -> None:
        super().__init__(message)


class LimitReached(BailiwickError):
    """A limit of this call is reached. Trying again in the same call does not help.

    Example:
        try:
            data = bailiwick.read_bytes("big.csv")
        except bailiwick.LimitReached as error:
            if error.limit is not bailiwick.Limit.HOST_CALL_BYTES:
                raise
            with bailiwick.open("big.csv", "rb") as file:
                data = file.read(1_000_000)
    """

    case = "limit"
    limit: Limit | None
    """Which limit; None where the interface does not tell: only `files` and `http` do. Example: `error.limit`."""

    def __init__(self, limit: Limit | None = None) -> None:
        super().__init__(f"the limit {limit} is reached" if limit else "a limit is reached")
        self.limit = limit


class QuotaExceeded(BailiwickError):
    """A budget that is kept across calls is used up, or there is no space left. Nothing was changed.

    Example:
        except bailiwick.QuotaExceeded:
            bailiwick.log.error("no space for the report")
            raise
    """

    case = "quota"

    def __init__(self, message: str = "the quota is used up") -> None:
        super().__init__(message)


class SecretRefused(BailiwickError):
    """A secret stood in the way: the operation would have carried one where it is not bound to.

    Example:
        except bailiwick.SecretRefused:
            raise bailiwick.Other("the key is for another server") from None
    """

    case = "secret"

    def __init__(self, message: str = "a secret stood in the way") -> None:
        super().__init__(message)


class Unavailable(BailiwickError):
    """The storage, the server or the host did not answer, or answered with an error. Trying again later may help.

    Example:
        for mirror in MIRRORS:
            try:
                return bailiwick.http_get(mirror).body
            except bailiwick.Unavailable:
                continue
    """

    case = "unavailable"

    def __init__(self, message: str = "unavailable") -> None:
        super().__init__(message)


class Invalid(BailiwickError, ValueError):
    """An argument is not usable, in words for the author of the tool.

    Example:
        if not path.endswith(".csv"):
            raise bailiwick.Invalid(f"{path} is no CSV file")
    """

    case = "invalid"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class Other(BailiwickError):
    """Something else, in words for the author of the tool.

    Example:
        response = bailiwick.http_get(url)
        if not response.ok:
            raise bailiwick.Other(f"the server answered with status {response.status}")
    """

    case = "other"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ToolError(BailiwickError):
    """A tool that was called answered with an error of its own.

    Example:
        try:
            summary = bailiwick.call_tool("csv-report.summarise", {"path": path})
        except bailiwick.ToolError as error:
            summary = {"failed": error.value}
    """

    case = "tool-error"
    json: str
    """The error of the called tool, as JSON. Example: `error.json`."""
    value: Any
    """The same as a value of Python. Example: `error.value == "not-found"`."""

    def __init__(self, json_text: str) -> None:
        super().__init__(f"the called tool answered with an error: {json_text}")
        self.json = json_text
        self.value = json.loads(json_text)


class ToolTrapped(BailiwickError):
    """A tool that was called broke.

    Example:
        except bailiwick.ToolTrapped:
            raise bailiwick.Other("no summary: the tool broke") from None
    """

    case = "trap"

    def __init__(self, message: str = "the called tool broke") -> None:
        super().__init__(message)


_WITHOUT_PAYLOAD: dict[str, type[Denied | NotFound | QuotaExceeded | SecretRefused | Unavailable | ToolTrapped]] = {
    "Error_Denied": Denied,
    "Error_NotFound": NotFound,
    "Error_Quota": QuotaExceeded,
    "Error_Secret": SecretRefused,
    "Error_Unavailable": Unavailable,
    "Error_Trap": ToolTrapped,
}
_WITH_MESSAGE: dict[str, type[Invalid | Other | ToolError]] = {
    "Error_Invalid": Invalid,
    "Error_Other": Other,
    "Error_ToolError": ToolError,
}


def from_wit(value: Any) -> BailiwickError:
    """The exception for `value`, an `error` of one of the packages as `componentize-py` generated it."""
    case = type(value).__name__
    if case in _WITHOUT_PAYLOAD:
        return _WITHOUT_PAYLOAD[case]()
    if case in _WITH_MESSAGE:
        return _WITH_MESSAGE[case](value.value)
    limit = getattr(value, "value", None)
    return LimitReached(None if limit is None else Limit[limit.name])


def to_wit(error: BailiwickError, package: Package) -> Any:
    """`error` as the `error` of `bailiwick:PACKAGE`, for `raise Err(…)` or for a field of a record.

    What that package has no case or no limit for becomes `other`, in the words of the exception.

    Example:
        from componentize_py_types import Err
        raise Err(bailiwick.errors.to_wit(error, "files"))
    """
    types = _TYPES[package]
    if isinstance(error, LimitReached):
        return _limit_to_wit(error.limit, types) or types.Error_Other(str(error))
    case: Any = getattr(types, "Error_" + error.case.title().replace("-", ""), types.Error_Other)
    words = error.json if isinstance(error, ToolError) and case is not types.Error_Other else str(error)
    return case(words) if "value" in case.__annotations__ else case()


def _limit_to_wit(limit: Limit | None, types: Any) -> Any:
    if not hasattr(types, "Limit"):
        return types.Error_Limit()
    if limit is not None and limit.name in types.Limit.__members__:
        return types.Error_Limit(types.Limit[limit.name])
    return None


_TYPES: dict[Package, Any] = {
    "files": _world.FILES_TYPES,
    "http": _world.HTTP_TYPES,
    "clock": _world.CLOCK,
    "random": _world.RANDOM,
    "key-value": _world.KEY_VALUE,
    "tools": _world.CALL_TOOL,
}


def answer(function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Calls a host function: its answer, or its error as an exception of this module."""
    try:
        return function(*arguments, **named)
    except _world.ERR as error:
        raise from_wit(error.value) from None
