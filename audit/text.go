package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// LongText is the length in bytes above which a value is not kept in an entry: its
// digest and its length are, and it is kept beside the log.
const LongText = 2048

// saltSize is the length of the salt of a commitment in bytes: 128 bits, as RFC
// 9901 section 9.3 asks of a salt.
const saltSize = 16

// A Text is a value of a field in an entry, in one of three forms: the value
// itself, the digest and the length of a long one, or a commitment to one that is
// personal data.
type Text struct {
	Value      string
	SHA256     string // hex
	Length     int64  // bytes
	Commitment string // hex, SHA-256 of salt and value

	open *opening
	long string // the value of a digest, to be kept beside the log
}

// An opening is what opens a commitment: it lies beside the log, and can be erased.
type opening struct {
	salt  []byte
	value string
}

// Equal reports whether t and u say the same in an entry.
func (t Text) Equal(u Text) bool {
	t.open, u.open = nil, nil
	t.long, u.long = "", ""
	return t == u
}

// Kept returns the value of a digest that was not read from a log, which is what lies beside
// the log once the entry is appended; "" for any other text.
func (t Text) Kept() string { return t.long }

// NewText returns the text of value: the value itself, or its digest and length
// when it is longer than [LongText].
func NewText(value string) *Text {
	if len(value) <= LongText {
		return &Text{Value: value}
	}
	return Digested(value)
}

// Personal returns a commitment to value, for names, addresses and whatever else
// identifies a person. The entry says nothing about the value, not even whether two
// are equal; salt and value are kept beside the log.
func Personal(value string) *Text {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return &Text{Commitment: Commit(salt, value), open: &opening{salt, value}}
}

// Commit returns the commitment to value under salt.
func Commit(salt []byte, value string) string {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil))
}

// Digested returns the digest and the length of a text. What is not UTF-8 in it is
// replaced first, as in an entry: a line of JSON could not hold it.
func Digested(s string) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	sum := sha256.Sum256([]byte(s))
	return &Text{SHA256: hex.EncodeToString(sum[:]), Length: int64(len(s)), long: s}
}
