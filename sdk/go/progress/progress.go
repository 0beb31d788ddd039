// Package progress tells whoever waits for a call how far it is. It needs no grant, and is no way to an agent.
package progress

import (
	"bailiwick.dev/sdk/wit/bailiwick_progress_progress"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// Report is what is told.
type Report struct {
	// Done is how much is done, in units of the tool's own choice.
	Done uint64
	// Total is how much there is to do in all; 0 where that is not known.
	Total uint64
	// Message is one short line for a person, or empty. What is longer than 200 bytes is cut.
	Message string
}

// Send sends the report. It never fails: what comes faster than it can be shown is dropped. The world must import progress.
func (report Report) Send() {
	total, message := witTypes.None[uint64](), witTypes.None[string]()
	if report.Total != 0 {
		total = witTypes.Some(report.Total)
	}
	if report.Message != "" {
		message = witTypes.Some(report.Message)
	}
	bailiwick_progress_progress.Report(report.Done, total, message)
}
