"""What the tool offers: the interface `counter` of `wit/world.wit`."""

import bailiwick
from wit_world import exports

from {{name_snake}}.counting import count_lines


class Counter(exports.Counter):
    @bailiwick.exported(errors="files")
    def count_lines(self, path: str) -> int:
        with bailiwick.open(path, "rb") as file:
            return count_lines(file)
