"""`bailiwick:key-value/key-value`, with two keys to a part."""

import builtins
from dataclasses import dataclass

from host import host

from .clock import Error_Denied, Error_Limit, Error_Other, Error_Unavailable

__all__ = [
    "Error_Denied",
    "Error_Invalid",
    "Error_Limit",
    "Error_Other",
    "Error_Quota",
    "Error_Secret",
    "Error_Unavailable",
    "Keys",
    "compare_and_set",
    "delete",
    "get",
    "list",
    "set",
]


@dataclass
class Error_Quota:
    pass


@dataclass
class Error_Secret:
    pass


@dataclass
class Error_Invalid:
    value: str


@dataclass
class Keys:
    keys: builtins.list[str]
    next: str | None


def get(key: str) -> bytes | None:
    host.called("key-value.get", key)
    return host.values.get(key)


def set(key: str, value: bytes) -> None:
    host.called("key-value.set", key)
    host.values[key] = value


def compare_and_set(key: str, expected: bytes | None, value: bytes) -> bool:
    host.called("key-value.compare-and-set", key)
    if host.meanwhile:
        host.values[key] = host.meanwhile.pop()
    if host.values.get(key) != expected:
        return False
    host.values[key] = value
    return True


def delete(key: str) -> None:
    host.called("key-value.delete", key)
    host.values.pop(key, None)


def list(prefix: str, after: str | None, most: int) -> Keys:
    host.called("key-value.list", prefix)
    found = sorted(key for key in host.values if key.startswith(prefix) and (after is None or key > after))
    part = found[: min(most, 2)]
    return Keys(part, part[-1] if len(part) < len(found) else None)
