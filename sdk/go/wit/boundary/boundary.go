// Package boundary is called by the bindings wherever control passes between the tool and its host.
//
// While the host puts a value into the tool's memory, the tool may call nothing of the host: the call would end in a trap. Go's
// collector reads the clock, which is a call of the host, and starts whenever memory is asked for. So it rests while control is
// with the host, and works while it is with the tool. A tool calls nothing of this package.
package boundary

import (
	"runtime"
	"runtime/debug"
)

// percent is Go's own default of how much a heap grows between two collections.
const percent = 100

// borrowed are the handles that this call got as arguments.
var borrowed []interface{ Drop() }

func init() {
	// On the machine of the author, where tests run, there is no host.
	if runtime.GOARCH == "wasm" {
		debug.SetGCPercent(-1)
	}
}

// Enter is called when an exported function begins.
func Enter() { debug.SetGCPercent(percent) }

// Exit is called when an exported function ends. Handles that were only lent for the call have to be given back before.
func Exit() {
	for _, handle := range borrowed {
		handle.Drop()
	}
	borrowed = nil
	Leave()
}

// Leave is called before a call of the host. It waits for a collection that is going on.
func Leave() {
	debug.SetGCPercent(-1)
	// What the collection set free to run, such as cleanups that close handles, runs now and not while the host is at work.
	runtime.Gosched()
}

// Return is called after a call of the host.
func Return() { debug.SetGCPercent(percent) }

// Borrow notes a handle that is to be given back when the exported function ends.
func Borrow[H interface{ Drop() }](handle H) H {
	borrowed = append(borrowed, handle)
	return handle
}
