"""`bailiwick:files/write-file`."""

from host import host

from . import bailiwick_files_types


def write(path: str, bytes: bytes) -> None:
    host.called("write-file.write", path)
    host.files[path] = bytes


def create(path: str) -> bailiwick_files_types.Writer:
    host.called("write-file.create", path)
    return bailiwick_files_types.Writer(path)
