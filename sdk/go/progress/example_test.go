package progress_test

import "bailiwick.dev/sdk/progress"

func ExampleReport() {
	pages := []string{"a", "b"}
	for done, page := range pages {
		progress.Report{Done: uint64(done), Total: uint64(len(pages)), Message: "page " + page}.Send()
	}
}
