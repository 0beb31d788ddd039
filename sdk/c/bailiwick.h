/// bailiwick.h: what a tool in C, C++ or Zig uses of its host: files, requests, a store, other tools, clock, random bytes, log.
///
/// One header over the C bindings that `wit-bindgen c` makes for a tool's world; it adds names that are the same for every
/// world, and does nothing that a tool could not do with the bindings alone. Each part is there when the world has its
/// interface: a world without `bailiwick:http` has no `bailiwick_http_get`. A function of an interface that the world does
/// not import, in a package that it has, is told by the linker: `undefined symbol: bailiwick_files_write_file_write`.
///
///     #include "bailiwick.h"          // includes the bindings of the world, `line_count.h`, too
///
/// The bindings are found by the name of the world in snake case, in the macro `BAILIWICK_WORLD`: `bailiwick build` defines
/// it; another build says `-DBAILIWICK_WORLD=line_count`.
///
/// Whose memory it is:
/// - what is passed to a function stays the caller's, and is only looked at;
/// - what a function hands out through a pointer is the caller's from then on: free it with the `_free` of its type;
/// - what an exported function of the tool returns through `ret` and `err` is freed after it has been read, so it must have
///   been allocated: make it with `bailiwick_text_copy`, `bailiwick_string_copy` or `bailiwick_bytes_copy`;
/// - the arguments of an exported function are the tool's to free.
///
/// Functions that can fail return `true` and the value, or `false` and the error, never both.
///
/// C11 and C++17; for C++ there is the namespace `bailiwick` at the end. It is one file, so that it can be copied into a
/// project as it is.
///
/// Licence: Apache-2.0 WITH LLVM-exception.
#ifndef BAILIWICK_H
#define BAILIWICK_H

/// The version of this header: major · 10,000 + minor · 100 + patch.
///
///     #if BAILIWICK_VERSION < 100
///     #error "bailiwick.h 0.1.0 or newer is needed"
///     #endif
#define BAILIWICK_VERSION 100

#ifndef BAILIWICK_WORLD
#error "define BAILIWICK_WORLD as the name of the world in snake case: -DBAILIWICK_WORLD=line_count"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BAILIWICK_QUOTE_(text) #text
#define BAILIWICK_QUOTE(text) BAILIWICK_QUOTE_(text)
#define BAILIWICK_JOIN_(one, other) one##_##other
#define BAILIWICK_JOIN(one, other) BAILIWICK_JOIN_(one, other)
#define BAILIWICK_OF_WORLD(name) BAILIWICK_JOIN(BAILIWICK_WORLD, name)

// Formatters would put spaces around the full stop, which would then be part of the file's name.
// clang-format off
#include BAILIWICK_QUOTE(BAILIWICK_WORLD.h)
// clang-format on

// A world's bindings have macros for the cases of each variant, so those tell which interfaces there are.
#ifdef BAILIWICK_FILES_TYPES_ERROR_DENIED
#define BAILIWICK_HAS_FILES 1
#endif
#ifdef BAILIWICK_FILES_LIST_FILES_KIND_FILE
#define BAILIWICK_HAS_LIST_FILES 1
#endif
#ifdef BAILIWICK_HTTP_TYPES_ERROR_DENIED
#define BAILIWICK_HAS_HTTP 1
#endif
#ifdef BAILIWICK_CLOCK_CLOCK_ERROR_DENIED
#define BAILIWICK_HAS_CLOCK 1
#endif
#ifdef BAILIWICK_RANDOM_RANDOM_ERROR_DENIED
#define BAILIWICK_HAS_RANDOM 1
#endif
#ifdef BAILIWICK_KEY_VALUE_KEY_VALUE_ERROR_DENIED
#define BAILIWICK_HAS_KEY_VALUE 1
#endif
#ifdef BAILIWICK_TOOLS_CALL_TOOL_ERROR_DENIED
#define BAILIWICK_HAS_CALL_TOOL 1
#endif
#ifdef BAILIWICK_CONTENT_TYPES_CONTENT_TEXT
#define BAILIWICK_HAS_CONTENT 1
#endif
#ifdef BAILIWICK_LOG_LOG_LEVEL_DEBUG
#define BAILIWICK_HAS_LOG 1
#endif
#if defined(BAILIWICK_HAS_FILES) || defined(BAILIWICK_HAS_HTTP) || defined(BAILIWICK_HAS_RANDOM) || \
    defined(BAILIWICK_HAS_KEY_VALUE) || defined(BAILIWICK_HAS_CONTENT)
#define BAILIWICK_HAS_BYTES 1
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---------------------------------------------------------------------------------------------------------- text

/// Text in UTF-8: `ptr` and `len`, without a NUL at the end. The bindings' `line_count_string_t`, whatever the world.
///
///     bailiwick_string path = bailiwick_text("data/input.csv");
typedef BAILIWICK_OF_WORLD(string_t) bailiwick_string;

/// A view of `length` bytes of text. Nothing is allocated.
///
///     bailiwick_string first = bailiwick_string_view(line, comma - line);
static inline bailiwick_string bailiwick_string_view(const char *text, size_t length) {
  bailiwick_string view;
  view.ptr = (uint8_t *)text;
  view.len = length;
  return view;
}

/// A view of a text that ends with NUL. Nothing is allocated.
///
///     bailiwick_string url = bailiwick_text("https://example.com/rates");
static inline bailiwick_string bailiwick_text(const char *text) { return bailiwick_string_view(text, strlen(text)); }

/// A copy of `length` bytes of text, to be returned or freed.
///
///     *ret = bailiwick_string_copy(line, comma - line);
static inline bailiwick_string bailiwick_string_copy(const char *text, size_t length) {
  bailiwick_string copy;
  BAILIWICK_OF_WORLD(string_dup_n)(&copy, text, length);
  return copy;
}

/// A copy of a text that ends with NUL, to be returned or freed.
///
///     *ret = bailiwick_text_copy("nothing to do");
static inline bailiwick_string bailiwick_text_copy(const char *text) {
  return bailiwick_string_copy(text, strlen(text));
}

/// Whether the string is this text.
///
///     if (bailiwick_string_is(name, "all")) return count_all(ret);
static inline bool bailiwick_string_is(bailiwick_string string, const char *text) {
  size_t length = strlen(text);
  return string.len == length && (length == 0 || memcmp(string.ptr, text, length) == 0);
}

/// Frees a string and leaves an empty one.
///
///     bailiwick_string_free(path);   // an argument of an exported function
static inline void bailiwick_string_free(bailiwick_string *string) { BAILIWICK_OF_WORLD(string_free)(string); }

#ifdef BAILIWICK_HAS_BYTES
/// Bytes: `ptr` and `len`. The bindings' `line_count_list_u8_t`, whatever the world.
///
///     bailiwick_bytes line = bailiwick_bytes_view("a,b\n", 4);
typedef BAILIWICK_OF_WORLD(list_u8_t) bailiwick_bytes;

/// A view of `length` bytes. Nothing is allocated.
///
///     bailiwick_writer_write(writer, bailiwick_bytes_view(buffer, used), &error);
static inline bailiwick_bytes bailiwick_bytes_view(const void *bytes, size_t length) {
  bailiwick_bytes view;
  view.ptr = (uint8_t *)bytes;
  view.len = length;
  return view;
}

/// A copy of `length` bytes, to be returned or freed. Ends the call when there is no memory left.
///
///     *ret = bailiwick_bytes_copy(buffer, used);
static inline bailiwick_bytes bailiwick_bytes_copy(const void *bytes, size_t length) {
  bailiwick_bytes copy = bailiwick_bytes_view(NULL, 0);
  if (length == 0) return copy;
  copy.ptr = (uint8_t *)malloc(length);
  if (copy.ptr == NULL) abort();
  memcpy(copy.ptr, bytes, length);
  copy.len = length;
  return copy;
}

/// Frees bytes and leaves none.
///
///     bailiwick_bytes_free(&content);
static inline void bailiwick_bytes_free(bailiwick_bytes *bytes) {
  if (bytes->len > 0) free(bytes->ptr);
  bytes->ptr = NULL;
  bytes->len = 0;
}
#endif

// ----------------------------------------------------------------------------------------------------------- log

#ifdef BAILIWICK_HAS_LOG
/// Writes a line into the operator's log, at a level such as `BAILIWICK_LOG_LOG_LEVEL_INFO`. Never fails.
///
///     bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_WARN, bailiwick_text("a row without an amount"));
static inline void bailiwick_log(bailiwick_log_log_level_t level, bailiwick_string message) {
  bailiwick_log_log_log(level, &message);
}

/// Logs for the author, while looking for a fault.
///
///     bailiwick_log_debug("second pass");
static inline void bailiwick_log_debug(const char *message) {
  bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_DEBUG, bailiwick_text(message));
}

/// Logs for the operator, when all is well.
///
///     bailiwick_log_info("done");
static inline void bailiwick_log_info(const char *message) {
  bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_INFO, bailiwick_text(message));
}

