package log_test

import "bailiwick.dev/sdk/log"

func ExampleLog() { log.Log(log.LevelInfo, "done") }

func ExampleDebug() { log.Debug("second pass") }

func ExampleInfo() { log.Info("done") }

func ExampleWarn() { log.Warn("a row without an amount") }

func ExampleError() { log.Error("the table has no header") }
