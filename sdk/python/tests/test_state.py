"""The store, other tools, progress, and answers that are more than data."""

import unittest

from context import Case, Err, bailiwick, call_tool, content_types, key_value

store = bailiwick.key_value


class Store(Case):
    def test_a_value_is_there_until_it_is_deleted(self) -> None:
        self.assertIsNone(store.get("a"))
        self.assertIsNone(store.get_text("a"))
        store.set("a", "é")
        self.assertEqual(store.get_text("a"), "é")
        self.assertEqual(store.get("a"), "é".encode())
        store.delete("a")
        self.assertIsNone(store.get("a"))

    def test_a_value_is_only_set_where_it_is_still_the_expected_one(self) -> None:
        self.assertTrue(store.compare_and_set("a", None, "1"))
        self.assertFalse(store.compare_and_set("a", None, "2"))
        self.assertTrue(store.compare_and_set("a", b"1", "2"))
        self.assertEqual(store.get("a"), b"2")

    def test_an_update_loses_nothing_that_others_write_meanwhile(self) -> None:
        self.host.meanwhile = [b"7"]
        self.assertEqual(store.update("calls", lambda before: str(int(before or 0) + 1)), b"8")
        self.assertEqual(self.host.calls.count("key-value.compare-and-set calls"), 2)

    def test_all_keys_are_those_of_all_parts(self) -> None:
        for key in ("p/3", "p/1", "q", "p/2"):
            store.set(key, b"")
        self.assertEqual(list(store.keys("p/")), ["p/1", "p/2", "p/3"])
        self.assertEqual(list(store.keys()), ["p/1", "p/2", "p/3", "q"])

    def test_its_errors(self) -> None:
        self.host.errors = {
            "key-value.set": key_value.Error_Quota(),
            "key-value.get": key_value.Error_Invalid("a key is 1 to 256 bytes"),
            "key-value.list": key_value.Error_Limit(),
        }
        with self.assertRaises(bailiwick.QuotaExceeded):
            store.set("a", "")
        with self.assertRaisesRegex(bailiwick.Invalid, "1 to 256"):
            store.get("")
        with self.assertRaises(bailiwick.LimitReached):
            list(store.keys())


class Tools(Case):
    def test_values_go_in_and_come_out(self) -> None:
        self.host.answers["adder"] = '{"sum": 3}'
        self.assertEqual(bailiwick.call_tool("adder", {"numbers": [1, 2], "name": "é"}), {"sum": 3})
        self.assertEqual(self.host.calls, ['call-tool.call adder {"numbers": [1, 2], "name": "é"}'])

    def test_the_called_tools_own_error(self) -> None:
        self.host.errors["call-tool.call"] = call_tool.Error_ToolError('{"no": "sum"}')
        with self.assertRaises(bailiwick.ToolError) as raised:
            bailiwick.call_tool("adder")
        self.assertEqual(raised.exception.value, {"no": "sum"})
        self.assertEqual(raised.exception.case, "tool-error")

    def test_errors_leave_as_they_came(self) -> None:
        for value in (call_tool.Error_ToolError('"x"'), call_tool.Error_Trap(), call_tool.Error_Denied()):
            self.host.errors["call-tool.call"] = value

            @bailiwick.exported(errors="tools")
            def function() -> None:
                bailiwick.call_tool("adder")

            with self.subTest(value), self.assertRaises(Err) as raised:
                function()
            self.assertEqual(raised.exception.value, value)

    def test_a_store_has_no_case_for_the_errors_of_a_tool(self) -> None:
        error = bailiwick.ToolError('"x"')
        other = key_value.Error_Other(str(error))
        self.assertEqual(bailiwick.errors.to_wit(error, "key-value"), other)


class Progress(Case):
    def test_what_there_is_to_say(self) -> None:
        bailiwick.progress.report(1)
        bailiwick.progress.report(2, 3, "two of three")
        self.assertEqual(self.host.reports, [(1, None, None), (2, 3, "two of three")])


class Content(Case):
    def test_it_is_what_the_bindings_have(self) -> None:
        content = bailiwick.content
        self.assertEqual(content.text("a"), content_types.Content_Text("a"))
        media = content_types.Media("image/png", b"1")
        self.assertEqual(content.image("image/png", b"1"), content_types.Content_Image(media))
        self.assertEqual(content.audio("image/png", b"1"), content_types.Content_Audio(media))
        for body, held in (("b", content_types.Body_Text("b")), (b"b", content_types.Body_Blob(b"b"))):
            document = content_types.Document("a.md", None, held)
            self.assertEqual(content.document("a.md", None, body), content_types.Content_Document(document))


if __name__ == "__main__":
    unittest.main()
