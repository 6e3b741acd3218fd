package audit

import (
	"crypto/rand"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Signer signs checkpoints.
type Signer = note.Signer

// A Verifier checks the signature of a checkpoint.
type Verifier = note.Verifier

// GenerateKey returns a new Ed25519 key pair in the text form of C2SP
// signed-note. The private one starts with "PRIVATE+KEY+" and stays with the daemon;
// the other is for everybody who verifies. The name is part of both and should be
// the origin of the log, a name that nobody else uses ("example.com/isms-register").
func GenerateKey(name string) (private, public string, err error) {
	if name == "" || strings.ContainsAny(name, "+ \t\r\n") {
		return "", "", fmt.Errorf("audit: key name %q: must not be empty or hold spaces or a plus sign", name)
	}
	private, public, err = note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", "", fmt.Errorf("audit: generate key: %w", err)
	}
	return private, public, nil
}

// NewSigner returns the signer of a private key. An error never quotes the key.
func NewSigner(private string) (Signer, error) {
	s, err := note.NewSigner(strings.TrimSpace(private))
	if err != nil {
		return nil, fmt.Errorf("audit: not a private key in signed-note form (PRIVATE+KEY+name+hash+key): %w", err)
	}
	return s, nil
}

// NewVerifier returns the verifier of a public key.
func NewVerifier(public string) (Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return nil, fmt.Errorf("audit: not a public key in signed-note form (name+hash+key): %w", err)
	}
	return v, nil
}
