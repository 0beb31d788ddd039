"""The exported interfaces of the conformance world; what they do with the host goes through the SDK."""

from collections.abc import Callable, Sequence

import bailiwick
from componentize_py_types import Err, Result, Some
from wit_world import exports
from wit_world.exports.outcomes import Failure, Failure_Because
from wit_world.exports.values import Colour, Permissions, Place, Shape
from wit_world.imports import bailiwick_http_types, clock, list_files, log

from conformance.fnv import Fnv

PIECE = 65_536
UPLOAD_PIECE = 7


def all_pieces(read: Callable[[int], bytes], max: int) -> bytes:
    """The pieces up to the empty one, which is the end."""
    return b"".join(iter(lambda: read(max), b""))


def response(answer: bailiwick.Response | bailiwick.Stream, body: bytes) -> bailiwick_http_types.Response:
    """An answer as the WIT has it."""
    headers = [bailiwick_http_types.Header(name, value) for name, value in answer.headers]
    return bailiwick_http_types.Response(answer.status, answer.url, headers, body)


def whole(answer: bailiwick.Response) -> bailiwick_http_types.Response:
    """An answer that came whole."""
    return response(answer, answer.body)


def in_pieces(stream: bailiwick.Stream, piece: int) -> bailiwick_http_types.Response:
    """An answer whose body is read in pieces."""
    with stream:
        return response(stream, all_pieces(stream.read_piece, piece))


class Values(exports.Values):
    """Each function returns its argument."""

    def echo_bool(self, value: bool) -> bool:
        return value

    def echo_u8(self, value: int) -> int:
        return value

    def echo_u16(self, value: int) -> int:
        return value

    def echo_u32(self, value: int) -> int:
        return value

    def echo_u64(self, value: int) -> int:
        return value

    def echo_s8(self, value: int) -> int:
        return value

    def echo_s16(self, value: int) -> int:
        return value

    def echo_s32(self, value: int) -> int:
        return value

    def echo_s64(self, value: int) -> int:
        return value

    def echo_f32(self, value: float) -> float:
        return value

    def echo_f64(self, value: float) -> float:
        return value

    def echo_char(self, value: str) -> str:
        return value

    def echo_string(self, value: str) -> str:
        return value

    def echo_bytes(self, value: bytes) -> bytes:
        return value

    def echo_strings(self, value: list[str]) -> list[str]:
        return value

    def echo_matrix(self, value: list[list[int]]) -> list[list[int]]:
        return value

    def echo_place(self, value: Place) -> Place:
        return value

    def echo_tuple(self, value: tuple[int, str, tuple[bool, str]]) -> tuple[int, str, tuple[bool, str]]:
        return value

    def echo_shape(self, value: Shape) -> Shape:
        return value

    def echo_shapes(self, value: list[Shape]) -> list[Shape]:
        return value

    def echo_colour(self, value: Colour) -> Colour:
        return value

    def echo_permissions(self, value: Permissions) -> Permissions:
        return value

    def echo_option(self, value: int | None) -> int | None:
        return value

    def echo_option_option(self, value: Some[str | None] | None) -> Some[str | None] | None:
        return value

    def echo_results(self, value: list[Result[int, str]]) -> list[Result[int, str]]:
        return value

    def echo_bare_results(self, value: list[Result[None, None]]) -> list[Result[None, None]]:
        return value

    def echo_several(self, number: int, text: str, maybe: Colour | None, bytes: bytes) -> tuple[int, str, Colour | None, bytes]:
        return number, text, maybe, bytes

    def nothing(self) -> None:
        return None


class Outcomes(exports.Outcomes):
    """A result at the top: the answer is returned, the error raised in `Err`."""

    def answer(self, value: str | None) -> str:
        if value is None:
            raise Err(Failure_Because("there is no value"))
        return value

    def fail(self, failure: Failure) -> int:
        raise Err(failure)

    def bare(self, ok: bool) -> None:
        if not ok:
            raise Err(None)

    def only_error(self, error: str | None) -> None:
        if error is not None:
            raise Err(error)

    def only_answer(self, answer: str | None) -> str:
        if answer is None:
            raise Err(None)
        return answer


