package transport

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// A Signed is the body of a webhook delivery and the signature that it must match. The
// body goes into the HMAC while it is read, so that it is held once.
type Signed struct {
	given []byte
	macs  []hash.Hash // one for each secret
	// body holds the written bytes in pieces: a buffer that grows by doubling may take three
	// times as much memory, and most large bodies come from strangers.
	body [][]byte
}

// pieceSize is the size of the pieces of a body, in bytes.
const pieceSize = 32 << 10

// NewSigned reads the value of a signature header: "sha256=" and the 64 hexadecimal
// digits of an HMAC SHA-256 over the raw body, as GitHub and Jira send it
// (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
// https://developer.atlassian.com/cloud/jira/platform/webhooks/). It reports whether
// the value has that form and there is a secret that is not empty. With an empty secret
// everybody could sign.
func NewSigned(value string, secrets []Secret) (*Signed, bool) {
	digits, ok := strings.CutPrefix(value, "sha256=")
	if !ok || len(digits) != hex.EncodedLen(sha256.Size) {
		return nil, false
	}
	given, err := hex.DecodeString(digits)
	if err != nil {
		return nil, false
	}
	s := &Signed{given: given}
	for _, secret := range secrets {
		if secret.Reveal() != "" {
			s.macs = append(s.macs, hmac.New(sha256.New, []byte(secret.Reveal())))
		}
	}
	return s, len(s.macs) > 0
}

// Write takes in the next bytes of the body. It never fails.
func (s *Signed) Write(p []byte) (int, error) {
	for _, m := range s.macs {
		m.Write(p)
	}
	for rest := p; len(rest) > 0; {
		last := len(s.body) - 1
		if last < 0 || len(s.body[last]) == cap(s.body[last]) {
			s.body, last = append(s.body, make([]byte, 0, min(pieceSize, max(len(rest), 512)))), last+1
		}
		piece := s.body[last]
		n := copy(piece[len(piece):cap(piece)], rest)
		s.body[last], rest = piece[:len(piece)+n], rest[n:]
	}
	return len(p), nil
}

// Valid reports whether one of the secrets signed the written bytes.
func (s *Signed) Valid() bool {
	valid := false
	for _, m := range s.macs {
		valid = hmac.Equal(m.Sum(nil), s.given) || valid
	}
	return valid
}

// Body returns the written bytes. They are authentic only if the signature is Valid.
func (s *Signed) Body() []byte { return bytes.Join(s.body, nil) }
