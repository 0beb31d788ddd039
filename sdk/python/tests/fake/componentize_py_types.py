"""The exception in which `componentize-py` carries an error, in the words of its own."""

from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")


@dataclass(frozen=True)
class Err(Exception, Generic[E]):
    """The error of a `result`."""

    value: E
