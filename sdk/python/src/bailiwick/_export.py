"""The edge of the tool: what its functions raise, as the error that the WIT declares."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from . import _world, log
from .errors import BailiwickError, Other, Package, to_wit

__all__ = ["exported"]

P = ParamSpec("P")
R = TypeVar("R")

Convert = Callable[[BailiwickError], object]


def exported(
    errors: Package | Convert | None = None, *, other: type[Exception] | tuple[type[Exception], ...] = ()
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates an exported function: what it raises leaves the tool as the error of its `result`.

    `errors` says which error that is: the name of a package (`"files"`, `"http"`, `"clock"`, `"random"`, `"key-value"`,
    `"tools"`) for its `error` (denied stays denied, whatever raised it), or a function that makes the error of the tool's own
    from a `BailiwickError`. Without it the function has no error. Exceptions of the types in `other` count as `Other`, in
    their own words.

    Any other exception is a fault in the tool: its traceback goes to the log, and the call ends as a trap. An `Err` that the
    function raises itself is passed on as it is.

    Example:
        class Counter(exports.Counter):
            @bailiwick.exported(errors="files", other=UnicodeDecodeError)
            def count_words(self, path: str) -> int:
                return len(bailiwick.read_text(path).split())

            @bailiwick.exported(errors=str)   # result<string, string>
            def title(self, path: str) -> str:
                return bailiwick.read_text(path).splitlines()[0]
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def guarded(*arguments: P.args, **named: P.kwargs) -> R:
            try:
                return function(*arguments, **named)
            except _world.ERR:
                raise
            except Exception as error:  # noqa: BLE001 (what leaves a tool untold is a trap without a word)
                raise _leaving(error, errors, other) from None
            finally:
                log.flush_output()

        return guarded

    return decorate


def _leaving(
    error: Exception, errors: Package | Convert | None, other: type[Exception] | tuple[type[Exception], ...]
) -> BaseException:
    """What leaves the tool in the place of `error`."""
    if isinstance(error, other) and not isinstance(error, BailiwickError):
        error = Other(str(error))
    if errors is None or not isinstance(error, BailiwickError):
        _log(error)
        return error
    value: Any = errors(error) if callable(errors) else to_wit(error, errors)
    wit_error: BaseException = _world.ERR(value)
    return wit_error


def _log(error: Exception) -> None:
    if _world.is_imported(_world.LOG):
        log.traceback(error)
