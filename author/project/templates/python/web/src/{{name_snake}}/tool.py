"""What the tool offers: the interface `counter` of `wit/world.wit`."""

import bailiwick
from wit_world import exports

from {{name_snake}}.counting import count_lines


class Counter(exports.Counter):
    @bailiwick.exported(errors="http")
    def count_lines(self, url: str) -> int:
        with bailiwick.http_open(url) as answer:
            if not answer.ok:
                raise bailiwick.Other(f"the status is {answer.status}")
            return count_lines(answer)
