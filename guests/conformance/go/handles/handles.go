// Package handles works on open files that are arguments, in pieces: a file of any size takes the same memory.
package handles

import (
	"errors"
	"hash/fnv"
	"io"

	"bailiwick.dev/sdk/files"
	"go.bytecodealliance.org/pkg/wit/types"
)

const piece = 65536

func Copy(source *files.ReaderArgument, target *files.WriterArgument) files.Result[uint64] {
	copied, err := io.CopyBuffer(files.NewWriter(target), files.NewReader(source), make([]byte, piece))
	return files.Return(uint64(copied), err)
}

func Hash(source *files.ReaderArgument) files.Result[uint64] {
	hash := fnv.New64a()
	_, err := io.CopyBuffer(hash, files.NewReader(source), make([]byte, piece))
	return files.Return(hash.Sum64(), err)
}

func FailAfterWriting(target *files.WriterArgument, bytes []uint8) files.Result[wit_types.Unit] {
	if _, err := files.NewWriter(target).Write(bytes); err != nil {
		return files.Done(err)
	}
	return files.Done(errors.New("on purpose"))
}
