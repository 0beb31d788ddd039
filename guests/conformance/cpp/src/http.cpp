/// Each function of the capabilities that send requests, made once.
#include "bailiwick.h"
#include "lists.hpp"

namespace {

using bailiwick::http_error;
using bailiwick::response;
using bailiwick::result;

constexpr std::uint32_t upload_answer_piece = 7;

/// The whole of an answer whose body is read in pieces.
result<response, http_error> drain(result<bailiwick::incoming, http_error> answer, std::uint32_t piece_size) {
  if (!answer) return answer.error();
  std::string body;
  for (;;) {
    auto piece = answer->read(piece_size);
    if (!piece) return piece.error();
    if (piece->empty()) break;
    body += *piece;
  }
  return response{answer->status(), answer->url(), answer->headers(), std::move(body)};
}

result<response, http_error> send(bailiwick::request request, const std::vector<bailiwick::header> &headers,
                                  const std::optional<std::string> &body) {
  for (const bailiwick::header &header : headers)
    if (auto added = request.add_header(header.name, header.value); !added) return added.error();
  if (body)
    if (auto set = request.set_body(*body); !set) return set.error();
  return std::move(request).send();
}

std::uint64_t length_of(const std::vector<std::string> &pieces) {
  std::uint64_t length = 0;
  for (const std::string &piece : pieces) length += piece.size();
  return length;
}

result<response, http_error> send_all(result<bailiwick::outgoing, http_error> upload,
                                      const std::vector<std::string> &pieces) {
  if (!upload) return upload.error();
  for (const std::string &piece : pieces)
    if (auto sent = upload->write(piece); !sent) return sent.error();
  return drain(std::move(*upload).finish(), upload_answer_piece);
}

bool give_answer(result<response, http_error> answer, bailiwick_response *ret, bailiwick_http_error *err) {
  if (!answer) return answer.error().give(err);
  ret->status = answer->status;
  bailiwick::give(answer->url, &ret->url);
  give_room(answer->headers.size(), &ret->headers);
  for (std::size_t i = 0; i < answer->headers.size(); i++) {
    bailiwick::give(answer->headers[i].name, &ret->headers.ptr[i].name);
    bailiwick::give(answer->headers[i].value, &ret->headers.ptr[i].value);
  }
  bailiwick::give(answer->body, &ret->body);
  return true;
}

bailiwick::request take_request(bailiwick_string *method, bailiwick_string *url) {
  return bailiwick::request(bailiwick::take(method), bailiwick::take(url));
}

}  // namespace

bool exports_bailiwick_conformance_capabilities_get(bailiwick_string *url, bailiwick_response *ret,
                                                    bailiwick_http_error *err) {
  return give_answer(bailiwick::http_get(bailiwick::take(url)), ret, err);
}

bool exports_bailiwick_conformance_capabilities_get_in_pieces(bailiwick_string *url, std::uint32_t piece,
                                                              bailiwick_response *ret, bailiwick_http_error *err) {
  return give_answer(drain(bailiwick::incoming::open(bailiwick::take(url)), piece), ret, err);
}

bool exports_bailiwick_conformance_capabilities_send(bailiwick_string *method, bailiwick_string *url,
                                                     exports_bailiwick_conformance_capabilities_list_header_t *headers,
                                                     bailiwick_bytes *maybe_body, bailiwick_response *ret,
                                                     bailiwick_http_error *err) {
  // The same list under the name that the imported interface has for it.
  bailiwick_headers passed{headers->ptr, headers->len};
  std::optional<std::string> body;
  if (maybe_body != nullptr) body = bailiwick::take(maybe_body);
  return give_answer(send(take_request(method, url), bailiwick::take(&passed), body), ret, err);
}

bool exports_bailiwick_conformance_capabilities_send_in_pieces(bailiwick_string *method, bailiwick_string *url,
                                                               std::uint32_t piece, bailiwick_response *ret,
                                                               bailiwick_http_error *err) {
  return give_answer(drain(take_request(method, url).open(), piece), ret, err);
}

bool exports_bailiwick_conformance_capabilities_upload(bailiwick_string *method, bailiwick_string *url,
                                                       conformance_list_list_u8_t *pieces, bool announce,
                                                       bailiwick_response *ret, bailiwick_http_error *err) {
  bailiwick::request request = take_request(method, url);
  std::vector<std::string> body = take_pieces(pieces);
  auto upload = announce ? std::move(request).upload(length_of(body)) : std::move(request).upload();
  return give_answer(send_all(std::move(upload), body), ret, err);
}
