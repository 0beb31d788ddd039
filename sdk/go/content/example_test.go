package content_test

import (
	"fmt"

	"bailiwick.dev/sdk/content"
)

func ExampleText() {
	fmt.Println(content.Text("nothing was found").Text())
	// Output: nothing was found
}

func ExampleImage() {
	fmt.Println(content.Image("image/png", []byte{137}).Image().MediaType)
	// Output: image/png
}

func ExampleAudio() {
	fmt.Println(content.Audio("audio/ogg", nil).Audio().MediaType)
	// Output: audio/ogg
}

func ExampleTextDocument() {
	notes := content.TextDocument("notes.md", "text/markdown", "# Notes").Document()
	fmt.Println(notes.Uri, notes.MediaType.Some(), notes.Body.Text())
	// Output: notes.md text/markdown # Notes
}

func ExampleDocument() {
	table := content.Document("table.bin", "", []byte{1, 2}).Document()
	fmt.Println(table.MediaType.IsNone(), len(table.Body.Blob()))
	// Output: true 2
}
