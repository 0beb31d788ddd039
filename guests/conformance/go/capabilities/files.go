// Package capabilities makes each function of every capability once.
package capabilities

import (
	"io"

	"bailiwick.dev/sdk/files"
	"go.bytecodealliance.org/pkg/wit/types"
)

type sized = wit_types.Tuple2[uint64, []uint8]

func Read(path string) files.Result[[]uint8] { return files.Return(files.ReadFile(path)) }

func ReadRange(path string, offset uint64, length uint32) files.Result[[]uint8] {
	return files.Return(files.ReadRange(path, offset, length))
}

func ReadInPieces(path string, offset uint64, piece uint32) files.Result[sized] {
	return files.Return(readInPieces(path, offset, piece))
}

func readInPieces(path string, offset uint64, piece uint32) (sized, error) {
	reader, err := files.Open(path)
	if err != nil {
		return sized{}, err
	}
	defer reader.Close()
	if _, err := reader.Seek(int64(offset), io.SeekStart); err != nil {
		return sized{}, err
	}
	bytes, err := readAll(reader, piece)
	return sized{F0: reader.Size(), F1: bytes}, err
}

// pieces are what files and answers are read in.
type pieces interface {
	ReadPiece(max uint32) ([]uint8, error)
}

// readAll reads to the end in pieces of this size.
func readAll(source pieces, size uint32) ([]uint8, error) {
	all := []uint8{}
	for {
		piece, err := source.ReadPiece(size)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, piece...)
	}
}

func Write(path string, bytes []uint8) files.Result[wit_types.Unit] {
	return files.Done(files.WriteFile(path, bytes))
}

func WriteInPieces(path string, pieces [][]uint8, commit bool) files.Result[wit_types.Unit] {
	return files.Done(writeInPieces(path, pieces, commit))
}

func writeInPieces(path string, pieces [][]uint8, commit bool) error {
	writer, err := files.Create(path)
	if err != nil {
		return err
	}
	defer writer.Close()
	for _, piece := range pieces {
		if _, err := writer.Write(piece); err != nil {
			return err
		}
	}
	if !commit {
		return nil
	}
	return writer.Commit()
}

func WriteAfterCommit(path string) files.Result[wit_types.Unit] {
	return files.Done(writeAfterCommit(path))
}

func writeAfterCommit(path string) error {
	writer, err := files.Create(path)
	if err != nil {
		return err
	}
	defer writer.Close()
	if err := writer.Commit(); err != nil {
		return err
	}
	_, err = writer.Write([]uint8("late"))
	return err
}

func List(path string) files.Result[[]files.Entry] { return files.Return(files.List(path)) }
