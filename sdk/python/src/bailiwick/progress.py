"""How far a call is, for a tool whose world imports `bailiwick:progress/progress`. It needs no grant."""

from __future__ import annotations

from . import _world

__all__ = ["report"]


def report(done: int, total: int | None = None, message: str | None = None) -> None:
    """Reports that `done` is done, of `total` where that is known, in units of the tool's own choice.

    `message` is one short line for a person; what is longer than 200 bytes is cut. Nothing of it reaches the agent, and it
    never fails: what comes faster than it can be shown is dropped.

    Example:
        for done, page in enumerate(pages):
            bailiwick.progress.report(done, len(pages), f"page {page}")
    """
    _world.PROGRESS.report(done, total, message)
