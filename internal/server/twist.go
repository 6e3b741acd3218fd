package server

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// twists reports whether a character turns the order in which the text after it is shown: with one in a value, "minor → major" could look
// like its opposite. Right-to-left text needs none of them.
func twists(r rune) bool { return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' }

// untwisted shows these characters of a page by their numbers, as the command line does. What a form sends back, and what the audit log
// hashes, stay as they are: inputs and preformatted texts are boxes of their own, around which they turn nothing.
func untwisted(page []byte) []byte {
	if !twisted(page) {
		return page
	}
	var pairs []string
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		pairs = append(pairs, string(r), fmt.Sprintf(`\u{%x}`, r))
	}
	shown := strings.NewReplacer(pairs...)
	var out bytes.Buffer
	for len(page) > 0 {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			i = len(page)
		}
		out.WriteString(shown.Replace(string(page[:i])))
		page = page[i:]
		i = tagLength(page)
		out.Write(page[:i])
		page = page[i:]
	}
	return out.Bytes()
}

// twisted reports whether a page has one of these characters. Nearly no page has one.
func twisted(page []byte) bool {
	const first = 0xE2 // byte of all of them
	for {
		i := bytes.IndexByte(page, first)
		if i < 0 {
			return false
		}
		if r, _ := utf8.DecodeRune(page[i:]); twists(r) {
			return true
		}
		page = page[i+1:]
	}
}

// tagLength is the length of the tag at the beginning of a page, with its content if that stays as it is.
func tagLength(page []byte) int {
	end := ">"
	for _, name := range []string{"textarea", "pre"} {
		if bytes.HasPrefix(page, []byte("<"+name+">")) || bytes.HasPrefix(page, []byte("<"+name+" ")) {
			end = "</" + name + ">"
		}
	}
	if i := bytes.Index(page, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(page)
}
