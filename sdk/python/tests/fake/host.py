"""A host in memory: what the fake interfaces of `wit_world` answer from, and what was asked of it."""

from dataclasses import dataclass, field
from typing import Any

from componentize_py_types import Err


@dataclass
class Host:
    """What there is, and what happened."""

    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Any] = field(default_factory=dict)
    """The error that a function answers, by its name: `read-file.open`, `writer.commit`."""
    calls: list[str] = field(default_factory=list)
    """Every call, with the numbers that matter."""
    open_handles: int = 0
    sent: list[Any] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, bytes] = field(default_factory=dict)
    meanwhile: list[bytes] = field(default_factory=list)
    """What others set a key to, right before it is compared."""
    reports: list[tuple[int, int | None, str | None]] = field(default_factory=list)

    def called(self, function: str, *details: object) -> None:
        """Notes the call, and fails it if that was asked for."""
        self.calls.append(" ".join([function, *map(str, details)]))
        if function in self.errors:
            raise Err(self.errors[function])


host = Host()


def reset() -> Host:
    """A new host in the same place."""
    host.__init__()  # type: ignore[misc]
    return host
