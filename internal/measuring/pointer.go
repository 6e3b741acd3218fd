package measuring

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostAnswer is how long a file or an answer may be, in bytes.
const mostAnswer = 1 << 20

// read finds the value in what a source answered: the whole of it, or what a JSON Pointer leads to.
func read(data []byte, pointer string) (Answer, error) {
	a := Answer{Digest: digest(data)}
	if !utf8.Valid(data) {
		return a, errors.New("the answer is no text")
	}
	if pointer == "" {
		a.Value = strings.TrimSpace(string(data))
		if a.Value == "" {
			return a, errors.New("the answer is empty")
		}
		return a, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a value is kept as it is written
	var doc any
	if err := d.Decode(&doc); err != nil {
		return a, errors.New("the answer is no JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return a, errors.New("the answer is no JSON: something follows it")
	}
	found, ok := follow(doc, pointer)
	if !ok {
		return a, errors.New("the answer has nothing at " + pointer)
	}
	switch v := found.(type) {
	case string:
		a.Value = strings.TrimSpace(v)
	case json.Number:
		a.Value = v.String()
	case bool:
		a.Value = strconv.FormatBool(v)
	}
	if a.Value == "" {
		return a, errors.New("the answer has no value at " + pointer)
	}
	return a, nil
}

// follow goes where a JSON Pointer leads (RFC 6901).
func follow(doc any, pointer string) (any, bool) {
	for _, name := range strings.Split(pointer, "/")[1:] {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		switch v := doc.(type) {
		case map[string]any:
			next, ok := v[name]
			if !ok {
				return nil, false
			}
			doc = next
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(v) || strconv.Itoa(n) != name {
				return nil, false
			}
			doc = v[n]
		default:
			return nil, false
		}
	}
	return doc, true
}

// digest is the SHA-256 of data, in hexadecimal.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
