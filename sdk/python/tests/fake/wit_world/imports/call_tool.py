"""`bailiwick:tools/call-tool`."""

from dataclasses import dataclass

from host import host

from .clock import Error_Denied, Error_Limit, Error_Other, Error_Unavailable
from .key_value import Error_Invalid, Error_Quota, Error_Secret

__all__ = [
    "Error_Denied",
    "Error_Invalid",
    "Error_Limit",
    "Error_Other",
    "Error_Quota",
    "Error_Secret",
    "Error_ToolError",
    "Error_Trap",
    "Error_Unavailable",
    "call",
]


@dataclass
class Error_ToolError:
    value: str


@dataclass
class Error_Trap:
    pass


def call(tool: str, arguments: str) -> str:
    host.called("call-tool.call", tool, arguments)
    return str(host.answers[tool])
