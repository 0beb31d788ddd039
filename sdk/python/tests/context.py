"""The SDK, over a fake of what `componentize-py` generates. It has to be there before the SDK looks for it."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "fake"), str(HERE.parent / "src")]

import bailiwick
import host as fake
from bailiwick import _world as world
from componentize_py_types import Err
from wit_world.imports import bailiwick_content_types as content_types
from wit_world.imports import bailiwick_files_types as files_types
from wit_world.imports import bailiwick_http_types as http_types
from wit_world.imports import call_tool, clock, key_value, random

__all__ = [
    "HERE",
    "Case",
    "Err",
    "bailiwick",
    "call_tool",
    "clock",
    "content_types",
    "files_types",
    "http_types",
    "key_value",
    "random",
    "world",
]


class Case(unittest.TestCase):
    """A test with a host of its own, which has every handle back at the end."""

    def setUp(self) -> None:
        self.host = fake.reset()

    def tearDown(self) -> None:
        self.assertEqual(self.host.open_handles, 0, "handles that were not given back")
