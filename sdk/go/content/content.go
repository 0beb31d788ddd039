// Package content makes answers that are more than data: text, pictures, sound, documents, for functions whose result has the type
// content of bailiwick:content/types. A host that serves agents shows them as what they are.
package content

import (
	"bailiwick.dev/sdk/wit/bailiwick_content_types"
	witTypes "go.bytecodealliance.org/pkg/wit/types"
)

// Content is one part of an answer.
type Content = bailiwick_content_types.Content

// Text is text for the model.
func Text(text string) Content { return bailiwick_content_types.MakeContentText(text) }

// Image is a picture of this media type.
func Image(mediaType string, data []byte) Content {
	return bailiwick_content_types.MakeContentImage(bailiwick_content_types.Media{MediaType: mediaType, Data: data})
}

// Audio is sound of this media type.
func Audio(mediaType string, data []byte) Content {
	return bailiwick_content_types.MakeContentAudio(bailiwick_content_types.Media{MediaType: mediaType, Data: data})
}

// TextDocument is a document of text under a name of its own, from which nothing is ever fetched.
func TextDocument(uri, mediaType, text string) Content {
	return document(uri, mediaType, bailiwick_content_types.MakeBodyText(text))
}

// Document is a document of bytes under a name of its own, from which nothing is ever fetched.
func Document(uri, mediaType string, data []byte) Content {
	return document(uri, mediaType, bailiwick_content_types.MakeBodyBlob(data))
}

func document(uri, mediaType string, body bailiwick_content_types.Body) Content {
	media := witTypes.None[string]()
	if mediaType != "" {
		media = witTypes.Some(mediaType)
	}
	return bailiwick_content_types.MakeContentDocument(bailiwick_content_types.Document{Uri: uri, MediaType: media, Body: body})
}
