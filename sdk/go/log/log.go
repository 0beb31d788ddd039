// Package log writes lines into the operator's log. It needs no line of policy, and nothing of it reaches the agent.
package log

import (
	"strings"

	"bailiwick.dev/sdk/wit/bailiwick_log_log"
)

// Level is how much a line matters.
type Level = bailiwick_log_log.Level

// The levels.
const (
	// LevelDebug is for the author, while looking for a fault.
	LevelDebug = bailiwick_log_log.LevelDebug
	// LevelInfo is for the operator, when all is well.
	LevelInfo = bailiwick_log_log.LevelInfo
	// LevelWarn is for what the operator may want to look at.
	LevelWarn = bailiwick_log_log.LevelWarn
	// LevelError is for what went wrong.
	LevelError = bailiwick_log_log.LevelError
)

// Log writes one line. It never fails: past the limit of the log, lines are counted and dropped.
func Log(level Level, message string) {
	bailiwick_log_log.Log(level, strings.ToValidUTF8(message, "\uFFFD"))
}

// Debug writes a line at LevelDebug.
func Debug(message string) { Log(LevelDebug, message) }

// Info writes a line at LevelInfo.
func Info(message string) { Log(LevelInfo, message) }

// Warn writes a line at LevelWarn.
func Warn(message string) { Log(LevelWarn, message) }

// Error writes a line at LevelError.
func Error(message string) { Log(LevelError, message) }
