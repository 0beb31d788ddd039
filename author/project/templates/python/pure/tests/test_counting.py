import unittest

from {{name_snake}}.counting import count_lines


class CountLines(unittest.TestCase):
    def test_the_last_line_needs_no_end(self) -> None:
        for text, expected in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)]:
            with self.subTest(text):
                self.assertEqual(count_lines(text), expected)


if __name__ == "__main__":
    unittest.main()
