package transport_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors/transport"
)

func signed(secret, body string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// A header without a well-formed signature is refused before a byte of the body is read.
func TestSignatureForm(t *testing.T) {
	good := signed("secret", "{}")
	for name, x := range map[string]struct {
		value   string
		secrets []transport.Secret
		want    bool
	}{
		"good":              {good, []transport.Secret{"secret"}, true},
		"another's":         {signed("other", "{}"), []transport.Secret{"secret"}, true},
		"capital digits":    {"sha256=" + strings.ToUpper(good[len("sha256="):]), []transport.Secret{"secret"}, true},
		"none":              {"", []transport.Secret{"secret"}, false},
		"no digits":         {"sha256=", []transport.Secret{"secret"}, false},
		"cut":               {good[:20], []transport.Secret{"secret"}, false},
		"longer":            {good + "00", []transport.Secret{"secret"}, false},
		"SHA-1":             {"sha1=" + good[len("sha256="):][:40], []transport.Secret{"secret"}, false},
		"no prefix":         {good[len("sha256="):], []transport.Secret{"secret"}, false},
		"other characters":  {"sha256=" + strings.Repeat("z", 64), []transport.Secret{"secret"}, false},
		"no secret":         {good, nil, false},
		"an empty secret":   {signed("", "{}"), []transport.Secret{""}, false},
		"an empty and one":  {good, []transport.Secret{"", "secret"}, true},
		"spaces around it":  {" " + good, []transport.Secret{"secret"}, false},
		"a very long value": {"sha256=" + strings.Repeat("0", 30_000), []transport.Secret{"secret"}, false},
	} {
		if s, ok := transport.NewSigned(x.value, x.secrets); ok != x.want {
			t.Errorf("%s: NewSigned(%.40q) = %v, %t, want %t", name, x.value, s, ok, x.want)
		}
	}
}

// The signature covers all pieces of the body together, and any of the secrets may have
// made it.
func TestSignatureOverPieces(t *testing.T) {
	const body = `{"issue":{"id":"1"}}`
	for name, x := range map[string]struct {
		pieces []string
		by     string
		want   bool
	}{
		"whole":               {[]string{body}, "new", true},
		"in pieces":           {[]string{body[:1], body[1:7], "", body[7:]}, "new", true},
		"by the old secret":   {[]string{body}, "old", true},
		"by a stranger":       {[]string{body}, "strange", false},
		"a byte more":         {[]string{body, " "}, "new", false},
		"a byte less":         {[]string{body[:len(body)-1]}, "new", false},
		"pieces interchanged": {[]string{body[7:], body[:7]}, "new", false},
		"nothing":             {nil, "new", false},
		"larger than a piece": {[]string{strings.Repeat("a", 40_000), strings.Repeat("b", 100_000), "c"}, "new", false},
	} {
		s, ok := transport.NewSigned(signed(x.by, body), []transport.Secret{"new", "old"})
		if !ok {
			t.Fatalf("%s: NewSigned refuses a well-formed signature", name)
		}
		for _, p := range x.pieces {
			if n, err := s.Write([]byte(p)); n != len(p) || err != nil {
				t.Errorf("%s: Write = %d, %v, want %d, nil", name, n, err, len(p))
			}
		}
		if got := s.Valid(); got != x.want {
			t.Errorf("%s: Valid = %t, want %t", name, got, x.want)
		}
		if got, want := string(s.Body()), strings.Join(x.pieces, ""); got != want {
			t.Errorf("%s: Body = %q, want %q", name, got, want)
		}
	}
}