/// Logs something that the operator may want to look at.
///
///     bailiwick_log_warn("a row without an amount");
static inline void bailiwick_log_warn(const char *message) {
  bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_WARN, bailiwick_text(message));
}

/// Logs something that went wrong.
///
///     bailiwick_log_error("the table has no header");
static inline void bailiwick_log_error(const char *message) {
  bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_ERROR, bailiwick_text(message));
}
#endif

// --------------------------------------------------------------------------------------------------------- files

#ifdef BAILIWICK_HAS_FILES
/// Why an operation on files did not succeed. `tag` is one of `BAILIWICK_FILES_TYPES_ERROR_…`.
///
///     if (error.tag == BAILIWICK_FILES_TYPES_ERROR_NOT_FOUND) return start_anew(ret);
typedef bailiwick_files_types_error_t bailiwick_files_error;

/// The name of the error's case, as the WIT has it: `denied`, `not-found` …
///
///     bailiwick_log_warn(bailiwick_files_error_name(&error));
static inline const char *bailiwick_files_error_name(const bailiwick_files_error *error) {
  static const char *const names[] = {"denied", "not-found",   "limit",   "quota",
                                      "secret", "unavailable", "invalid", "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// An error of a case that carries nothing.
///
///     *err = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_NOT_FOUND);
static inline bailiwick_files_error bailiwick_files_error_of(uint8_t tag) {
  bailiwick_files_error error;
  memset(&error, 0, sizeof error);
  error.tag = tag;
  return error;
}

/// The error `limit`, with one of `BAILIWICK_FILES_TYPES_LIMIT_…`.
///
///     *err = bailiwick_files_error_limit(BAILIWICK_FILES_TYPES_LIMIT_FILE_SIZE);
static inline bailiwick_files_error bailiwick_files_error_limit(bailiwick_files_types_limit_t limit) {
  bailiwick_files_error error = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_LIMIT);
  error.val.limit = limit;
  return error;
}

/// The error `invalid`, with a copy of these words.
///
///     *err = bailiwick_files_error_invalid("the column is not a number");
static inline bailiwick_files_error bailiwick_files_error_invalid(const char *words) {
  bailiwick_files_error error = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_INVALID);
  error.val.invalid = bailiwick_text_copy(words);
  return error;
}

/// The error `other`, with a copy of these words.
///
///     *err = bailiwick_files_error_other("the table has no header");
static inline bailiwick_files_error bailiwick_files_error_other(const char *words) {
  bailiwick_files_error error = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_OTHER);
  error.val.other = bailiwick_text_copy(words);
  return error;
}

/// Frees an error that is not passed on.
///
///     bailiwick_files_error_free(&error);
static inline void bailiwick_files_error_free(bailiwick_files_error *error) { bailiwick_files_types_error_free(error); }

/// A file that is open for reading: one that the tool opened, and closes, or one that it got as an argument, which it must
/// not close.
///
///     bool exports_…_count_lines(exports_…_borrow_reader_t text, uint32_t *ret, exports_…_error_t *err) {
///       return count(text, ret, err);   // `count` takes a `bailiwick_reader`
///     }
typedef bailiwick_files_types_borrow_reader_t bailiwick_reader;

/// A file that is being written: one that the tool created, and closes, or one that it got as an argument, which it must not
/// close.
///
///     static bool write_header(bailiwick_writer writer, bailiwick_files_error *error);
typedef bailiwick_files_types_borrow_writer_t bailiwick_writer;

// What the bindings of a world that imports these interfaces declare, the same once more: whether it does, the preprocessor
// cannot tell.
extern bool bailiwick_files_read_file_read(bailiwick_string *path, bailiwick_bytes *ret, bailiwick_files_error *err);
extern bool bailiwick_files_read_file_read_range(bailiwick_string *path, uint64_t offset, uint32_t length,
                                                 bailiwick_bytes *ret, bailiwick_files_error *err);
extern bool bailiwick_files_read_file_open(bailiwick_string *path, bailiwick_files_types_own_reader_t *ret,
                                           bailiwick_files_error *err);
extern bool bailiwick_files_write_file_write(bailiwick_string *path, bailiwick_bytes *bytes,
                                             bailiwick_files_error *err);
extern bool bailiwick_files_write_file_create(bailiwick_string *path, bailiwick_files_types_own_writer_t *ret,
                                              bailiwick_files_error *err);

/// Reads a whole file. Needs `read-file`.
///
///     bailiwick_bytes content;
///     if (!bailiwick_read_file(path, &content, err)) return false;
///     …
///     bailiwick_bytes_free(&content);
static inline bool bailiwick_read_file(bailiwick_string path, bailiwick_bytes *content, bailiwick_files_error *error) {
  return bailiwick_files_read_file_read(&path, content, error);
}

/// Reads at most `length` bytes of a file from `offset` on; fewer only at its end. Needs `read-file`.
///
///     if (!bailiwick_read_file_range(path, 0, 4, &magic, err)) return false;
static inline bool bailiwick_read_file_range(bailiwick_string path, uint64_t offset, uint32_t length,
                                             bailiwick_bytes *content, bailiwick_files_error *error) {
  return bailiwick_files_read_file_read_range(&path, offset, length, content, error);
}

/// Opens a file for reading in pieces. Close it with `bailiwick_reader_close`. Needs `read-file`.
///
///     bailiwick_reader reader;
///     if (!bailiwick_open(path, &reader, err)) return false;
static inline bool bailiwick_open(bailiwick_string path, bailiwick_reader *reader, bailiwick_files_error *error) {
  bailiwick_files_types_own_reader_t own;
  if (!bailiwick_files_read_file_open(&path, &own, error)) return false;
  *reader = bailiwick_files_types_borrow_reader(own);
  return true;
}

/// Reads at most `max` bytes from the position on, and moves it. No bytes: the end of the file.
///
///     bailiwick_bytes piece;
///     while ((ok = bailiwick_reader_read(reader, 65536, &piece, err)) && piece.len > 0) {
///       …
///       bailiwick_bytes_free(&piece);
///     }
static inline bool bailiwick_reader_read(bailiwick_reader reader, uint32_t max, bailiwick_bytes *piece,
                                         bailiwick_files_error *error) {
  return bailiwick_files_types_method_reader_read(reader, max, piece, error);
}

/// The size of the file in bytes, as it was when it was opened.
///
///     if (bailiwick_reader_size(reader) == 0) …
static inline uint64_t bailiwick_reader_size(bailiwick_reader reader) {
  return bailiwick_files_types_method_reader_size(reader);
}

/// Moves the position to `offset` bytes from the start.
///
///     bailiwick_reader_seek(reader, 0);   // once more from the start
static inline void bailiwick_reader_seek(bailiwick_reader reader, uint64_t offset) {
  bailiwick_files_types_method_reader_seek(reader, offset);
}

/// Closes a reader that the tool opened.
///
///     bailiwick_reader_close(reader);
static inline void bailiwick_reader_close(bailiwick_reader reader) {
  bailiwick_files_types_own_reader_t own;
  own.__handle = reader.__handle;
  bailiwick_files_types_reader_drop_own(own);
}

/// Makes these bytes the content of a file, in one step. Needs `write-file`.
///
///     if (!bailiwick_write_file(bailiwick_text("out.csv"), bailiwick_bytes_view(out, used), err)) return false;
static inline bool bailiwick_write_file(bailiwick_string path, bailiwick_bytes content, bailiwick_files_error *error) {
  return bailiwick_files_write_file_write(&path, &content, error);
}

/// Starts writing a file in pieces. It changes at `bailiwick_writer_commit`. Close it with `bailiwick_writer_close`. Needs
/// `write-file`.
///
///     bailiwick_writer writer;
///     if (!bailiwick_create(path, &writer, err)) return false;
///     bool ok = write_rows(writer, err) && bailiwick_writer_commit(writer, err);
///     bailiwick_writer_close(writer);
///     return ok;
static inline bool bailiwick_create(bailiwick_string path, bailiwick_writer *writer, bailiwick_files_error *error) {
  bailiwick_files_types_own_writer_t own;
  if (!bailiwick_files_write_file_create(&path, &own, error)) return false;
  *writer = bailiwick_files_types_borrow_writer(own);
  return true;
}

/// Appends bytes.
///
///     if (!bailiwick_writer_write(writer, bailiwick_bytes_view(row, length), err)) return false;
static inline bool bailiwick_writer_write(bailiwick_writer writer, bailiwick_bytes bytes,
                                          bailiwick_files_error *error) {
  return bailiwick_files_types_method_writer_write(writer, &bytes, error);
}

/// Makes what was written the content of the file. A writer that was an argument is committed by the host when the exported
/// function returns without an error.
///
///     return bailiwick_writer_commit(writer, err);
static inline bool bailiwick_writer_commit(bailiwick_writer writer, bailiwick_files_error *error) {
  return bailiwick_files_types_method_writer_commit(writer, error);
}

