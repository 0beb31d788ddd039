"""`bailiwick:progress/progress`."""

from host import host


def report(done: int, total: int | None, message: str | None) -> None:
    host.reports.append((done, total, message))
