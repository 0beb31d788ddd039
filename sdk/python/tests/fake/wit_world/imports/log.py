"""`bailiwick:log/log`."""

from enum import Enum

from host import host


class Level(Enum):
    DEBUG = 0
    INFO = 1
    WARN = 2
    ERROR = 3


def log(level: Level, message: str) -> None:
    host.lines.append((level.name, message))