/// Closes a writer that the tool created. Without a commit before it, the file stays as it was.
///
///     bailiwick_writer_close(writer);
static inline void bailiwick_writer_close(bailiwick_writer writer) {
  bailiwick_files_types_own_writer_t own;
  own.__handle = writer.__handle;
  bailiwick_files_types_writer_drop_own(own);
}
#endif

#ifdef BAILIWICK_HAS_LIST_FILES
/// The entries of a directory, each with `name`, `kind` (`BAILIWICK_FILES_LIST_FILES_KIND_…`) and `size`.
///
///     for (size_t i = 0; i < entries.len; i++) total += entries.ptr[i].size;
typedef bailiwick_files_list_files_list_entry_t bailiwick_entries;

/// The entries of the directory at `path`, sorted by name; `.` is the policy's root. Needs `list-files`.
///
///     bailiwick_entries entries;
///     if (!bailiwick_list_files(bailiwick_text("data"), &entries, err)) return false;
static inline bool bailiwick_list_files(bailiwick_string path, bailiwick_entries *entries,
                                        bailiwick_files_error *error) {
  return bailiwick_files_list_files_list(&path, entries, error);
}

/// Frees the entries.
///
///     bailiwick_entries_free(&entries);
static inline void bailiwick_entries_free(bailiwick_entries *entries) {
  bailiwick_files_list_files_list_entry_free(entries);
}
#endif

// ---------------------------------------------------------------------------------------------------------- http

#ifdef BAILIWICK_HAS_HTTP
/// Why a request did not succeed. `tag` is one of `BAILIWICK_HTTP_TYPES_ERROR_…`. An answer with a status of 400 or more is
/// no error.
///
///     if (error.tag == BAILIWICK_HTTP_TYPES_ERROR_UNAVAILABLE) return try_the_other(ret, err);
typedef bailiwick_http_types_error_t bailiwick_http_error;

/// The name of the error's case, as the WIT has it: `denied`, `unavailable` …
///
///     bailiwick_log_warn(bailiwick_http_error_name(&error));
static inline const char *bailiwick_http_error_name(const bailiwick_http_error *error) {
  static const char *const names[] = {"denied", "not-found",   "limit",   "quota",
                                      "secret", "unavailable", "invalid", "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// An error of a case that carries nothing.
///
///     *err = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_NOT_FOUND);
static inline bailiwick_http_error bailiwick_http_error_of(uint8_t tag) {
  bailiwick_http_error error;
  memset(&error, 0, sizeof error);
  error.tag = tag;
  return error;
}

/// The error `limit`, with one of `BAILIWICK_HTTP_TYPES_LIMIT_…`.
///
///     *err = bailiwick_http_error_limit(BAILIWICK_HTTP_TYPES_LIMIT_RESPONSE_SIZE);
static inline bailiwick_http_error bailiwick_http_error_limit(bailiwick_http_types_limit_t limit) {
  bailiwick_http_error error = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_LIMIT);
  error.val.limit = limit;
  return error;
}

/// The error `invalid`, with a copy of these words.
///
///     *err = bailiwick_http_error_invalid("the name of a currency has three letters");
static inline bailiwick_http_error bailiwick_http_error_invalid(const char *words) {
  bailiwick_http_error error = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_INVALID);
  error.val.invalid = bailiwick_text_copy(words);
  return error;
}

/// The error `other`, with a copy of these words.
///
///     *err = bailiwick_http_error_other("the answer is no JSON");
static inline bailiwick_http_error bailiwick_http_error_other(const char *words) {
  bailiwick_http_error error = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_OTHER);
  error.val.other = bailiwick_text_copy(words);
  return error;
}

/// Frees an error that is not passed on.
///
///     bailiwick_http_error_free(&error);
static inline void bailiwick_http_error_free(bailiwick_http_error *error) { bailiwick_http_types_error_free(error); }

/// A whole answer: `status`, `url`, `headers`, `body`.
///
///     if (response.status / 100 != 2) …
typedef bailiwick_http_types_response_t bailiwick_response;

/// Headers, each with `name` and `value`.
///
///     for (size_t i = 0; i < headers.len; i++) look_at(headers.ptr[i].name, headers.ptr[i].value);
typedef bailiwick_http_types_list_header_t bailiwick_headers;

/// The description of a request. Sending it uses it up.
///
///     bailiwick_request request = bailiwick_request_new(bailiwick_text("POST"), url);
typedef bailiwick_http_types_own_request_t bailiwick_request;

/// An answer whose body is read in pieces.
///
///     bailiwick_incoming incoming;
///     if (!bailiwick_http_open(url, &incoming, err)) return false;
typedef bailiwick_http_types_own_incoming_t bailiwick_incoming;

/// A request whose body is sent in pieces.
///
///     bailiwick_outgoing outgoing;
///     if (!bailiwick_request_upload(request, NULL, &outgoing, err)) return false;
typedef bailiwick_http_types_own_outgoing_t bailiwick_outgoing;

// What the bindings of a world that imports these interfaces declare, the same once more, as for files.
extern bool bailiwick_http_http_get_get(bailiwick_string *url, bailiwick_response *ret, bailiwick_http_error *err);
extern bool bailiwick_http_http_get_open(bailiwick_string *url, bailiwick_incoming *ret, bailiwick_http_error *err);
extern bool bailiwick_http_http_request_send(bailiwick_request request, bailiwick_response *ret,
                                             bailiwick_http_error *err);
extern bool bailiwick_http_http_request_open(bailiwick_request request, bailiwick_incoming *ret,
                                             bailiwick_http_error *err);
extern bool bailiwick_http_http_request_upload(bailiwick_request request, uint64_t *maybe_length,
                                               bailiwick_outgoing *ret, bailiwick_http_error *err);

/// The whole answer of a URL. Needs `http-get`.
///
///     bailiwick_response response;
///     if (!bailiwick_http_get(url, &response, err)) return false;
///     …
///     bailiwick_response_free(&response);
static inline bool bailiwick_http_get(bailiwick_string url, bailiwick_response *response, bailiwick_http_error *error) {
  return bailiwick_http_http_get_get(&url, response, error);
}

/// Frees an answer.
///
///     bailiwick_response_free(&response);
static inline void bailiwick_response_free(bailiwick_response *response) {
  bailiwick_http_types_response_free(response);
}

/// The value of the first header of this name, in lower case as servers' names come; false when there is none. It is a view:
/// the headers keep it.
///
///     bailiwick_string type;
///     if (bailiwick_headers_find(&response.headers, "content-type", &type)) …
static inline bool bailiwick_headers_find(const bailiwick_headers *headers, const char *name, bailiwick_string *value) {
  for (size_t i = 0; i < headers->len; i++) {
    if (!bailiwick_string_is(headers->ptr[i].name, name)) continue;
    *value = headers->ptr[i].value;
    return true;
  }
  return false;
}

/// Frees headers that `bailiwick_incoming_headers` handed out.
///
///     bailiwick_headers_free(&headers);
static inline void bailiwick_headers_free(bailiwick_headers *headers) {
  bailiwick_http_types_list_header_free(headers);
}

/// The answer of a URL, its body to be read in pieces. Close it with `bailiwick_incoming_close`. Needs `http-get`.
///
///     bailiwick_incoming incoming;
///     if (!bailiwick_http_open(url, &incoming, err)) return false;
static inline bool bailiwick_http_open(bailiwick_string url, bailiwick_incoming *incoming,
                                       bailiwick_http_error *error) {
  return bailiwick_http_http_get_open(&url, incoming, error);
}

/// The status code.
///
///     if (bailiwick_incoming_status(incoming) != 200) …
static inline uint16_t bailiwick_incoming_status(bailiwick_incoming incoming) {
  return bailiwick_http_types_method_incoming_status(bailiwick_http_types_borrow_incoming(incoming));
}

/// The URL that answered, to be freed.
///
///     bailiwick_string url = bailiwick_incoming_url(incoming);
static inline bailiwick_string bailiwick_incoming_url(bailiwick_incoming incoming) {
  bailiwick_string url;
  bailiwick_http_types_method_incoming_url(bailiwick_http_types_borrow_incoming(incoming), &url);
  return url;
}

/// The headers, to be freed with `bailiwick_headers_free`.
///
///     bailiwick_headers headers = bailiwick_incoming_headers(incoming);
static inline bailiwick_headers bailiwick_incoming_headers(bailiwick_incoming incoming) {
  bailiwick_headers headers;
  bailiwick_http_types_method_incoming_headers(bailiwick_http_types_borrow_incoming(incoming), &headers);
  return headers;
}

/// Reads at most `max` bytes of the body. No bytes: its end.
///
///     while ((ok = bailiwick_incoming_read(incoming, 65536, &piece, err)) && piece.len > 0) {
///       …
///       bailiwick_bytes_free(&piece);
///     }
static inline bool bailiwick_incoming_read(bailiwick_incoming incoming, uint32_t max, bailiwick_bytes *piece,
                                           bailiwick_http_error *error) {
  return bailiwick_http_types_method_incoming_read(bailiwick_http_types_borrow_incoming(incoming), max, piece, error);
}

