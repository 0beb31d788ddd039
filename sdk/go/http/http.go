// Package http sends requests to the URLs that the policy names.
//
// A tool has no network: package net/http reaches nothing. Redirects are followed, each decided again; an answer with a status
// of 400 or more is no error.
package http

import (
	"strings"

	"bailiwick.dev/sdk/wit/bailiwick_http_http_get"
	"bailiwick.dev/sdk/wit/bailiwick_http_types"
)

// Header is a header: its Name, in lower case when it comes from a server, and its Value.
type Header = bailiwick_http_types.Header

// Response is a whole answer: its Status, the Url that answered, its Headers and its Body.
type Response = bailiwick_http_types.Response

// Get reads a URL. The world must import http-get.
func Get(url string) (Response, error) {
	return unpack(bailiwick_http_http_get.Get(url))
}

// Open reads a URL whose body comes in pieces. The world must import http-get.
func Open(url string) (*Incoming, error) {
	return opened(unpack(bailiwick_http_http_get.Open(url)))
}

// Find is the value of the first header of this name, whatever its case.
func Find(headers []Header, name string) (string, bool) {
	for _, header := range headers {
		if strings.EqualFold(header.Name, name) {
			return header.Value, true
		}
	}
	return "", false
}
