"""For a type checker only: what `componentize-py` generates is what the SDK takes it for. Checked over generated bindings."""

from bailiwick import _world
from wit_world.imports import (
    bailiwick_files_types,
    bailiwick_http_types,
    call_tool,
    clock,
    http_get,
    http_request,
    key_value,
    list_files,
    log,
    progress,
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
KEY_VALUE: _world.KeyValue = key_value
CALL_TOOL: _world.CallTool = call_tool
PROGRESS: _world.Progress = progress
READER: type[_world.ReaderHandle] = bailiwick_files_types.Reader
WRITER: type[_world.WriterHandle] = bailiwick_files_types.Writer
REQUEST: type[_world.RequestHandle] = bailiwick_http_types.Request
INCOMING: type[_world.IncomingHandle] = bailiwick_http_types.Incoming
OUTGOING: type[_world.OutgoingHandle] = bailiwick_http_types.Outgoing
