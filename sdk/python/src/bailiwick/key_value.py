"""A tool's own memory from one call to the next, for a tool whose world imports `bailiwick:key-value/key-value`.

Each tool has a store of its own, and where several principals call it, one for each of them. Two calls can be under way at
the same time: `update` changes a value so that neither loses what the other wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import _world
from .errors import answer

__all__ = ["compare_and_set", "delete", "get", "get_text", "keys", "set", "update"]

_PART = 1000


def get(key: str) -> bytes | None:
    """The value of a key, or None where there is none.

    Raises: Denied, LimitReached, Unavailable, Invalid.

    Example:
        thumbnail = bailiwick.key_value.get("thumbnail")
    """
    return answer(_world.KEY_VALUE.get, key)


def get_text(key: str) -> str | None:
    """The value of a key as a text, or None where there is none.

    Raises: as `get`; UnicodeDecodeError where the value is no text.

    Example:
        settings = json.loads(bailiwick.key_value.get_text("settings") or "{}")
    """
    value = get(key)
    return None if value is None else value.decode()


def set(key: str, value: bytes | str) -> None:
    """Sets the value of a key, whatever it was before.

    Raises: as `get`; QuotaExceeded where the store is full; SecretRefused.

    Example:
        bailiwick.key_value.set("settings", json.dumps(settings))
    """
    answer(_world.KEY_VALUE.set, key, _bytes(value))


def compare_and_set(key: str, expected: bytes | str | None, value: bytes | str) -> bool:
    """Sets the value of a key if its value still is `expected` (None: if there is no such key), in one step.

    Returns whether it was set.

    Raises: as `set`.

    Example:
        first = bailiwick.key_value.compare_and_set("first", None, "here")
    """
    before = None if expected is None else _bytes(expected)
    return answer(_world.KEY_VALUE.compare_and_set, key, before, _bytes(value))


def update(key: str, change: Callable[[bytes | None], bytes | str]) -> bytes:
    """Sets the value of a key to what `change` makes of it, again until nobody else changed it meanwhile, and returns it.

    Raises: as `set`.

    Example:
        calls = int(bailiwick.key_value.update("calls", lambda before: str(int(before or 0) + 1)))
    """
    while True:
        before = get(key)
        value = _bytes(change(before))
        if compare_and_set(key, before, value):
            return value


def delete(key: str) -> None:
    """Removes a key. Succeeds where there is none.

    Raises: as `get`.

    Example:
        bailiwick.key_value.delete("settings")
    """
    answer(_world.KEY_VALUE.delete, key)


def keys(prefix: str = "") -> Iterator[str]:
    """The keys that begin with `prefix`, in the order of their bytes. They are fetched in parts.

    Raises: as `get`.

    Example:
        for key in bailiwick.key_value.keys("page/"):
            bailiwick.key_value.delete(key)
    """
    after: str | None = None
    while True:
        part = answer(_world.KEY_VALUE.list, prefix, after, _PART)
        yield from part.keys
        if part.next is None:
            return
        after = part.next


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value
