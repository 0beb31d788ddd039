"""The time, for a tool whose world imports `bailiwick:clock/clock`. Python's `time` and `datetime.now` fail in a component."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from . import _world
from .errors import answer

__all__ = ["elapsed_ns", "now", "now_ns"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The time of day now, in UTC, to the microsecond. It can jump when the host's clock is set.

    Raises: Denied, LimitReached, Unavailable.

    Example:
        today = bailiwick.clock.now().date().isoformat()
    """
    return _EPOCH + timedelta(microseconds=now_ns() // 1000)


def now_ns() -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z, negative before it.

    Raises: Denied, LimitReached, Unavailable.

    Example:
        stamp = bailiwick.clock.now_ns()
    """
    instant = answer(_world.CLOCK.now)
    return int(instant.seconds * 1_000_000_000 + instant.nanoseconds)


def elapsed_ns() -> int:
    """Nanoseconds since the start of this call, on a clock that never goes back.

    Raises: Denied, LimitReached, Unavailable.

    Example:
        start = bailiwick.clock.elapsed_ns()
        work()
        bailiwick.log.info(f"{(bailiwick.clock.elapsed_ns() - start) / 1e6:.1f} ms")
    """
    return answer(_world.CLOCK.elapsed)
