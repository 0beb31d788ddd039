"""Random bytes, for a tool whose world imports `bailiwick:random/random`.

In a component Python's `random` gives the same numbers in each call, from a seed that was fixed when it was built, and
`os.urandom` and `secrets` fail.
"""

from __future__ import annotations

from . import _world
from .errors import answer

__all__ = ["random_bytes"]


def random_bytes(length: int) -> bytes:
    """`length` random bytes of the operating system, fit for cryptography.

    Raises: Denied, LimitReached, Unavailable.

    Example:
        token = bailiwick.random_bytes(16).hex()
        dice = random.Random(bailiwick.random_bytes(32))   # Python's own, with a seed that nobody knows
    """
    return answer(_world.RANDOM.bytes, length)