class Capabilities(exports.Capabilities):
    """Every function of every capability, made once."""

    @bailiwick.exported(errors="files")
    def read(self, path: str) -> bytes:
        return bailiwick.read_bytes(path)

    @bailiwick.exported(errors="files")
    def read_range(self, path: str, offset: int, length: int) -> bytes:
        return bailiwick.read_range(path, offset, length)

    @bailiwick.exported(errors="files")
    def read_in_pieces(self, path: str, offset: int, piece: int) -> tuple[int, bytes]:
        with bailiwick.open(path, "rb") as file:
            file.raw.seek(offset)
            return file.raw.size, all_pieces(file.raw.read_piece, piece)

    @bailiwick.exported(errors="files")
    def write(self, path: str, bytes: bytes) -> None:
        bailiwick.write_bytes(path, bytes)

    @bailiwick.exported(errors="files")
    def write_in_pieces(self, path: str, pieces: Sequence[bytes], commit: bool) -> None:
        file = bailiwick.open(path, "wb")
        for piece in pieces:
            file.write(piece)
            file.flush()
        if commit:
            file.commit()
        file.close()

    @bailiwick.exported(errors="files")
    def write_after_commit(self, path: str) -> None:
        with bailiwick.open(path, "wb") as file:
            file.commit()
            file.write(b"too late")
            file.flush()

    @bailiwick.exported(errors="files")
    def list(self, path: str) -> list[list_files.Entry]:
        kinds = {True: list_files.Kind.DIRECTORY, False: list_files.Kind.FILE}
        return [list_files.Entry(entry.name, kinds[entry.is_dir], entry.size) for entry in bailiwick.list_dir(path)]

    @bailiwick.exported(errors="http")
    def get(self, url: str) -> bailiwick_http_types.Response:
        return whole(bailiwick.http_get(url))

    @bailiwick.exported(errors="http")
    def get_in_pieces(self, url: str, piece: int) -> bailiwick_http_types.Response:
        return in_pieces(bailiwick.http_open(url), piece)

    @bailiwick.exported(errors="http")
    def send(
        self, method: str, url: str, headers: Sequence[bailiwick_http_types.Header], body: bytes | None
    ) -> bailiwick_http_types.Response:
        pairs = [(header.name, header.value) for header in headers]
        return whole(bailiwick.Request(method, url, pairs, body).send())

    @bailiwick.exported(errors="http")
    def send_in_pieces(self, method: str, url: str, piece: int) -> bailiwick_http_types.Response:
        return in_pieces(bailiwick.Request(method, url).open(), piece)

    @bailiwick.exported(errors="http")
    def upload(self, method: str, url: str, pieces: Sequence[bytes], announce: bool) -> bailiwick_http_types.Response:
        length = sum(map(len, pieces)) if announce else None
        with bailiwick.Request(method, url).upload(length) as upload:
            for piece in pieces:
                upload.write(piece)
            return in_pieces(upload.finish(), UPLOAD_PIECE)

    def log(self, level: log.Level, message: str) -> None:
        {
            log.Level.DEBUG: bailiwick.log.debug,
            log.Level.INFO: bailiwick.log.info,
            log.Level.WARN: bailiwick.log.warning,
            log.Level.ERROR: bailiwick.log.error,
        }[level](message)

    @bailiwick.exported(errors="clock")
    def now(self) -> clock.Instant:
        seconds, nanoseconds = divmod(bailiwick.clock.now_ns(), 1_000_000_000)
        return clock.Instant(seconds, nanoseconds)

    @bailiwick.exported(errors="clock")
    def elapsed(self) -> int:
        return bailiwick.clock.elapsed_ns()

    @bailiwick.exported(errors="random")
    def random(self, length: int) -> bytes:
        return bailiwick.random_bytes(length)


class Handles(exports.Handles):
    """Open files as arguments."""

    @bailiwick.exported(errors="files")
    def copy(self, source: bailiwick.ReaderHandle, target: bailiwick.WriterHandle) -> int:
        with bailiwick.open(source, "rb") as reader, bailiwick.open(target, "wb") as writer:
            return sum(writer.write(piece) for piece in iter(lambda: reader.read(PIECE), b""))

    @bailiwick.exported(errors="files")
    def hash(self, source: bailiwick.ReaderHandle) -> int:
        fnv = Fnv()
        with bailiwick.open(source, "rb") as reader:
            for piece in iter(lambda: reader.read(PIECE), b""):
                fnv.add(piece)
        return fnv.value

    @bailiwick.exported(errors="files")
    def fail_after_writing(self, target: bailiwick.WriterHandle, bytes: bytes) -> None:
        with bailiwick.open(target, "wb") as writer:
            writer.write(bytes)
        raise bailiwick.Other("on purpose")
