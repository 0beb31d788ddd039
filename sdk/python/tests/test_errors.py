"""Errors: from the host to exceptions, and from exceptions out of the tool."""

import unittest
from typing import Any

from context import Case, Err, bailiwick, clock, files_types, http_types, random

CASES: list[tuple[Any, type[bailiwick.BailiwickError], str]] = [
    (files_types.Error_Denied(), bailiwick.Denied, "denied"),
    (files_types.Error_NotFound(), bailiwick.NotFound, "not-found"),
    (files_types.Error_Limit(files_types.Limit.FILE_SIZE), bailiwick.LimitReached, "limit"),
    (files_types.Error_Quota(), bailiwick.QuotaExceeded, "quota"),
    (files_types.Error_Secret(), bailiwick.SecretRefused, "secret"),
    (files_types.Error_Unavailable(), bailiwick.Unavailable, "unavailable"),
    (files_types.Error_Invalid("words"), bailiwick.Invalid, "invalid"),
    (files_types.Error_Other("words"), bailiwick.Other, "other"),
]


class FromTheHost(Case):
    def test_every_case_is_its_own_exception(self) -> None:
        for value, kind, case in CASES:
            self.host.errors["read-file.read"] = value
            with self.subTest(case), self.assertRaises(kind) as raised:
                bailiwick.read_bytes("a")
            self.assertIs(type(raised.exception), kind)
            self.assertEqual(raised.exception.case, case)
            self.assertIsInstance(raised.exception, bailiwick.BailiwickError)

    def test_words_and_limits_come_along(self) -> None:
        self.host.errors["read-file.read"] = files_types.Error_Other("words")
        with self.assertRaisesRegex(bailiwick.Other, "^words$"):
            bailiwick.read_bytes("a")
        for limits in (files_types.Limit, http_types.Limit):
            for limit in limits:
                with self.assertRaises(bailiwick.LimitReached) as raised:
                    raise bailiwick.errors.from_wit(http_types.Error_Limit(limit))  # type: ignore[arg-type]
                self.assertIs(raised.exception.limit, bailiwick.Limit[limit.name])

    def test_a_limit_without_a_name(self) -> None:
        self.host.errors = {"clock.now": clock.Error_Limit(), "random.bytes": random.Error_Limit()}
        for function in (bailiwick.clock.now, lambda: bailiwick.random_bytes(1)):
            with self.assertRaises(bailiwick.LimitReached) as raised:
                function()
            self.assertIsNone(raised.exception.limit)

    def test_they_are_what_python_programs_catch(self) -> None:
        self.assertTrue(issubclass(bailiwick.Denied, PermissionError))
        self.assertTrue(issubclass(bailiwick.NotFound, FileNotFoundError))
        self.assertTrue(issubclass(bailiwick.Invalid, ValueError))
        self.assertEqual(str(bailiwick.NotFound()), "not found")


class OutOfTheTool(Case):
    def leaving(self, error: Exception, errors: Any, **options: Any) -> Any:
        @bailiwick.exported(errors=errors, **options)
        def function() -> None:
            raise error

        with self.assertRaises(Err) as raised:
            function()
        return raised.exception.value

    def test_what_the_host_said_leaves_as_it_came(self) -> None:
        for value, _, case in CASES:
            with self.subTest(case):
                self.assertEqual(self.leaving(bailiwick.errors.from_wit(value), "files"), value)

    def test_an_error_of_one_package_leaves_as_that_of_another(self) -> None:
        self.assertEqual(self.leaving(bailiwick.Denied(), "http"), http_types.Error_Denied())
        self.assertEqual(self.leaving(bailiwick.Denied(), "clock"), clock.Error_Denied())
        time = http_types.Error_Limit(http_types.Limit.TIME)
        self.assertEqual(self.leaving(bailiwick.LimitReached(bailiwick.Limit.TIME), "http"), time)
        self.assertEqual(self.leaving(bailiwick.LimitReached(bailiwick.Limit.TIME), "random"), random.Error_Limit())

    def test_what_the_package_cannot_say_is_other_in_words(self) -> None:
        other = files_types.Error_Other("the limit redirects is reached")
        self.assertEqual(self.leaving(bailiwick.LimitReached(bailiwick.Limit.REDIRECTS), "files"), other)
        self.assertEqual(self.leaving(bailiwick.LimitReached(), "files"), files_types.Error_Other("a limit is reached"))
        self.assertEqual(self.leaving(bailiwick.NotFound(), "clock"), clock.Error_Other("not found"))
        self.assertEqual(self.leaving(bailiwick.Invalid("no CSV"), "random"), random.Error_Other("no CSV"))

    def test_an_error_of_the_tools_own(self) -> None:
        self.assertEqual(self.leaving(bailiwick.Other("words"), str), "words")
        self.assertEqual(self.leaving(bailiwick.Denied(), lambda error: error.case), "denied")

    def test_other_exceptions_that_were_named_are_other(self) -> None:
        error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
        value = self.leaving(error, "files", other=UnicodeDecodeError)
        self.assertEqual(value, files_types.Error_Other(str(error)))
        value = self.leaving(KeyError("x"), str, other=(KeyError, IndexError))
        self.assertEqual(value, "'x'")
        self.assertEqual(self.leaving(bailiwick.Denied(), "files", other=OSError), files_types.Error_Denied())

    def test_a_fault_is_logged_and_passed_on(self) -> None:
        @bailiwick.exported(errors="files")
        def function() -> None:
            raise KeyError("x")

        with self.assertRaises(KeyError):
            function()
        self.assertEqual(self.host.lines[0], ("ERROR", "KeyError: 'x'"))
        self.assertRegex(self.host.lines[-1][1], r"^  at .*test_errors\.py, line \d+, in function$")

    def test_an_error_where_none_is_declared_is_a_fault(self) -> None:
        @bailiwick.exported()
        def function() -> None:
            raise bailiwick.Denied

        with self.assertRaises(bailiwick.Denied):
            function()
        self.assertEqual(self.host.lines[0], ("ERROR", "Denied: denied"))

    def test_an_err_is_passed_on_and_an_answer_too(self) -> None:
        self.assertEqual(self.leaving(Err("own"), "files"), "own")

        @bailiwick.exported(errors="files")
        def function(number: int) -> int:
            """Doubles."""
            return number * 2

        self.assertEqual(function(number=2), 4)
        self.assertEqual((function.__name__, function.__doc__), ("function", "Doubles."))
        self.assertEqual(self.host.lines, [])


if __name__ == "__main__":
    unittest.main()
