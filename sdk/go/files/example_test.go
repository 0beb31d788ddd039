package files_test

import (
	"bufio"
	"errors"
	"io"
	"io/fs"

	"bailiwick.dev/sdk/files"
	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/wit/bailiwick_files_types"
)

var (
	argument *files.ReaderArgument
	target   *files.WriterArgument
)

func ExampleReadFile() {
	content, err := files.ReadFile("data/input.csv")
	if errors.Is(err, files.ErrNotFound) {
		content = nil
	}
	_ = content
}

func ExampleReadRange() {
	magic, err := files.ReadRange("picture.png", 0, 8)
	_, _ = magic, err
}

func ExampleOpen() {
	file, err := files.Open("data/input.csv")
	if err != nil {
		return
	}
	defer file.Close()
	for rows := bufio.NewScanner(file); rows.Scan(); {
		log.Debug(rows.Text())
	}
}

func ExampleWriteFile() {
	if err := files.WriteFile("out.csv", []byte("day,amount\n")); err != nil {
		log.Warn(err.Error())
	}
}

func ExampleCreate() {
	file, err := files.Create("out.csv")
	if err != nil {
		return
	}
	defer file.Close()
	if _, err := io.WriteString(file, "day,amount\n"); err != nil {
		return
	}
	_ = file.Commit()
}

func ExampleList() {
	entries, _ := files.List("data")
	total := uint64(0)
	for _, entry := range entries {
		if entry.Kind == files.KindFile {
			total += entry.Size
		}
	}
}

func ExampleNewReader() {
	// func Total(table *files.ReaderArgument) files.Result[uint64]
	rows := bufio.NewScanner(files.NewReader(argument))
	_ = rows.Scan()
}

func ExampleNewWriter() {
	// func Convert(out *files.WriterArgument) files.Result[wit_types.Unit]
	_, err := io.WriteString(files.NewWriter(target), "day,amount\n")
	_ = files.Done(err)
}

func ExampleReader_Seek() {
	file := files.NewReader(argument)
	_, _ = file.Seek(0, io.SeekStart)
}

func ExampleReader_ReadPiece() {
	file := files.NewReader(argument)
	for {
		piece, err := file.ReadPiece(1 << 16)
		if err != nil {
			break
		}
		_ = piece
	}
}

func ExampleReader_Size() {
	buffer := make([]byte, 0, files.NewReader(argument).Size())
	_ = buffer
}

func ExampleReturn() {
	countLines := func(path string) (uint32, error) { return 0, nil }
	// CountLines is what the world exports.
	CountLines := func(path string) files.Result[uint32] { return files.Return(countLines(path)) }
	_ = CountLines
}

func ExampleDone() {
	write := func(path string) error { return files.WriteFile(path, nil) }
	// The WIT says result<_, error>.
	_ = files.Done(write("out.csv"))
}

func ExampleToWit() {
	type failure struct{ cause bailiwick_files_types.Error }
	if _, err := files.Open("data/input.csv"); err != nil {
		_ = failure{files.ToWit(err)}
	}
}

func ExampleError() {
	_, err := files.ReadFile("data/input.csv")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, files.ErrLimit):
	}
}