/// Closes an answer.
///
///     bailiwick_incoming_close(incoming);
static inline void bailiwick_incoming_close(bailiwick_incoming incoming) {
  bailiwick_http_types_incoming_drop_own(incoming);
}

/// Describes a request. Nothing is sent.
///
///     bailiwick_request request = bailiwick_request_new(bailiwick_text("POST"), url);
static inline bailiwick_request bailiwick_request_new(bailiwick_string method, bailiwick_string url) {
  return bailiwick_http_types_constructor_request(&method, &url);
}

/// Adds a header.
///
///     if (!bailiwick_request_add_header(request, bailiwick_text("accept"), bailiwick_text("text/csv"), err)) …
static inline bool bailiwick_request_add_header(bailiwick_request request, bailiwick_string name,
                                                bailiwick_string value, bailiwick_http_error *error) {
  return bailiwick_http_types_method_request_add_header(bailiwick_http_types_borrow_request(request), &name, &value,
                                                        error);
}

/// Sets the whole body.
///
///     if (!bailiwick_request_set_body(request, bailiwick_bytes_view(json, length), err)) …
static inline bool bailiwick_request_set_body(bailiwick_request request, bailiwick_bytes body,
                                              bailiwick_http_error *error) {
  return bailiwick_http_types_method_request_set_body(bailiwick_http_types_borrow_request(request), &body, error);
}

/// Closes a request that is not sent.
///
///     bailiwick_request_close(request);
static inline void bailiwick_request_close(bailiwick_request request) {
  bailiwick_http_types_request_drop_own(request);
}

/// Sends a request, using it up, and waits for the whole answer. Needs `http-request`.
///
///     if (!bailiwick_request_send(request, &response, err)) return false;
static inline bool bailiwick_request_send(bailiwick_request request, bailiwick_response *response,
                                          bailiwick_http_error *error) {
  return bailiwick_http_http_request_send(request, response, error);
}

/// Sends a request, using it up; the answer's body is read in pieces. Needs `http-request`.
///
///     if (!bailiwick_request_open(request, &incoming, err)) return false;
static inline bool bailiwick_request_open(bailiwick_request request, bailiwick_incoming *incoming,
                                          bailiwick_http_error *error) {
  return bailiwick_http_http_request_open(request, incoming, error);
}

/// Starts a request, using it up, whose body follows in pieces: exactly `*length` bytes, or any number where `length` is
/// `NULL`. Needs `http-request`.
///
///     uint64_t length = bailiwick_reader_size(reader);
///     if (!bailiwick_request_upload(request, &length, &outgoing, err)) return false;
static inline bool bailiwick_request_upload(bailiwick_request request, const uint64_t *length,
                                            bailiwick_outgoing *outgoing, bailiwick_http_error *error) {
  return bailiwick_http_http_request_upload(request, (uint64_t *)length, outgoing, error);
}

/// Sends the next piece of the body.
///
///     if (!bailiwick_outgoing_write(outgoing, piece, err)) return false;
static inline bool bailiwick_outgoing_write(bailiwick_outgoing outgoing, bailiwick_bytes piece,
                                            bailiwick_http_error *error) {
  return bailiwick_http_types_method_outgoing_write(bailiwick_http_types_borrow_outgoing(outgoing), &piece, error);
}

/// Ends the body, using the request up, and waits for the answer.
///
///     if (!bailiwick_outgoing_finish(outgoing, &incoming, err)) return false;
static inline bool bailiwick_outgoing_finish(bailiwick_outgoing outgoing, bailiwick_incoming *incoming,
                                             bailiwick_http_error *error) {
  return bailiwick_http_types_static_outgoing_finish(outgoing, incoming, error);
}

/// Gives up a request whose body is not finished.
///
///     bailiwick_outgoing_close(outgoing);
static inline void bailiwick_outgoing_close(bailiwick_outgoing outgoing) {
  bailiwick_http_types_outgoing_drop_own(outgoing);
}
#endif

// --------------------------------------------------------------------------------------------- clock and random

#ifdef BAILIWICK_HAS_CLOCK
/// Why the time was not told. `tag` is one of `BAILIWICK_CLOCK_CLOCK_ERROR_…`.
///
///     if (error.tag == BAILIWICK_CLOCK_CLOCK_ERROR_DENIED) …
typedef bailiwick_clock_clock_error_t bailiwick_clock_error;

/// A point in time: `seconds` since 1970 and `nanoseconds` of the second.
///
///     int64_t day = instant.seconds / 86400;
typedef bailiwick_clock_clock_instant_t bailiwick_instant;

