"""The log, and what Python writes elsewhere."""

import contextlib
import logging
import time
import unittest
from unittest import mock

from context import Case, bailiwick

log = bailiwick.log


class Log(Case):
    def test_each_level(self) -> None:
        log.debug("1")
        log.info("2")
        log.warning("3")
        log.error("4")
        self.assertEqual(self.host.lines, [("DEBUG", "1"), ("INFO", "2"), ("WARN", "3"), ("ERROR", "4")])

    def test_output_is_lines(self) -> None:
        output = log.Output("debug")
        print("a\nb", end="", file=output)
        self.assertEqual(self.host.lines, [("DEBUG", "a")])
        print("c", file=output)
        output.write("rest")
        output.flush()
        output.flush()
        self.assertEqual([line for _, line in self.host.lines], ["a", "bc", "rest"])

    def test_a_line_without_an_end_is_logged_when_the_function_returns(self) -> None:
        @bailiwick.exported()
        def function() -> None:
            print("no end", end="")
            self.assertEqual(self.host.lines, [])

        with contextlib.redirect_stdout(log.Output()):
            function()
        self.assertEqual(self.host.lines, [("INFO", "no end")])

    def test_an_exception_with_its_cause(self) -> None:
        try:
            try:
                raise KeyError("x")
            except KeyError as cause:
                raise ValueError("y") from cause
        except ValueError as error:
            log.traceback(error)
        lines = [line for _, line in self.host.lines]
        self.assertEqual([lines[0], lines[2]], ["KeyError: 'x'", "ValueError: y"])
        self.assertRegex(lines[1], r"^  at .*test_log\.py, line \d+, in test_an_exception_with_its_cause$")


class Handler(Case):
    def setUp(self) -> None:
        super().setUp()
        self.logger = logging.getLogger("app.part")
        self.logger.propagate = False
        self.logger.setLevel(logging.DEBUG)
        self.addCleanup(self.logger.handlers.clear)
        self.logger.addHandler(log.Handler())

    def test_levels_lines_and_arguments(self) -> None:
        self.logger.debug("d")
        self.logger.info("%d rows", 3)
        self.logger.warning("%(a)s\nmore", {"a": "w"})
        self.logger.critical("c")
        expected = [
            ("DEBUG", "app.part: d"),
            ("INFO", "app.part: 3 rows"),
            ("WARN", "app.part: w"),
            ("WARN", "more"),
            ("ERROR", "app.part: c"),
        ]
        self.assertEqual(self.host.lines, expected)

    def test_an_exception_is_its_frames(self) -> None:
        try:
            raise KeyError("x")
        except KeyError:
            self.logger.exception("failed")
        self.assertEqual([line for _, line in self.host.lines][:2], ["app.part: failed", "KeyError: 'x'"])
        self.assertIn("in test_an_exception_is_its_frames", self.host.lines[2][1])

    def test_in_a_component_nobody_asks_for_the_time(self) -> None:
        factory = logging.getLogRecordFactory()
        self.addCleanup(logging.setLogRecordFactory, factory)
        with mock.patch.object(log, "IN_COMPONENT", True):
            log.Handler()
        asked = AssertionError("the time was asked for")
        with mock.patch.object(time, "time_ns", side_effect=asked), mock.patch.object(time, "time", side_effect=asked):
            self.test_levels_lines_and_arguments()
            self.host.lines.clear()
            self.test_an_exception_is_its_frames()


class ClockAndRandom(Case):
    def test_the_time(self) -> None:
        self.host.answers["now"] = (1_767_323_045, 123_456_789)
        self.assertEqual(bailiwick.clock.now_ns(), 1_767_323_045_123_456_789)
        self.assertEqual(bailiwick.clock.now().isoformat(), "2026-01-02T03:04:05.123456+00:00")
        self.host.answers["now"] = (-1, 1)
        self.assertEqual(bailiwick.clock.now_ns(), -999_999_999)
        self.assertEqual(bailiwick.clock.elapsed_ns(), 1_500_000)

    def test_random_bytes(self) -> None:
        self.assertEqual(bailiwick.random_bytes(3), b"\x07\x07\x07")


if __name__ == "__main__":
    unittest.main()
