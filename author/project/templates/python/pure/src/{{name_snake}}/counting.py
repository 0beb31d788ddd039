"""Counting lines."""


def count_lines(text: str) -> int:
    """How many lines there are in a text."""
    return text.count("\n") + (text != "" and not text.endswith("\n"))
