// Package files reads and writes the files that the policy names, and those that the caller hands over.
//
// A tool has no file system: package os finds nothing. It has the paths of its policy, relative to the policy's root, with `/`.
// Readers and writers are those of package io; errors are asked with errors.Is.
package files

import (
	"bailiwick.dev/sdk/wit/bailiwick_files_list_files"
	"bailiwick.dev/sdk/wit/bailiwick_files_read_file"
	"bailiwick.dev/sdk/wit/bailiwick_files_write_file"
)

// ReadFile reads the whole file at path. The world must import read-file.
func ReadFile(path string) ([]byte, error) {
	return unpack(bailiwick_files_read_file.Read(path))
}

// ReadRange reads at most length bytes of the file at path from offset on; fewer only at its end. The world must import
// read-file.
func ReadRange(path string, offset uint64, length uint32) ([]byte, error) {
	return unpack(bailiwick_files_read_file.ReadRange(path, offset, length))
}

// Open opens the file at path for reading. The world must import read-file.
func Open(path string) (*Reader, error) {
	opened, err := unpack(bailiwick_files_read_file.Open(path))
	if err != nil {
		return nil, err
	}
	return NewReader(opened), nil
}

// WriteFile makes data the content of the file at path, in one step. The world must import write-file.
func WriteFile(path string, data []byte) error {
	_, err := unpack(bailiwick_files_write_file.Write(path, data))
	return err
}

// Create starts writing the file at path. It changes at Commit; closing without leaves it as it was. The world must import
// write-file.
func Create(path string) (*Writer, error) {
	created, err := unpack(bailiwick_files_write_file.Create(path))
	if err != nil {
		return nil, err
	}
	return NewWriter(created), nil
}

// Entry is an entry of a directory: its Name, its Kind (KindFile or KindDirectory) and its Size.
type Entry = bailiwick_files_list_files.Entry

// What an entry is.
const (
	// KindFile is a regular file.
	KindFile = bailiwick_files_list_files.KindFile
	// KindDirectory is a directory.
	KindDirectory = bailiwick_files_list_files.KindDirectory
)

// List lists the directory at path, sorted by name; `.` is the policy's root. The world must import list-files.
func List(path string) ([]Entry, error) {
	return unpack(bailiwick_files_list_files.List(path))
}
