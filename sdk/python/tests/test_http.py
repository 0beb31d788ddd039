"""Requests and answers."""

import io
import unittest

from context import Case, bailiwick, http_types

URL = "https://example.com/x"
HEADERS = [http_types.Header("content-type", "text/plain"), http_types.Header("x", "1"), http_types.Header("x", "2")]


class Http(Case):
    def setUp(self) -> None:
        super().setUp()
        self.host.answers[URL] = http_types.Response(200, URL + "2", HEADERS, "één line\nand one".encode())

    def test_gets_a_whole_answer(self) -> None:
        response = bailiwick.http_get(URL)
        self.assertEqual((response.status, response.url, response.ok), (200, URL + "2", True))
        self.assertEqual(response.text(), "één line\nand one")
        self.assertEqual(response.headers, (("content-type", "text/plain"), ("x", "1"), ("x", "2")))
        self.assertEqual(response.header("Content-Type"), "text/plain")
        self.assertEqual(response.header("X"), "1")
        self.assertIsNone(response.header("y"))

    def test_json(self) -> None:
        self.host.answers[URL].body = b'{"a": [1]}'
        self.assertEqual(bailiwick.http_get(URL).json(), {"a": [1]})

    def test_ok_is_200_to_299(self) -> None:
        for status, ok in [(199, False), (200, True), (299, True), (300, False), (404, False)]:
            self.host.answers[URL].status = status
            self.assertEqual(bailiwick.http_get(URL).ok, ok, status)
            with bailiwick.http_open(URL) as stream:
                self.assertEqual((stream.ok, stream.status), (ok, status))

    def test_a_stream_is_a_file_of_bytes(self) -> None:
        with bailiwick.http_open(URL) as stream:
            self.assertEqual(stream.header("X"), "1")
            self.assertEqual(stream.url, URL + "2")
            self.assertEqual(list(io.TextIOWrapper(io.BufferedReader(stream), "utf-8")), ["één line\n", "and one"])

    def test_a_piece_of_a_stream_is_one_call_of_exactly_that(self) -> None:
        with bailiwick.http_open(URL) as stream:
            self.assertEqual(stream.read_piece(100_000), "één line".encode())
        self.assertEqual(self.host.calls, [f"http-get.open {URL}", "incoming.read 100000"])
        with self.assertRaises(ValueError):
            stream.read_piece(1)

    def test_a_body_that_breaks_off_is_an_error(self) -> None:
        self.host.errors["incoming.read"] = http_types.Error_Unavailable()
        with self.assertRaises(bailiwick.Unavailable), bailiwick.http_open(URL) as stream:
            stream.read()

    def test_sends_a_request_twice(self) -> None:
        request = bailiwick.Request("POST", URL, {"a": "1", "b": "2"}, b"body")
        self.assertEqual(request.send().status, 200)
        with request.open() as stream:
            self.assertEqual(stream.status, 200)
        for sent in self.host.sent:
            self.assertEqual((sent.method, sent.url, sent.body), ("POST", URL, b"body"))
            self.assertEqual(sent.headers, [("a", "1"), ("b", "2")])
        self.assertEqual(len(self.host.sent), 2)

    def test_headers_may_be_pairs_and_a_body_may_be_none_or_empty(self) -> None:
        bailiwick.Request("GET", URL, [("a", "1"), ("a", "2")]).send()
        bailiwick.Request("PUT", URL, body=b"").send()
        self.assertEqual([sent.headers for sent in self.host.sent], [[("a", "1"), ("a", "2")], []])
        self.assertEqual([sent.body for sent in self.host.sent], [None, b""])

    def test_a_header_that_is_refused_sends_nothing(self) -> None:
        self.host.errors["request.add-header"] = http_types.Error_Invalid("no token")
        with self.assertRaisesRegex(bailiwick.Invalid, "no token"):
            bailiwick.Request("GET", URL, {"a b": "1"}).send()
        self.assertEqual(self.host.sent, [])

    def test_uploads_in_pieces(self) -> None:
        with bailiwick.Request("PUT", URL).upload(length=100_001) as upload:
            upload.write(b"x" * 100_000)
            upload.write(b"y")
            with upload.finish() as stream:
                self.assertEqual(len(stream.read()), 100_001)
            with self.assertRaises(ValueError):
                upload.write(b"z")
        writes = [call for call in self.host.calls if call.startswith("outgoing.write")]
        self.assertEqual(writes, ["outgoing.write 65536", "outgoing.write 34464", "outgoing.write 1"])

    def test_an_upload_that_is_left_is_broken_off(self) -> None:
        with self.assertRaises(KeyError), bailiwick.Request("PUT", URL).upload() as upload:
            upload.write(b"x")
            raise KeyError
        self.assertNotIn("outgoing.finish", self.host.calls)

    def test_an_upload_that_is_too_short_is_invalid(self) -> None:
        with self.assertRaises(bailiwick.Invalid), bailiwick.Request("PUT", URL).upload(2) as upload:
            upload.finish()


if __name__ == "__main__":
    unittest.main()
