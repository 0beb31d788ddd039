"""What the tool offers: the interface `counter` of `wit/world.wit`."""

import bailiwick
from wit_world import exports

from {{name_snake}}.counting import count_lines


class Counter(exports.Counter):
    @bailiwick.exported()
    def count_lines(self, text: str) -> int:
        return count_lines(text)
