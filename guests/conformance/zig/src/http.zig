//! Each function of the capabilities that send requests, made once.

const c = @import("c");
const Buffer = @import("bytes.zig").Buffer;

const Error = c.bailiwick_http_error;
const Headers = c.exports_bailiwick_conformance_capabilities_list_header_t;
const Pieces = c.conformance_list_list_u8_t;

const upload_answer_piece = 7;

/// The whole of an answer whose body is read in pieces; it is closed.
fn drain(incoming: c.bailiwick_incoming, size: u32, ret: *c.bailiwick_response, err: *Error) bool {
    defer c.bailiwick_incoming_close(incoming);
    var body: Buffer = .{};
    while (true) {
        var piece: c.bailiwick_bytes = undefined;
        if (!c.bailiwick_incoming_read(incoming, size, &piece, err)) {
            body.drop();
            return false;
        }
        if (piece.len == 0) break;
        body.take(&piece);
    }
    ret.status = c.bailiwick_incoming_status(incoming);
    ret.url = c.bailiwick_incoming_url(incoming);
    ret.headers = c.bailiwick_incoming_headers(incoming);
    ret.body = body.give();
    return true;
}

export fn exports_bailiwick_conformance_capabilities_get(
    url: *c.bailiwick_string,
    ret: *c.bailiwick_response,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(url);
    return c.bailiwick_http_get(url.*, ret, err);
}

export fn exports_bailiwick_conformance_capabilities_get_in_pieces(
    url: *c.bailiwick_string,
    piece: u32,
    ret: *c.bailiwick_response,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(url);
    var incoming: c.bailiwick_incoming = undefined;
    return c.bailiwick_http_open(url.*, &incoming, err) and drain(incoming, piece, ret, err);
}

fn describe(request: c.bailiwick_request, headers: *Headers, body: ?*c.bailiwick_bytes, err: *Error) bool {
    for (0..headers.len) |i| {
        const header = headers.ptr[i];
        if (!c.bailiwick_request_add_header(request, header.name, header.value, err)) return false;
    }
    return c.bailiwick_request_set_body(request, (body orelse return true).*, err);
}

export fn exports_bailiwick_conformance_capabilities_send(
    method: *c.bailiwick_string,
    url: *c.bailiwick_string,
    headers: *Headers,
    body: ?*c.bailiwick_bytes,
    ret: *c.bailiwick_response,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(method);
    defer c.bailiwick_string_free(url);
    defer c.exports_bailiwick_conformance_capabilities_list_header_free(headers);
    defer if (body) |bytes| c.bailiwick_bytes_free(bytes);
    const request = c.bailiwick_request_new(method.*, url.*);
    if (describe(request, headers, body, err)) return c.bailiwick_request_send(request, ret, err);
    c.bailiwick_request_close(request);
    return false;
}

export fn exports_bailiwick_conformance_capabilities_send_in_pieces(
    method: *c.bailiwick_string,
    url: *c.bailiwick_string,
    piece: u32,
    ret: *c.bailiwick_response,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(method);
    defer c.bailiwick_string_free(url);
    const request = c.bailiwick_request_new(method.*, url.*);
    var incoming: c.bailiwick_incoming = undefined;
    return c.bailiwick_request_open(request, &incoming, err) and drain(incoming, piece, ret, err);
}

fn lengthOf(pieces: *Pieces) u64 {
    var length: u64 = 0;
    for (0..pieces.len) |i| length += pieces.ptr[i].len;
    return length;
}

fn sendAll(outgoing: c.bailiwick_outgoing, pieces: *Pieces, err: *Error) bool {
    for (0..pieces.len) |i| {
        if (c.bailiwick_outgoing_write(outgoing, pieces.ptr[i], err)) continue;
        c.bailiwick_outgoing_close(outgoing);
        return false;
    }
    return true;
}

export fn exports_bailiwick_conformance_capabilities_upload(
    method: *c.bailiwick_string,
    url: *c.bailiwick_string,
    pieces: *Pieces,
    announce: bool,
    ret: *c.bailiwick_response,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(method);
    defer c.bailiwick_string_free(url);
    defer c.conformance_list_list_u8_free(pieces);
    const request = c.bailiwick_request_new(method.*, url.*);
    const length = lengthOf(pieces);
    var outgoing: c.bailiwick_outgoing = undefined;
    var incoming: c.bailiwick_incoming = undefined;
    return c.bailiwick_request_upload(request, if (announce) &length else null, &outgoing, err) and
        sendAll(outgoing, pieces, err) and
        c.bailiwick_outgoing_finish(outgoing, &incoming, err) and
        drain(incoming, upload_answer_piece, ret, err);
}
