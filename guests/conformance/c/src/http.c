/// Each function of the capabilities that send requests, made once.
#include "bailiwick.h"
#include "buffer.h"

enum { UPLOAD_ANSWER_PIECE = 7 };

/// The whole of an answer whose body is read in pieces; it is closed.
static bool drain(bailiwick_incoming incoming, uint32_t piece_size, bailiwick_response *ret,
                  bailiwick_http_error *err) {
  struct buffer body = buffer_new();
  for (;;) {
    bailiwick_bytes piece;
    if (!bailiwick_incoming_read(incoming, piece_size, &piece, err)) {
      bailiwick_bytes_free(&body.bytes);
      bailiwick_incoming_close(incoming);
      return false;
    }
    if (piece.len == 0) break;
    buffer_take(&body, &piece);
  }
  ret->status = bailiwick_incoming_status(incoming);
  ret->url = bailiwick_incoming_url(incoming);
  ret->headers = bailiwick_incoming_headers(incoming);
  ret->body = body.bytes;
  bailiwick_incoming_close(incoming);
  return true;
}

bool exports_bailiwick_conformance_capabilities_get(bailiwick_string *url, bailiwick_response *ret,
                                                    bailiwick_http_error *err) {
  bool ok = bailiwick_http_get(*url, ret, err);
  bailiwick_string_free(url);
  return ok;
}

bool exports_bailiwick_conformance_capabilities_get_in_pieces(bailiwick_string *url, uint32_t piece,
                                                              bailiwick_response *ret, bailiwick_http_error *err) {
  bailiwick_incoming incoming;
  bool ok = bailiwick_http_open(*url, &incoming, err);
  bailiwick_string_free(url);
  return ok && drain(incoming, piece, ret, err);
}

static bool describe(bailiwick_request request, const exports_bailiwick_conformance_capabilities_list_header_t *headers,
                     const bailiwick_bytes *body, bailiwick_http_error *err) {
  for (size_t i = 0; i < headers->len; i++)
    if (!bailiwick_request_add_header(request, headers->ptr[i].name, headers->ptr[i].value, err)) return false;
  return body == NULL || bailiwick_request_set_body(request, *body, err);
}

bool exports_bailiwick_conformance_capabilities_send(bailiwick_string *method, bailiwick_string *url,
                                                     exports_bailiwick_conformance_capabilities_list_header_t *headers,
                                                     bailiwick_bytes *maybe_body, bailiwick_response *ret,
                                                     bailiwick_http_error *err) {
  bailiwick_request request = bailiwick_request_new(*method, *url);
  bool described = describe(request, headers, maybe_body, err);
  bailiwick_string_free(method);
  bailiwick_string_free(url);
  exports_bailiwick_conformance_capabilities_list_header_free(headers);
  if (maybe_body != NULL) bailiwick_bytes_free(maybe_body);
  if (described) return bailiwick_request_send(request, ret, err);
  bailiwick_request_close(request);
  return false;
}

bool exports_bailiwick_conformance_capabilities_send_in_pieces(bailiwick_string *method, bailiwick_string *url,
                                                               uint32_t piece, bailiwick_response *ret,
                                                               bailiwick_http_error *err) {
  bailiwick_request request = bailiwick_request_new(*method, *url);
  bailiwick_string_free(method);
  bailiwick_string_free(url);
  bailiwick_incoming incoming;
  return bailiwick_request_open(request, &incoming, err) && drain(incoming, piece, ret, err);
}

static uint64_t length_of(const conformance_list_list_u8_t *pieces) {
  uint64_t length = 0;
  for (size_t i = 0; i < pieces->len; i++) length += pieces->ptr[i].len;
  return length;
}

static bool send_all(bailiwick_outgoing outgoing, const conformance_list_list_u8_t *pieces, bailiwick_http_error *err) {
  for (size_t i = 0; i < pieces->len; i++) {
    if (bailiwick_outgoing_write(outgoing, pieces->ptr[i], err)) continue;
    bailiwick_outgoing_close(outgoing);
    return false;
  }
  return true;
}

bool exports_bailiwick_conformance_capabilities_upload(bailiwick_string *method, bailiwick_string *url,
                                                       conformance_list_list_u8_t *pieces, bool announce,
                                                       bailiwick_response *ret, bailiwick_http_error *err) {
  bailiwick_request request = bailiwick_request_new(*method, *url);
  bailiwick_string_free(method);
  bailiwick_string_free(url);
  uint64_t length = length_of(pieces);
  bailiwick_outgoing outgoing;
  bailiwick_incoming incoming;
  bool ok = bailiwick_request_upload(request, announce ? &length : NULL, &outgoing, err) &&
            send_all(outgoing, pieces, err) && bailiwick_outgoing_finish(outgoing, &incoming, err);
  conformance_list_list_u8_free(pieces);
  return ok && drain(incoming, UPLOAD_ANSWER_PIECE, ret, err);
}
