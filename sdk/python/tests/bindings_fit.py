"""For a type checker only: what `componentize-py` generates is what the SDK takes it for. Checked over generated bindings."""

from bailiwick import _world
from wit_world.imports import (
    bailiwick_files_types,
    bailiwick_http_types,
    clock,
    http_get,
    http_request,
    list_files,
    log,
    random,
    read_file,
    write_file,
)

READ_FILE: _world.ReadFile = read_file
WRITE_FILE: _world.WriteFile = write_file
LIST_FILES: _world.ListFiles = list_files
HTTP_GET: _world.HttpGet = http_get
HTTP_REQUEST: _world.HttpRequest = http_request
LOG: _world.Log = log
CLOCK: _world.Clock = clock
RANDOM: _world.Random = random
READER: type[_world.ReaderHandle] = bailiwick_files_types.Reader
WRITER: type[_world.WriterHandle] = bailiwick_files_types.Writer
REQUEST: type[_world.RequestHandle] = bailiwick_http_types.Request
INCOMING: type[_world.IncomingHandle] = bailiwick_http_types.Incoming
OUTGOING: type[_world.OutgoingHandle] = bailiwick_http_types.Outgoing