/// The name of the error's case, as the WIT has it.
///
///     bailiwick_log_warn(bailiwick_clock_error_name(&error));
static inline const char *bailiwick_clock_error_name(const bailiwick_clock_error *error) {
  static const char *const names[] = {"denied", "limit", "unavailable", "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// Frees an error that is not passed on.
///
///     bailiwick_clock_error_free(&error);
static inline void bailiwick_clock_error_free(bailiwick_clock_error *error) { bailiwick_clock_clock_error_free(error); }

/// The time of day now.
///
///     bailiwick_instant now;
///     if (!bailiwick_now(&now, &error)) …
static inline bool bailiwick_now(bailiwick_instant *now, bailiwick_clock_error *error) {
  return bailiwick_clock_clock_now(now, error);
}

/// Nanoseconds since the start of this call.
///
///     uint64_t elapsed;
///     if (!bailiwick_elapsed(&elapsed, &error)) …
static inline bool bailiwick_elapsed(uint64_t *nanoseconds, bailiwick_clock_error *error) {
  return bailiwick_clock_clock_elapsed(nanoseconds, error);
}
#endif

#ifdef BAILIWICK_HAS_RANDOM
/// Why no bytes were given. `tag` is one of `BAILIWICK_RANDOM_RANDOM_ERROR_…`.
///
///     if (error.tag == BAILIWICK_RANDOM_RANDOM_ERROR_DENIED) …
typedef bailiwick_random_random_error_t bailiwick_random_error;

/// The name of the error's case, as the WIT has it.
///
///     bailiwick_log_warn(bailiwick_random_error_name(&error));
static inline const char *bailiwick_random_error_name(const bailiwick_random_error *error) {
  static const char *const names[] = {"denied", "limit", "unavailable", "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// Frees an error that is not passed on.
///
///     bailiwick_random_error_free(&error);
static inline void bailiwick_random_error_free(bailiwick_random_error *error) {
  bailiwick_random_random_error_free(error);
}

/// `length` random bytes, fit for cryptography.
///
///     bailiwick_bytes key;
///     if (!bailiwick_random_bytes(32, &key, &error)) …
static inline bool bailiwick_random_bytes(uint32_t length, bailiwick_bytes *bytes, bailiwick_random_error *error) {
  return bailiwick_random_random_bytes(length, bytes, error);
}
#endif

// --------------------------------------------------------------------------------- store, other tools, progress

#ifdef BAILIWICK_HAS_KEY_VALUE
/// Why the store did not do it. `tag` is one of `BAILIWICK_KEY_VALUE_KEY_VALUE_ERROR_…`.
///
///     if (error.tag == BAILIWICK_KEY_VALUE_KEY_VALUE_ERROR_QUOTA) …
typedef bailiwick_key_value_key_value_error_t bailiwick_key_value_error;

/// Keys of a listing, and where the next part begins: `keys.ptr`, `keys.len`, `next.is_some`, `next.val`.
///
///     for (size_t i = 0; i < part.keys.len; i++) use(part.keys.ptr[i]);
typedef bailiwick_key_value_key_value_keys_t bailiwick_keys;

/// The name of the error's case, as the WIT has it.
///
///     bailiwick_log_warn(bailiwick_key_value_error_name(&error));
static inline const char *bailiwick_key_value_error_name(const bailiwick_key_value_error *error) {
  static const char *const names[] = {"denied", "limit", "quota", "secret", "unavailable", "invalid", "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// Frees an error that is not passed on.
///
///     bailiwick_key_value_error_free(&error);
static inline void bailiwick_key_value_error_free(bailiwick_key_value_error *error) {
  bailiwick_key_value_key_value_error_free(error);
}

/// The value of a key, and whether there is one. Where there is none, nothing is to be freed.
///
///     bool found;
///     bailiwick_bytes value;
///     if (!bailiwick_key_value_get(bailiwick_text("name"), &found, &value, &error)) …
static inline bool bailiwick_key_value_get(bailiwick_string key, bool *found, bailiwick_bytes *value,
                                           bailiwick_key_value_error *error) {
  BAILIWICK_OF_WORLD(option_list_u8_t) there;
  if (!bailiwick_key_value_key_value_get(&key, &there, error)) return false;
  *found = there.is_some;
  *value = there.is_some ? there.val : bailiwick_bytes_view(NULL, 0);
  return true;
}

/// Sets the value of a key, whatever it was before.
///
///     if (!bailiwick_key_value_set(bailiwick_text("name"), bailiwick_bytes_view("here", 4), &error)) …
static inline bool bailiwick_key_value_set(bailiwick_string key, bailiwick_bytes value,
                                           bailiwick_key_value_error *error) {
  return bailiwick_key_value_key_value_set(&key, &value, error);
}

/// Sets the value of a key if its value still is `expected` (`NULL`: if there is no such key), in one step; `set` says
/// whether it was set.
///
///     bool first;
///     if (!bailiwick_key_value_compare_and_set(key, NULL, value, &first, &error)) …
static inline bool bailiwick_key_value_compare_and_set(bailiwick_string key, const bailiwick_bytes *expected,
                                                       bailiwick_bytes value, bool *set,
                                                       bailiwick_key_value_error *error) {
  return bailiwick_key_value_key_value_compare_and_set(&key, (bailiwick_bytes *)expected, &value, set, error);
}

/// Removes a key. Succeeds where there is none.
///
///     if (!bailiwick_key_value_delete(bailiwick_text("name"), &error)) …
static inline bool bailiwick_key_value_delete(bailiwick_string key, bailiwick_key_value_error *error) {
  return bailiwick_key_value_key_value_delete(&key, error);
}

/// Keys that begin with `prefix`, at most `most` of them, those behind `after` unless that is `NULL`.
///
///     bailiwick_keys part;
///     if (!bailiwick_key_value_list(bailiwick_text("page/"), NULL, 100, &part, &error)) …
static inline bool bailiwick_key_value_list(bailiwick_string prefix, const bailiwick_string *after, uint32_t most,
                                            bailiwick_keys *part, bailiwick_key_value_error *error) {
  return bailiwick_key_value_key_value_list(&prefix, (bailiwick_string *)after, most, part, error);
}

/// Frees keys.
///
///     bailiwick_keys_free(&part);
static inline void bailiwick_keys_free(bailiwick_keys *part) { bailiwick_key_value_key_value_keys_free(part); }
#endif

#ifdef BAILIWICK_HAS_CALL_TOOL
/// Why another tool gave no answer. `tag` is one of `BAILIWICK_TOOLS_CALL_TOOL_ERROR_…`; of `TOOL_ERROR`, `val.tool_error` is
/// the called tool's own error as JSON.
///
///     if (error.tag == BAILIWICK_TOOLS_CALL_TOOL_ERROR_TOOL_ERROR) look_at(error.val.tool_error);
typedef bailiwick_tools_call_tool_error_t bailiwick_call_tool_error;

/// The name of the error's case, as the WIT has it.
///
///     bailiwick_log_warn(bailiwick_call_tool_error_name(&error));
static inline const char *bailiwick_call_tool_error_name(const bailiwick_call_tool_error *error) {
  static const char *const names[] = {"denied",  "limit",      "quota", "secret", "unavailable",
                                      "invalid", "tool-error", "trap",  "other"};
  return error->tag < sizeof names / sizeof names[0] ? names[error->tag] : "other";
}

/// Frees an error that is not passed on.
///
///     bailiwick_call_tool_error_free(&error);
static inline void bailiwick_call_tool_error_free(bailiwick_call_tool_error *error) {
  bailiwick_tools_call_tool_error_free(error);
}

/// Calls a function of another tool, with a JSON object by the names of its parameters; the answer is JSON.
///
///     bailiwick_string words;
///     if (!bailiwick_call_tool(bailiwick_text("word-count"), bailiwick_text("{\"path\":\"a.txt\"}"), &words, &error)) …
static inline bool bailiwick_call_tool(bailiwick_string tool, bailiwick_string arguments, bailiwick_string *answer,
                                       bailiwick_call_tool_error *error) {
  return bailiwick_tools_call_tool_call(&tool, &arguments, answer, error);
}
#endif

// The interface has no type that would tell whether it is there: it is declared here, and missing when it is linked.
extern void bailiwick_progress_progress_report(uint64_t done, uint64_t *maybe_total, bailiwick_string *maybe_message);

/// Reports that `done` is done, in units of the tool's own choice; of `total`, unless that is `NULL`. The message is one short
/// line for a person, or `NULL`. Needs the interface `progress`, and no grant.
///
///     uint64_t pages = 10;
///     bailiwick_report(3, &pages, "page 3");
static inline void bailiwick_report(uint64_t done, const uint64_t *total, const char *message) {
  bailiwick_string line = bailiwick_text(message == NULL ? "" : message);
  bailiwick_progress_progress_report(done, (uint64_t *)total, message == NULL ? NULL : &line);
}

// ------------------------------------------------------------------------------------------------------- content

#ifdef BAILIWICK_HAS_CONTENT
/// One part of an answer that is more than data. `tag` is one of `BAILIWICK_CONTENT_TYPES_CONTENT_…`.
///
///     ret->ptr[0] = bailiwick_content_text("the chart");
typedef bailiwick_content_types_content_t bailiwick_content;

/// Text for the model: a copy of this text.
///
///     ret->ptr[0] = bailiwick_content_text("nothing was found");
static inline bailiwick_content bailiwick_content_text(const char *text) {
  bailiwick_content content;
  memset(&content, 0, sizeof content);
  content.tag = BAILIWICK_CONTENT_TYPES_CONTENT_TEXT;
  content.val.text = bailiwick_text_copy(text);
  return content;
}

/// A picture: copies of the media type and of the bytes.
///
///     ret->ptr[1] = bailiwick_content_image("image/png", bailiwick_bytes_view(pixels, length));
static inline bailiwick_content bailiwick_content_image(const char *media_type, bailiwick_bytes data) {
  bailiwick_content content;
  memset(&content, 0, sizeof content);
  content.tag = BAILIWICK_CONTENT_TYPES_CONTENT_IMAGE;
  content.val.image.media_type = bailiwick_text_copy(media_type);
  content.val.image.data = bailiwick_bytes_copy(data.ptr, data.len);
  return content;
}

/// Sound: copies of the media type and of the bytes.
///
///     ret->ptr[1] = bailiwick_content_audio("audio/ogg", bailiwick_bytes_view(samples, length));
static inline bailiwick_content bailiwick_content_audio(const char *media_type, bailiwick_bytes data) {
  bailiwick_content content;
  memset(&content, 0, sizeof content);
  content.tag = BAILIWICK_CONTENT_TYPES_CONTENT_AUDIO;
  content.val.audio.media_type = bailiwick_text_copy(media_type);
  content.val.audio.data = bailiwick_bytes_copy(data.ptr, data.len);
  return content;
}

/// A document of text under a name of its own, from which nothing is ever fetched: copies of all three.
///
///     ret->ptr[0] = bailiwick_content_document("notes.md", "text/markdown", "# Notes");
static inline bailiwick_content bailiwick_content_document(const char *uri, const char *media_type, const char *text) {
  bailiwick_content content;
  memset(&content, 0, sizeof content);
  content.tag = BAILIWICK_CONTENT_TYPES_CONTENT_DOCUMENT;
  content.val.document.uri = bailiwick_text_copy(uri);
  content.val.document.media_type.is_some = true;
  content.val.document.media_type.val = bailiwick_text_copy(media_type);
  content.val.document.body.tag = BAILIWICK_CONTENT_TYPES_BODY_TEXT;
  content.val.document.body.val.text = bailiwick_text_copy(text);
  return content;
}
#endif

#ifdef __cplusplus
}

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The same for C++: values own their memory, handles close themselves, what can fail returns a `bailiwick::result`. No
/// exceptions and no run-time type information are needed.
///
///     static bailiwick::result<std::uint32_t, bailiwick::files_error> count_lines(std::string_view path) {
///       auto content = bailiwick::read_file(path);
///       if (!content) return content.error();
///       return lines::count(*content);
///     }
///
///     bool exports_…_count_lines(line_count_string_t *path, std::uint32_t *ret, exports_…_error_t *err) {
///       auto lines = count_lines(bailiwick::take(path));
///       if (!lines) return lines.error().give(err);
///       *ret = *lines;
///       return true;
///     }
namespace bailiwick {

/// A value or an error, as `std::expected` of C++23 has it.
///
///     bailiwick::result<int, std::string> number = parse(text);
///     if (!number) return fail(number.error());
///     use(*number);
template <typename T, typename E>
class result {
 public:
  result(T value) : value_(std::move(value)) {}
  result(E error) : error_(std::move(error)) {}

  /// Whether there is a value.
  explicit operator bool() const { return value_.has_value(); }
  /// The value, which must be there.
  T &operator*() { return *value_; }
  /// A member of the value, which must be there.
  T *operator->() { return &*value_; }
  /// The error, which must be there. What is initialised with it takes it over: `return content.error();`.
  E &&error() { return std::move(*error_); }
  /// The value, or another in its place.
  T value_or(T other) { return value_ ? std::move(*value_) : std::move(other); }

 private:
  std::optional<T> value_;
  std::optional<E> error_;
};

/// No value, or an error.
///
///     bailiwick::result<void, bailiwick::files_error> written = bailiwick::write_file("out.csv", table);
///     if (!written) return written.error().give(err);
template <typename E>
class result<void, E> {
 public:
  result() = default;
  result(E error) : error_(std::move(error)) {}

  /// Whether all went well.
  explicit operator bool() const { return !error_.has_value(); }
  /// The error, which must be there. What is initialised with it takes it over.
  E &&error() { return std::move(*error_); }

 private:
  std::optional<E> error_;
};

/// A view as the bindings take it. It is valid as long as the text is.
///
///     bailiwick_string name = bailiwick::view("name");
inline bailiwick_string view(std::string_view text) { return bailiwick_string_view(text.data(), text.size()); }

/// Text of the bindings, to look at.
///
///     if (bailiwick::look(entries.ptr[0].name) == "a.csv") …
inline std::string_view look(const bailiwick_string &text) {
  return text.len == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char *>(text.ptr), text.len);
}

/// Text of the bindings as a string of one's own, such as an argument of an exported function, which is freed.
///
///     std::string path = bailiwick::take(path_argument);
inline std::string take(bailiwick_string *text) {
  std::string taken(look(*text));
  bailiwick_string_free(text);
  return taken;
}

/// A copy to be returned from an exported function.
///
///     bailiwick::give(name, ret);
inline void give(std::string_view text, bailiwick_string *ret) {
  *ret = bailiwick_string_copy(text.data(), text.size());
}

#ifdef BAILIWICK_HAS_BYTES
/// A view of bytes as the bindings take it.
///
///     bailiwick_bytes piece = bailiwick::view_bytes(content);
inline bailiwick_bytes view_bytes(std::string_view bytes) { return bailiwick_bytes_view(bytes.data(), bytes.size()); }

/// Bytes of the bindings in a string of one's own; they are freed.
///
///     std::string body = bailiwick::take(body_argument);
inline std::string take(bailiwick_bytes *bytes) {
  std::string taken;
  if (bytes->len > 0) taken.assign(reinterpret_cast<const char *>(bytes->ptr), bytes->len);
  bailiwick_bytes_free(bytes);
  return taken;
}

/// A copy of bytes to be returned from an exported function.
///
///     bailiwick::give(body, ret);
inline void give(std::string_view bytes, bailiwick_bytes *ret) {
  *ret = bailiwick_bytes_copy(bytes.data(), bytes.size());
}
#endif

#ifdef BAILIWICK_HAS_LOG
/// Lines for the operator's log.
///
///     bailiwick::log::info("done");
namespace log {
/// For the author, while looking for a fault.
inline void debug(std::string_view message) { bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_DEBUG, view(message)); }
/// For the operator, when all is well.
inline void info(std::string_view message) { bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_INFO, view(message)); }
/// Something that the operator may want to look at.
inline void warn(std::string_view message) { bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_WARN, view(message)); }
/// Something that went wrong.
inline void error(std::string_view message) { bailiwick_log(BAILIWICK_LOG_LOG_LEVEL_ERROR, view(message)); }
}  // namespace log
#endif

#ifdef BAILIWICK_HAS_FILES
/// Why an operation on files did not succeed.
///
///     if (content.error().is(BAILIWICK_FILES_TYPES_ERROR_NOT_FOUND)) return start_anew();
class files_error {
 public:
  /// Takes over an error of the bindings.
  explicit files_error(bailiwick_files_error error) : error_(error) {}
  files_error(files_error &&other) noexcept : error_(other.error_) {
    other.error_ = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_DENIED);
  }
  files_error &operator=(files_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~files_error() { bailiwick_files_error_free(&error_); }

  /// An error in words: the case `other`.
  static files_error other(const std::string &words) { return files_error(bailiwick_files_error_other(words.c_str())); }
  /// The case, one of `BAILIWICK_FILES_TYPES_ERROR_…`.
  std::uint8_t tag() const { return error_.tag; }
  /// Whether it is this case.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_files_error_name(&error_); }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_files_error *err) {
    *err = error_;
    error_ = bailiwick_files_error_of(BAILIWICK_FILES_TYPES_ERROR_DENIED);
    return false;
  }

 private:
  bailiwick_files_error error_;
};

/// Reads a whole file. Needs `read-file`.
///
///     auto content = bailiwick::read_file("data/input.csv");
inline result<std::string, files_error> read_file(std::string_view path) {
  bailiwick_bytes content;
  bailiwick_files_error error;
  if (!bailiwick_read_file(view(path), &content, &error)) return files_error(error);
  return take(&content);
}

/// Reads at most `length` bytes of a file from `offset` on. Needs `read-file`.
///
///     auto magic = bailiwick::read_file_range("picture.png", 0, 8);
inline result<std::string, files_error> read_file_range(std::string_view path, std::uint64_t offset,
                                                        std::uint32_t length) {
  bailiwick_bytes content;
  bailiwick_files_error error;
  if (!bailiwick_read_file_range(view(path), offset, length, &content, &error)) return files_error(error);
  return take(&content);
}

/// Makes these bytes the content of a file, in one step. Needs `write-file`.
///
///     auto written = bailiwick::write_file("out.csv", table);
inline result<void, files_error> write_file(std::string_view path, std::string_view content) {
  bailiwick_files_error error;
  if (!bailiwick_write_file(view(path), view_bytes(content), &error)) return files_error(error);
  return {};
}

/// A file that is open for reading. One that `open` made closes itself; one that stands for an argument leaves that alone.
///
///     auto reader = bailiwick::reader::open("data/input.csv");
///     if (!reader) return reader.error();
///     auto piece = reader->read(65536);
class reader {
 public:
  /// A reader that the tool got as an argument.
  explicit reader(bailiwick_reader borrowed) : handle_(borrowed) {}
  reader(reader &&other) noexcept : handle_(other.handle_), owned_(std::exchange(other.owned_, false)) {}
  reader &operator=(reader &&other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~reader() {
    if (owned_) bailiwick_reader_close(handle_);
  }

  /// Opens a file. Needs `read-file`.
  static result<reader, files_error> open(std::string_view path) {
    bailiwick_reader handle;
    bailiwick_files_error error;
    if (!bailiwick_open(view(path), &handle, &error)) return files_error(error);
    reader opened(handle);
    opened.owned_ = true;
    return opened;
  }
  /// At most `max` bytes from the position on; none at the end.
  result<std::string, files_error> read(std::uint32_t max) {
    bailiwick_bytes piece;
    bailiwick_files_error error;
    if (!bailiwick_reader_read(handle_, max, &piece, &error)) return files_error(error);
    return take(&piece);
  }
  /// The size of the file in bytes.
  std::uint64_t size() const { return bailiwick_reader_size(handle_); }
  /// Moves the position to `offset` bytes from the start.
  void seek(std::uint64_t offset) { bailiwick_reader_seek(handle_, offset); }

 private:
  bailiwick_reader handle_;
  bool owned_ = false;
};

/// A file that is being written. One that `create` made closes itself; one that stands for an argument leaves that alone.
///
///     auto writer = bailiwick::writer::create("out.csv");
///     if (!writer) return writer.error();
///     if (auto written = writer->write(row); !written) return written.error();
///     if (auto done = writer->commit(); !done) return done.error();
class writer {
 public:
  /// A writer that the tool got as an argument.
  explicit writer(bailiwick_writer borrowed) : handle_(borrowed) {}
  writer(writer &&other) noexcept : handle_(other.handle_), owned_(std::exchange(other.owned_, false)) {}
  writer &operator=(writer &&other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~writer() {
    if (owned_) bailiwick_writer_close(handle_);
  }

  /// Starts writing a file. Needs `write-file`.
  static result<writer, files_error> create(std::string_view path) {
    bailiwick_writer handle;
    bailiwick_files_error error;
    if (!bailiwick_create(view(path), &handle, &error)) return files_error(error);
    writer created(handle);
    created.owned_ = true;
    return created;
  }
  /// Appends bytes.
  result<void, files_error> write(std::string_view bytes) {
    bailiwick_files_error error;
    if (!bailiwick_writer_write(handle_, view_bytes(bytes), &error)) return files_error(error);
    return {};
  }
  /// Makes what was written the content of the file.
  result<void, files_error> commit() {
    bailiwick_files_error error;
    if (!bailiwick_writer_commit(handle_, &error)) return files_error(error);
    return {};
  }

 private:
  bailiwick_writer handle_;
  bool owned_ = false;
};
#endif

#ifdef BAILIWICK_HAS_LIST_FILES
/// An entry of a directory.
///
///     if (entry.kind == BAILIWICK_FILES_LIST_FILES_KIND_FILE) total += entry.size;
struct entry {
  /// The name, without the directory.
  std::string name;
  /// One of `BAILIWICK_FILES_LIST_FILES_KIND_…`.
  std::uint8_t kind;
  /// The size of a file in bytes, 0 for a directory.
  std::uint64_t size;
};

/// The entries of the directory at `path`, sorted by name. Needs `list-files`.
///
///     auto entries = bailiwick::list_files("data");
inline result<std::vector<entry>, files_error> list_files(std::string_view path) {
  bailiwick_entries found;
  bailiwick_files_error error;
  if (!bailiwick_list_files(view(path), &found, &error)) return files_error(error);
  std::vector<entry> entries;
  entries.reserve(found.len);
  for (std::size_t i = 0; i < found.len; i++)
    entries.push_back({std::string(look(found.ptr[i].name)), found.ptr[i].kind, found.ptr[i].size});
  bailiwick_entries_free(&found);
  return entries;
}
#endif

#ifdef BAILIWICK_HAS_HTTP
/// Why a request did not succeed.
///
///     if (answer.error().is(BAILIWICK_HTTP_TYPES_ERROR_UNAVAILABLE)) return try_the_other();
class http_error {
 public:
  /// Takes over an error of the bindings.
  explicit http_error(bailiwick_http_error error) : error_(error) {}
  http_error(http_error &&other) noexcept : error_(other.error_) {
    other.error_ = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_DENIED);
  }
  http_error &operator=(http_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~http_error() { bailiwick_http_error_free(&error_); }

  /// An error in words: the case `other`.
  static http_error other(const std::string &words) { return http_error(bailiwick_http_error_other(words.c_str())); }
  /// The case, one of `BAILIWICK_HTTP_TYPES_ERROR_…`.
  std::uint8_t tag() const { return error_.tag; }
  /// Whether it is this case.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_http_error_name(&error_); }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_http_error *err) {
    *err = error_;
    error_ = bailiwick_http_error_of(BAILIWICK_HTTP_TYPES_ERROR_DENIED);
    return false;
  }

 private:
  bailiwick_http_error error_;
};

/// A header.
///
///     bailiwick::header accept{"accept", "text/csv"};
struct header {
  /// The name, in lower case when it comes from a server.
  std::string name;
  /// The value.
  std::string value;
};

/// A whole answer.
///
///     if (answer->status / 100 != 2) return bailiwick::http_error::other("no such table");
struct response {
  /// The status code.
  std::uint16_t status;
  /// The URL that answered.
  std::string url;
  /// The headers, in the order of the answer.
  std::vector<header> headers;
  /// The body.
  std::string body;
};

/// The headers of the bindings as values of one's own; they are freed.
///
///     std::vector<bailiwick::header> headers = bailiwick::take(headers_argument);
inline std::vector<header> take(bailiwick_headers *headers) {
  std::vector<header> taken;
  taken.reserve(headers->len);
  for (std::size_t i = 0; i < headers->len; i++)
    taken.push_back({std::string(look(headers->ptr[i].name)), std::string(look(headers->ptr[i].value))});
  bailiwick_headers_free(headers);
  return taken;
}

/// An answer of the bindings as a value of one's own; it is freed.
///
///     bailiwick::response answer = bailiwick::take(&response);
inline response take(bailiwick_response *answer) {
  std::string url = take(&answer->url);
  std::vector<header> headers = take(&answer->headers);
  return {answer->status, std::move(url), std::move(headers), take(&answer->body)};
}

/// An answer whose body is read in pieces. It closes itself.
///
///     auto answer = bailiwick::incoming::open("https://example.com/table.csv");
///     if (!answer) return answer.error();
///     auto piece = answer->read(65536);
class incoming {
 public:
  /// Takes over an answer of the bindings.
  explicit incoming(bailiwick_incoming handle) : handle_(handle), owned_(true) {}
  incoming(incoming &&other) noexcept : handle_(other.handle_), owned_(std::exchange(other.owned_, false)) {}
  incoming &operator=(incoming &&other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~incoming() {
    if (owned_) bailiwick_incoming_close(handle_);
  }

  /// Reads from a URL with GET. Needs `http-get`.
  static result<incoming, http_error> open(std::string_view url) {
    bailiwick_incoming handle;
    bailiwick_http_error error;
    if (!bailiwick_http_open(view(url), &handle, &error)) return http_error(error);
    return incoming(handle);
  }
  /// The status code.
  std::uint16_t status() const { return bailiwick_incoming_status(handle_); }
  /// The URL that answered.
  std::string url() const {
    bailiwick_string url = bailiwick_incoming_url(handle_);
    return take(&url);
  }
  /// The headers, in the order of the answer.
  std::vector<header> headers() const {
    bailiwick_headers headers = bailiwick_incoming_headers(handle_);
    return take(&headers);
  }
  /// At most `max` bytes of the body; none at its end.
  result<std::string, http_error> read(std::uint32_t max) {
    bailiwick_bytes piece;
    bailiwick_http_error error;
    if (!bailiwick_incoming_read(handle_, max, &piece, &error)) return http_error(error);
    return take(&piece);
  }

 private:
  bailiwick_incoming handle_;
  bool owned_;
};

/// Reads from a URL with GET. Needs `http-get`.
///
///     auto answer = bailiwick::http_get("https://example.com/rates");
inline result<response, http_error> http_get(std::string_view url) {
  bailiwick_response answer;
  bailiwick_http_error error;
  if (!bailiwick_http_get(view(url), &answer, &error)) return http_error(error);
  return take(&answer);
}

/// A request whose body is sent in pieces. Given up unless it is finished.
///
///     auto upload = std::move(request).upload();
///     if (!upload) return upload.error();
///     if (auto sent = upload->write(piece); !sent) return sent.error();
///     auto answer = std::move(*upload).finish();
class outgoing {
 public:
  /// Takes over a request of the bindings.
  explicit outgoing(bailiwick_outgoing handle) : handle_(handle), owned_(true) {}
  outgoing(outgoing &&other) noexcept : handle_(other.handle_), owned_(std::exchange(other.owned_, false)) {}
  outgoing &operator=(outgoing &&other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~outgoing() {
    if (owned_) bailiwick_outgoing_close(handle_);
  }

  /// Sends the next piece of the body.
  result<void, http_error> write(std::string_view piece) {
    bailiwick_http_error error;
    if (!bailiwick_outgoing_write(handle_, view_bytes(piece), &error)) return http_error(error);
    return {};
  }
  /// Ends the body and waits for the answer.
  result<incoming, http_error> finish() && {
    owned_ = false;
    bailiwick_incoming answer;
    bailiwick_http_error error;
    if (!bailiwick_outgoing_finish(handle_, &answer, &error)) return http_error(error);
    return incoming(answer);
  }

 private:
  bailiwick_outgoing handle_;
  bool owned_;
};

/// The description of a request. Sending it uses it up.
///
///     bailiwick::request request("POST", "https://example.com/rows");
///     if (auto added = request.add_header("content-type", "text/csv"); !added) return added.error();
///     if (auto set = request.set_body(table); !set) return set.error();
///     auto answer = std::move(request).send();
class request {
 public:
  /// Describes a request with this method, in capitals, to this URL.
  request(std::string_view method, std::string_view url)
      : handle_(bailiwick_request_new(view(method), view(url))), owned_(true) {}
  request(request &&other) noexcept : handle_(other.handle_), owned_(std::exchange(other.owned_, false)) {}
  request &operator=(request &&other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~request() {
    if (owned_) bailiwick_request_close(handle_);
  }

  /// Adds a header.
  result<void, http_error> add_header(std::string_view name, std::string_view value) {
    bailiwick_http_error error;
    if (!bailiwick_request_add_header(handle_, view(name), view(value), &error)) return http_error(error);
    return {};
  }
  /// Sets the whole body.
  result<void, http_error> set_body(std::string_view body) {
    bailiwick_http_error error;
    if (!bailiwick_request_set_body(handle_, view_bytes(body), &error)) return http_error(error);
    return {};
  }
  /// Sends it and waits for the whole answer. Needs `http-request`.
  result<response, http_error> send() && {
    owned_ = false;
    bailiwick_response answer;
    bailiwick_http_error error;
    if (!bailiwick_request_send(handle_, &answer, &error)) return http_error(error);
    return take(&answer);
  }
  /// Sends it; the answer's body is read in pieces. Needs `http-request`.
  result<incoming, http_error> open() && {
    owned_ = false;
    bailiwick_incoming answer;
    bailiwick_http_error error;
    if (!bailiwick_request_open(handle_, &answer, &error)) return http_error(error);
    return incoming(answer);
  }
  /// Starts it; a body of any length follows in pieces. Needs `http-request`.
  result<outgoing, http_error> upload() && { return start(nullptr); }
  /// Starts it; a body of exactly `length` bytes follows in pieces. Needs `http-request`.
  result<outgoing, http_error> upload(std::uint64_t length) && { return start(&length); }

 private:
  result<outgoing, http_error> start(const std::uint64_t *length) {
    owned_ = false;
    bailiwick_outgoing started;
    bailiwick_http_error error;
    if (!bailiwick_request_upload(handle_, length, &started, &error)) return http_error(error);
    return outgoing(started);
  }

  bailiwick_request handle_;
  bool owned_;
};
#endif

#ifdef BAILIWICK_HAS_CLOCK
/// Why the time was not told.
///
///     if (time.error().is(BAILIWICK_CLOCK_CLOCK_ERROR_DENIED)) …
class clock_error {
 public:
  /// Takes over an error of the bindings.
  explicit clock_error(bailiwick_clock_error error) : error_(error) {}
  clock_error(clock_error &&other) noexcept : error_(std::exchange(other.error_, denied())) {}
  clock_error &operator=(clock_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~clock_error() { bailiwick_clock_error_free(&error_); }

  /// Whether it is this case, one of `BAILIWICK_CLOCK_CLOCK_ERROR_…`.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_clock_error_name(&error_); }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_clock_error *err) {
    *err = std::exchange(error_, denied());
    return false;
  }

 private:
  static bailiwick_clock_error denied() { return {BAILIWICK_CLOCK_CLOCK_ERROR_DENIED, {}}; }

  bailiwick_clock_error error_;
};

/// The time of day now.
///
///     auto time = bailiwick::now();
///     if (time) day = time->seconds / 86400;
inline result<bailiwick_instant, clock_error> now() {
  bailiwick_instant instant;
  bailiwick_clock_error error;
  if (!bailiwick_now(&instant, &error)) return clock_error(error);
  return instant;
}

/// Nanoseconds since the start of this call.
///
///     auto spent = bailiwick::elapsed();
inline result<std::uint64_t, clock_error> elapsed() {
  std::uint64_t nanoseconds;
  bailiwick_clock_error error;
  if (!bailiwick_elapsed(&nanoseconds, &error)) return clock_error(error);
  return nanoseconds;
}
#endif

#ifdef BAILIWICK_HAS_RANDOM
/// Why no bytes were given.
///
///     if (key.error().is(BAILIWICK_RANDOM_RANDOM_ERROR_DENIED)) …
class random_error {
 public:
  /// Takes over an error of the bindings.
  explicit random_error(bailiwick_random_error error) : error_(error) {}
  random_error(random_error &&other) noexcept : error_(std::exchange(other.error_, denied())) {}
  random_error &operator=(random_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~random_error() { bailiwick_random_error_free(&error_); }

  /// Whether it is this case, one of `BAILIWICK_RANDOM_RANDOM_ERROR_…`.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_random_error_name(&error_); }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_random_error *err) {
    *err = std::exchange(error_, denied());
    return false;
  }

 private:
  static bailiwick_random_error denied() { return {BAILIWICK_RANDOM_RANDOM_ERROR_DENIED, {}}; }

  bailiwick_random_error error_;
};

/// `length` random bytes, fit for cryptography.
///
///     auto key = bailiwick::random_bytes(32);
inline result<std::string, random_error> random_bytes(std::uint32_t length) {
  bailiwick_bytes bytes;
  bailiwick_random_error error;
  if (!bailiwick_random_bytes(length, &bytes, &error)) return random_error(error);
  return take(&bytes);
}
#endif

#ifdef BAILIWICK_HAS_KEY_VALUE
/// Why the store did not do it.
///
///     if (set.error().is(BAILIWICK_KEY_VALUE_KEY_VALUE_ERROR_QUOTA)) …
class key_value_error {
 public:
  /// Takes over an error of the bindings.
  explicit key_value_error(bailiwick_key_value_error error) : error_(error) {}
  key_value_error(key_value_error &&other) noexcept : error_(std::exchange(other.error_, denied())) {}
  key_value_error &operator=(key_value_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~key_value_error() { bailiwick_key_value_error_free(&error_); }

  /// Whether it is this case, one of `BAILIWICK_KEY_VALUE_KEY_VALUE_ERROR_…`.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_key_value_error_name(&error_); }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_key_value_error *err) {
    *err = std::exchange(error_, denied());
    return false;
  }

 private:
  static bailiwick_key_value_error denied() {
    bailiwick_key_value_error error;
    std::memset(&error, 0, sizeof error);
    return error;
  }

  bailiwick_key_value_error error_;
};

/// The tool's own memory from one call to the next.
///
///     auto name = bailiwick::key_value::get("name");
namespace key_value {
/// The value of a key, if there is one.
inline result<std::optional<std::string>, key_value_error> get(std::string_view key) {
  bool found;
  bailiwick_bytes value;
  bailiwick_key_value_error error;
  if (!bailiwick_key_value_get(view(key), &found, &value, &error)) return key_value_error(error);
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(take(&value));
}
/// Sets the value of a key, whatever it was before.
inline result<void, key_value_error> set(std::string_view key, std::string_view value) {
  bailiwick_key_value_error error;
  if (!bailiwick_key_value_set(view(key), view_bytes(value), &error)) return key_value_error(error);
  return {};
}
/// Sets the value of a key if its value still is `expected` (none: if there is no such key), in one step; whether it was set.
inline result<bool, key_value_error> compare_and_set(std::string_view key, std::optional<std::string_view> expected,
                                                     std::string_view value) {
  bailiwick_bytes before = view_bytes(expected.value_or(std::string_view()));
  bailiwick_key_value_error error;
  bool set;
  if (!bailiwick_key_value_compare_and_set(view(key), expected ? &before : nullptr, view_bytes(value), &set, &error)) {
    return key_value_error(error);
  }
  return set;
}
/// Removes a key. Succeeds where there is none.
inline result<void, key_value_error> remove(std::string_view key) {
  bailiwick_key_value_error error;
  if (!bailiwick_key_value_delete(view(key), &error)) return key_value_error(error);
  return {};
}
/// All keys that begin with `prefix`, in the order of their bytes.
inline result<std::vector<std::string>, key_value_error> keys(std::string_view prefix) {
  std::vector<std::string> all;
  std::optional<std::string> after;
  do {
    bailiwick_string cursor = view(after ? std::string_view(*after) : std::string_view());
    bailiwick_keys part;
    bailiwick_key_value_error error;
    if (!bailiwick_key_value_list(view(prefix), after ? &cursor : nullptr, 1000, &part, &error)) {
      return key_value_error(error);
    }
    for (size_t i = 0; i < part.keys.len; i++) all.emplace_back(look(part.keys.ptr[i]));
    after = part.next.is_some ? std::optional<std::string>(look(part.next.val)) : std::nullopt;
    bailiwick_keys_free(&part);
  } while (after);
  return all;
}
}  // namespace key_value
#endif

#ifdef BAILIWICK_HAS_CALL_TOOL
/// Why another tool gave no answer.
///
///     if (words.error().is(BAILIWICK_TOOLS_CALL_TOOL_ERROR_TRAP)) …
class call_tool_error {
 public:
  /// Takes over an error of the bindings.
  explicit call_tool_error(bailiwick_call_tool_error error) : error_(error) {}
  call_tool_error(call_tool_error &&other) noexcept : error_(std::exchange(other.error_, denied())) {}
  call_tool_error &operator=(call_tool_error &&other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~call_tool_error() { bailiwick_call_tool_error_free(&error_); }

  /// Whether it is this case, one of `BAILIWICK_TOOLS_CALL_TOOL_ERROR_…`.
  bool is(std::uint8_t tag) const { return error_.tag == tag; }
  /// The name of the case, as the WIT has it.
  const char *name() const { return bailiwick_call_tool_error_name(&error_); }
  /// The called tool's own error as JSON; empty of any other case.
  std::string_view json() const {
    return is(BAILIWICK_TOOLS_CALL_TOOL_ERROR_TOOL_ERROR) ? look(error_.val.tool_error) : std::string_view();
  }
  /// Moves it into the `err` of an exported function; `false`, for it to return.
  bool give(bailiwick_call_tool_error *err) {
    *err = std::exchange(error_, denied());
    return false;
  }

 private:
  static bailiwick_call_tool_error denied() {
    bailiwick_call_tool_error error;
    std::memset(&error, 0, sizeof error);
    return error;
  }

  bailiwick_call_tool_error error_;
};

/// Calls a function of another tool, with a JSON object by the names of its parameters; the answer is JSON.
///
///     auto words = bailiwick::call_tool("word-count", "{\"path\":\"a.txt\"}");
inline result<std::string, call_tool_error> call_tool(std::string_view tool, std::string_view arguments) {
  bailiwick_string answer;
  bailiwick_call_tool_error error;
  if (!bailiwick_call_tool(view(tool), view(arguments), &answer, &error)) return call_tool_error(error);
  return take(&answer);
}
#endif

/// Reports that `done` is done, of `total` where that is known, with one short line for a person.
///
///     bailiwick::report(3, 10, "page 3");
inline void report(std::uint64_t done, std::optional<std::uint64_t> total = std::nullopt,
                   std::optional<std::string_view> message = std::nullopt) {
  bailiwick_string line = view(message.value_or(std::string_view()));
  bailiwick_progress_progress_report(done, total ? &*total : nullptr, message ? &line : nullptr);
}

}  // namespace bailiwick
#endif

#endif
