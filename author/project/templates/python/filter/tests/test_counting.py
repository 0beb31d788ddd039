import io
import unittest

from {{name_snake}}.counting import PIECE, count_lines


class CountLines(unittest.TestCase):
    def test_the_last_line_needs_no_end(self) -> None:
        for text, expected in [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2)]:
            with self.subTest(text):
                self.assertEqual(count_lines(io.BytesIO(text)), expected)

    def test_a_line_may_go_from_piece_to_piece(self) -> None:
        text = b"x" * PIECE + b"\n" + b"y" * PIECE
        self.assertEqual(count_lines(io.BytesIO(text)), 2)


if __name__ == "__main__":
    unittest.main()
