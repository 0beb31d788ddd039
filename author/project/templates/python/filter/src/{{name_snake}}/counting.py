"""Counting lines."""

from typing import Protocol

PIECE = 65_536


class Source(Protocol):
    """Something that bytes are read from: a file, an answer, an `io.BytesIO`."""

    def read(self, size: int, /) -> bytes | None: ...


def count_lines(source: Source) -> int:
    """How many lines there are in what is read, in pieces of 64 KiB: a text of any size fits."""
    lines = 0
    last = b"\n"
    while piece := source.read(PIECE):
        lines += piece.count(b"\n")
        last = piece[-1:]
    return lines + (last != b"\n")
