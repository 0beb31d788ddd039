// Package counter is the interface of this name in wit/world.wit.
package counter

import (
	"fmt"

	"bailiwick.dev/sdk/http"
	"{{namespace}}/{{name}}/internal/lines"
)

// CountLines counts the lines of what the URL answers.
func CountLines(url string) http.Result[uint32] {
	return http.Return(countLines(url))
}

func countLines(url string) (uint32, error) {
	answer, err := http.Open(url)
	if err != nil {
		return 0, err
	}
	defer answer.Close()
	if status := answer.Status(); status/100 != 2 {
		return 0, fmt.Errorf("the status is %d", status)
	}
	return lines.Count(answer)
}
