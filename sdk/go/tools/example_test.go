package tools_test

import (
	"errors"

	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/tools"
	"bailiwick.dev/sdk/wit/bailiwick_tools_call_tool"
)

func ExampleCall() {
	words, err := tools.Call("word-count.words", `{"text": "one two"}`)
	if errors.Is(err, tools.ErrDenied) {
		return
	}
	log.Info(words)
}

func ExampleToolError() {
	_, err := tools.Call("csv-report.summarise", `{"path": "data/input.csv"}`)
	var own *tools.ToolError
	if errors.As(err, &own) {
		log.Warn(own.JSON)
	}
}

func ExampleToWit() {
	type failure struct {
		cause bailiwick_tools_call_tool.Error
	}
	if _, err := tools.Call("word-count", "{}"); err != nil {
		_ = failure{tools.ToWit(err)}
	}
}
