"""Lines for the operator's log, which every tool may write. It is no way to an agent: nothing of it is part of the answer.

In a component `print` and what is written to `sys.stderr` go here too: there is no terminal.
"""

from __future__ import annotations

import io
import logging
import sys
from types import TracebackType
from typing import Any, Final, Literal

from . import _world

__all__ = ["Handler", "Output", "debug", "error", "info", "traceback", "warning"]

Level = Literal["debug", "info", "warn", "error"]
IN_COMPONENT: Final = sys.platform == "wasi"


def debug(message: str) -> None:
    """For the author, while looking for a fault. Example: `bailiwick.log.debug(f"{len(rows)} rows")`."""
    _line("debug", message)


def info(message: str) -> None:
    """For the operator, when all is well. Example: `bailiwick.log.info("done")`."""
    _line("info", message)


def warning(message: str) -> None:
    """Something that the operator may want to look at. Example: `bailiwick.log.warning("no header line")`."""
    _line("warn", message)


def error(message: str) -> None:
    """Something that went wrong. Example: `bailiwick.log.error("the service is down")`."""
    _line("error", message)


def traceback(error: BaseException) -> None:
    """The traceback of `error`, at the level `error`: files, lines and functions, without the text of the lines.

    Python's own `traceback` reads the sources, and fails in a component, which has none.

    Example:
        try:
            ...
        except KeyError as missing:
            bailiwick.log.traceback(missing)
    """
    for line in _traceback(error):
        _line("error", line)


class Output(io.TextIOBase):
    """A text file each of whose lines is a line of the log.

    Example:
        output = bailiwick.log.Output("debug")
        pprint.pprint(table, stream=output)
    """

    def __init__(self, level: Level = "info") -> None:
        """What is written is logged at `level`. Example: `Output("warn")`."""
        super().__init__()
        self._level = level
        self._rest = ""

    def writable(self) -> bool:
        """True. Example: `output.writable()`."""
        return True

    def write(self, text: str, /) -> int:
        """Logs each line that is whole; the rest waits. Example: `output.write("hello\\n")`."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            _line(self._level, line)
        return len(text)

    def flush(self) -> None:
        """Logs a line that has no end yet. Example: `output.flush()`."""
        rest, self._rest = self._rest, ""
        if rest:
            _line(self._level, rest)


class Handler(logging.Handler):
    """Sends what Python's `logging` is given to the operator's log.

    In a component it also makes the records of `logging` anew: Python's own ask for the time, which a tool does not have.
    They have no time, no process and no thread.

    Example:
        logging.basicConfig(level=logging.INFO, handlers=[bailiwick.log.Handler()])
        logging.getLogger(__name__).info("done")
    """

    def __init__(self, level: int = logging.NOTSET) -> None:
        """Make it when the module is loaded. Example: `logging.getLogger().addHandler(Handler())`."""
        super().__init__(level)
        self.setFormatter(_Formatter("%(name)s: %(message)s"))
        if IN_COMPONENT:
            logging.setLogRecordFactory(_record)

    def emit(self, record: logging.LogRecord) -> None:
        """Logs the record, one line for each of its lines. Example: called by `logging`."""
        for line in self.format(record).split("\n"):
            _line(_level(record.levelno), line)


class _Formatter(logging.Formatter):
    def formatException(self, ei: Any) -> str:
        return "\n".join(_traceback(ei[1]))

    def formatStack(self, stack_info: str) -> str:
        return stack_info


def _record(
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    arguments: Any,
    exc_info: Any,
    function: str | None = None,
    stack: str | None = None,
    **_: Any,
) -> logging.LogRecord:
    """A record as `logging.LogRecord` makes it, but without a look at clock, process and thread."""
    if arguments and len(arguments) == 1 and isinstance(arguments[0], dict) and arguments[0]:
        arguments = arguments[0]
    fields = {
        "name": name,
        "levelno": level,
        "levelname": logging.getLevelName(level),
        "pathname": path,
        "filename": path.rpartition("/")[2],
        "lineno": line,
        "funcName": function,
        "msg": message,
        "args": arguments,
        "exc_info": exc_info,
        "exc_text": None,
        "stack_info": stack,
    }
    record = logging.LogRecord.__new__(logging.LogRecord)
    record.__dict__.update(fields)
    return record


def _level(number: int) -> Level:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warn"
    return "info" if number >= logging.INFO else "debug"


def _line(level: Level, message: str) -> None:
    levels: Any = _world.LOG
    _world.LOG.log(levels.Level[level.upper()], message)


def _traceback(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    lines = _traceback(error.__cause__)
    return [*lines, f"{type(error).__name__}: {error}", *_frames(error.__traceback__)]


def _frames(trace: TracebackType | None) -> list[str]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"  at {code.co_filename}, line {trace.tb_lineno}, in {code.co_name}")
        trace = trace.tb_next
    return frames


def catch_output() -> None:
    """Makes `print` and `sys.stderr` lines of the log, in a component whose world has one."""
    if IN_COMPONENT and _world.is_imported(_world.LOG):
        sys.stdout = Output("info")
        sys.stderr = Output("warn")


def flush_output() -> None:
    """Logs what was printed without an end of the line: the instance is gone after the call."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, Output):
            output.flush()
