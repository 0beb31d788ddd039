"""Files: whole, as Python's files, and as handles that were handed over."""

import io
import unittest

from context import Case, bailiwick, files_types


class Whole(Case):
    def test_reads_bytes_and_text(self) -> None:
        self.host.files["a"] = "日\r\n".encode()
        self.assertEqual(bailiwick.read_bytes("a"), b"\xe6\x97\xa5\r\n")
        self.assertEqual(bailiwick.read_text("a"), "日\r\n")
        self.assertEqual(bailiwick.read_range("a", 1, 2), b"\x97\xa5")

    def test_text_that_is_none_is_an_error_of_pythons_own(self) -> None:
        self.host.files["a"] = b"\xff"
        with self.assertRaises(UnicodeDecodeError):
            bailiwick.read_text("a")
        self.assertEqual(bailiwick.read_text("a", errors="replace"), "\ufffd")
        self.assertEqual(bailiwick.read_text("a", "latin-1"), "ÿ")

    def test_writes_bytes_and_text(self) -> None:
        bailiwick.write_bytes("b", b"\x00")
        bailiwick.write_text("t", "é\n")
        self.assertEqual(self.host.files, {"b": b"\x00", "t": b"\xc3\xa9\n"})

    def test_lists_a_directory_and_the_root(self) -> None:
        entries = [bailiwick.Entry("a.csv", False, 7), bailiwick.Entry("old", True, 0)]
        self.assertEqual(bailiwick.list_dir("data"), entries)
        bailiwick.list_dir()
        self.assertEqual(self.host.calls, ["list-files.list data", "list-files.list ."])


class Reading(Case):
    def test_reads_lines_of_text(self) -> None:
        self.host.files["a"] = "één\ntwee".encode()
        with bailiwick.open("a") as file:
            self.assertEqual(list(file), ["één\n", "twee"])

    def test_universal_newlines_are_the_builtins(self) -> None:
        self.host.files["a"] = b"1\r\n2"
        with bailiwick.open("a") as file:
            self.assertEqual(file.read(), "1\n2")
        with bailiwick.open("a", newline="") as file:
            self.assertEqual(file.read(), "1\r\n2")

    def test_no_read_asks_for_more_than_a_piece(self) -> None:
        content = bytes(range(256)) * 1000
        self.host.files["a"] = content
        with bailiwick.open("a", "rb") as file:
            self.assertEqual(file.read(), content)
        with bailiwick.open("a", "rb") as file:
            self.assertEqual(file.read(200_000), content[:200_000])
        asked = [int(call.split()[1]) for call in self.host.calls if call.startswith("reader.read")]
        self.assertLessEqual(max(asked), 65_536)
        self.assertGreaterEqual(len(asked), 8)

    def test_a_piece_is_one_call_of_exactly_that(self) -> None:
        self.host.files["a"] = b"x" * 100_000
        with bailiwick.open("a", "rb") as file:
            self.assertEqual(len(file.raw.read_piece(100_000)), 100_000)
        self.assertEqual(self.host.calls, ["read-file.open a", "reader.read 100000"])

    def test_seeks_from_start_here_and_end(self) -> None:
        self.host.files["a"] = b"0123456789"
        with bailiwick.open("a", "rb") as file:
            self.assertEqual((file.seek(3), file.read(2)), (3, b"34"))
            self.assertEqual((file.seek(2, io.SEEK_CUR), file.read(1)), (7, b"7"))
            self.assertEqual((file.seek(-1, io.SEEK_END), file.read()), (9, b"9"))
            self.assertEqual((file.seek(20), file.read()), (20, b""))
            self.assertEqual(file.raw.size, 10)
            with self.assertRaises(ValueError):
                file.raw.seek(-1)

    def test_a_closed_file_reads_nothing(self) -> None:
        self.host.files["a"] = b"x"
        file = bailiwick.open("a", "rb")
        raw = file.raw
        file.close()
        file.close()
        with self.assertRaises(ValueError):
            file.read()
        with self.assertRaises(ValueError):
            raw.read(1)

    def test_an_error_while_reading_is_an_exception_and_the_handle_goes_back(self) -> None:
        self.host.files["a"] = b"x"
        self.host.errors["reader.read"] = files_types.Error_Unavailable()
        with self.assertRaises(bailiwick.Unavailable), bailiwick.open("a") as file:
            file.read()

    def test_a_mode_that_is_none(self) -> None:
        with self.assertRaisesRegex(ValueError, "not `a`"):
            bailiwick.open("a", "a")  # type: ignore[call-overload]
        self.assertEqual(self.host.calls, [])


