"""Worlds: the names that the generated modules have, interfaces that are not there, and the examples of all that is public."""

import inspect
import subprocess
import sys
import types
import unittest
from pathlib import Path
from unittest import mock

from context import HERE, Case, bailiwick, world


class Names(Case):
    def found(self, modules: dict[str, list[str]], package: str, interface: str, member: str) -> object:
        """What is found where the world has these modules with these members and no other."""
        there: dict[str, types.ModuleType | None] = {
            name: None for name in list(sys.modules) if name.startswith("wit_world.imports.")
        }
        for name in ("types", "key_value", "bailiwick_files_types", "bailiwick_http_types", "log", "bailiwick_log_log"):
            there[f"wit_world.imports.{name}"] = None
        for name, members in modules.items():
            module = types.ModuleType(name)
            module.__dict__.update(dict.fromkeys(members, name))
            there[f"wit_world.imports.{name}"] = module
        with mock.patch.dict(sys.modules, there):
            found = world.imported(package, interface, member)
        return found.__name__ if isinstance(found, types.ModuleType) else found

    def test_the_short_name_where_it_is_the_only_one(self) -> None:
        self.assertEqual(self.found({"types": ["Reader"]}, "files", "types", "Reader"), "types")

    def test_the_long_names(self) -> None:
        long = {"bailiwick_files_types": ["Reader"], "bailiwick_http_types": ["Incoming"]}
        self.assertEqual(self.found(long, "files", "types", "Reader"), "bailiwick_files_types")
        full = {"bailiwick_http_types_0_1_0": ["Incoming"]}
        self.assertEqual(self.found(full, "http", "types", "Incoming"), "bailiwick_http_types_0_1_0")

    def test_a_package_of_two_words(self) -> None:
        long = {"bailiwick_key_value_key_value": ["compare_and_set"]}
        found = self.found(long, "key-value", "key-value", "compare_and_set")
        self.assertEqual(found, "bailiwick_key_value_key_value")

    def test_somebody_elses_interface_is_not_taken_for_ours(self) -> None:
        found = self.found({"types": ["Incoming"], "log": ["write"]}, "files", "types", "Reader")
        self.assertFalse(world.is_imported(found))
        found = self.found({"log": ["write"], "bailiwick_log_log": ["Level"]}, "log", "log", "Level")
        self.assertEqual(found, "bailiwick_log_log")


class Absent(unittest.TestCase):
    def test_without_bindings_the_sdk_imports_and_says_what_is_missing(self) -> None:
        program = "import bailiwick\ntry:\n  bailiwick.open('a')\nexcept bailiwick.NotImported as e: print(e)"
        source = str(HERE.parent / "src")
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r})\n{program}"]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path("/")).stdout
        self.assertEqual(output, "the tool's world does not import `bailiwick:files/read-file`, which has `open`\n")


class Documentation(unittest.TestCase):
    def test_every_public_item_has_a_docstring_with_an_example(self) -> None:
        modules = [bailiwick, bailiwick.clock, bailiwick.errors, bailiwick.files, bailiwick.http, bailiwick.log]
        modules += [bailiwick.content, bailiwick.key_value, bailiwick.progress, bailiwick.tools]
        missing = [name for module in modules for name in without_example(module)]
        self.assertEqual(missing, [])


def without_example(module: types.ModuleType) -> list[str]:
    """The public functions, classes and methods of a module whose docstring shows no use of them."""
    items = {f"{module.__name__}.{name}": getattr(module, name) for name in module.__all__}
    for name, item in list(items.items()):
        if inspect.isclass(item):
            own = {key: value for key, value in vars(item).items() if not key.startswith("_") and callable(value)}
            items |= {f"{name}.{key}": value for key, value in own.items()}
    documented = {name: item for name, item in items.items() if inspect.isroutine(item) or inspect.isclass(item)}
    return [name for name, item in documented.items() if "Example" not in (item.__doc__ or "")]


if __name__ == "__main__":
    unittest.main()
