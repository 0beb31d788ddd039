"""Calling other tools of the same policy, for a tool whose world imports `bailiwick:tools/call-tool`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import _world
from .errors import answer

__all__ = ["call_tool"]


def call_tool(tool: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """Calls a function of another tool, with arguments by the names of its parameters, and returns its answer.

    `tool` is the tool's name in the policy, or `tool.function` where it has several functions. The called tool runs under what
    both it and this one may do. Arguments and answer are what JSON has: `dict`, `list`, `str`, `int`, `float`, `bool`, `None`.

    Raises: Denied, LimitReached, QuotaExceeded, SecretRefused, Unavailable, Invalid, ToolError, ToolTrapped, Other.

    Example:
        words = bailiwick.call_tool("word-count.words", {"text": "one two"})
    """
    text = json.dumps(dict(arguments or {}), ensure_ascii=False)
    return json.loads(answer(_world.CALL_TOOL.call, tool, text))