class Writing(Case):
    def test_a_block_that_ends_well_commits(self) -> None:
        with bailiwick.open("t", "w") as file:
            print("één", file=file)
            self.assertNotIn("t", self.host.files)
        self.assertEqual(self.host.files["t"], "één\n".encode())
        with bailiwick.open("b", "wb") as binary:
            binary.write(b"1")
            binary.write(b"2")
        self.assertEqual(self.host.files["b"], b"12")
        self.assertEqual(self.host.calls.count("writer.write 2"), 1, "small writes are one call")

    def test_an_exception_leaves_the_file_as_it_was(self) -> None:
        self.host.files = {"t": b"old", "b": b"old"}
        with self.assertRaises(KeyError), bailiwick.open("t", "w") as file:
            file.write("new")
            raise KeyError
        with self.assertRaises(KeyError), bailiwick.open("b", "wb") as binary:
            binary.write(b"new")
            raise KeyError
        self.assertEqual(self.host.files, {"t": b"old", "b": b"old"})
        self.assertNotIn("writer.commit", self.host.calls)

    def test_without_a_commit_close_writes_nothing(self) -> None:
        file = bailiwick.open("t", "w")
        file.write("new")
        file.close()
        file.close()
        self.assertEqual(self.host.files, {})
        with self.assertRaises(ValueError):
            file.write("more")

    def test_a_writer_that_is_forgotten_writes_nothing(self) -> None:
        bailiwick.open("t", "w").write("new")
        self.assertEqual(self.host.files, {})

    def test_a_commit_by_hand_writes_and_writing_after_it_is_invalid(self) -> None:
        with self.assertRaises(bailiwick.Invalid), bailiwick.open("t", "w") as file:
            file.write("new")
            file.commit()
            self.assertEqual(self.host.files, {"t": b"new"})
            file.write("more")
        self.assertEqual(self.host.files, {"t": b"new"})

    def test_large_data_goes_in_pieces(self) -> None:
        with bailiwick.open("b", "wb") as file:
            file.write(b"x" * 200_000)
        self.assertEqual(len(self.host.files["b"]), 200_000)
        sizes = [int(call.split()[1]) for call in self.host.calls if call.startswith("writer.write")]
        self.assertLessEqual(max(sizes), 65_536)

    def test_an_error_while_writing_leaves_the_file_as_it_was(self) -> None:
        self.host.files["t"] = b"old"
        for function in ("writer.write", "writer.commit"):
            self.host.errors = {function: files_types.Error_Quota()}
            with self.assertRaises(bailiwick.QuotaExceeded), bailiwick.open("t", "w") as file:
                file.write("new")
        self.assertEqual(self.host.files, {"t": b"old"})

    def test_a_writer_that_cannot_be_made(self) -> None:
        self.host.errors["write-file.create"] = files_types.Error_Denied()
        with self.assertRaises(bailiwick.Denied):
            bailiwick.open("t", "w")


class HandedOver(Case):
    def test_a_reader_stays_its_owners(self) -> None:
        with files_types.Reader(b"1\n2\n") as handle:
            with bailiwick.open(handle) as file:
                self.assertEqual(file.readlines(), ["1\n", "2\n"])
            handle.seek(0)
            with bailiwick.open(handle, "rb") as binary:
                self.assertEqual(binary.read(), b"1\n2\n")

    def test_a_writer_is_flushed_and_its_commit_is_the_hosts(self) -> None:
        with files_types.Writer("t") as handle:
            with bailiwick.open(handle, "w") as file:
                file.write("one ")
            with bailiwick.open(handle, "wb") as binary:
                binary.write(b"two")
            self.assertNotIn("writer.commit", self.host.calls)
            handle.commit()
        self.assertEqual(self.host.files, {"t": b"one two"})


if __name__ == "__main__":
    unittest.main()
