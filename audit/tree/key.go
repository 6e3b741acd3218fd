package tree

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Signer signs checkpoints.
type Signer interface {
	note.Signer
	// Under returns the same key under another name. A key is named like the log that it
	// signs (C2SP tlog-checkpoint), and a log gets a new name when a backup is restored.
	Under(name string) Signer
	// Public returns the public key in the text form of C2SP signed-note.
	Public() string
}

// A Verifier checks the signature of a checkpoint.
type Verifier interface {
	note.Verifier
	// Under returns the same key under another name; see [Signer].
	Under(name string) Verifier
	// String returns the key in the text form of C2SP signed-note.
	String() string
}

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
	private = strings.TrimSpace(private)
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("audit: not a private key in signed-note form (PRIVATE+KEY+name+hash+key): %w", err)
	}
	return signer{s.Name(), ed25519.NewKeyFromSeed(material(private, 5))}, nil
}

// NewVerifier returns the verifier of a public key.
func NewVerifier(public string) (Verifier, error) {
	public = strings.TrimSpace(public)
	v, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("audit: not a public key in signed-note form (name+hash+key): %w", err)
	}
	return verifier{v.Name(), material(public, 3)}, nil
}

// material returns the bytes of a key from its text, which is valid: the last of its parts is
// the Base64 of the type of signature, a byte, and the key.
func material(text string, parts int) []byte {
	b, err := base64.StdEncoding.DecodeString(strings.SplitN(text, "+", parts)[parts-1])
	if err != nil || len(b) != 1+ed25519.SeedSize || b[0] != typeEd25519 {
		panic("audit: a key that is valid in the form of signed-note, and is no Ed25519 key")
	}
	return b[1:]
}

// typeEd25519 is the type of signature in the text of a key, C2SP signed-note.
const typeEd25519 = 1

// keyHash returns the id of a key under a name, C2SP signed-note.
func keyHash(name string, key ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n', typeEd25519})
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

type signer struct {
	name string
	key  ed25519.PrivateKey
}

func (s signer) public() ed25519.PublicKey       { return s.key.Public().(ed25519.PublicKey) } //nolint:forcetypeassert // documented
func (s signer) Name() string                    { return s.name }
func (s signer) KeyHash() uint32                 { return keyHash(s.name, s.public()) }
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
func (s signer) Under(name string) Signer        { return signer{name, s.key} }
func (s signer) Public() string                  { return verifier{s.name, s.public()}.String() }

type verifier struct {
	name string
	key  ed25519.PublicKey
}

func (v verifier) Name() string                { return v.name }
func (v verifier) KeyHash() uint32             { return keyHash(v.name, v.key) }
func (v verifier) Verify(msg, sig []byte) bool { return ed25519.Verify(v.key, msg, sig) }
func (v verifier) Under(name string) Verifier  { return verifier{name, v.key} }

// String returns the key in the text form of C2SP signed-note.
func (v verifier) String() string {
	return fmt.Sprintf("%s+%08x+%s", v.name, v.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{typeEd25519}, v.key...)))
}

// KeysOf returns the keys, of the texts of public keys, that check the log origin, each as a
// text: those that are given and, where none of them has the name that the log has since a
// restore, the same keys under it. A text that is no key is left as it is.
func KeysOf(origin string, keys []string) []string {
	out := slices.Clone(keys)
	for _, text := range keys {
		v, err := NewVerifier(text)
		if err != nil || FirstName(v.Name()) != FirstName(origin) {
			continue
		}
		if now := v.Under(origin).String(); !slices.Contains(out, now) {
			out = append(out, now)
		}
	}
	return out
}

// A Keyring holds the public keys that a reader trusts. Each counts under every name that
// the log has had: the reader who holds the key of a log can check it after a restore, too.
type Keyring []Verifier

// Verifier returns the key with a name and an id.
func (k Keyring) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, v := range k {
		if FirstName(v.Name()) != FirstName(name) {
			continue
		}
		if v = v.Under(name); v.KeyHash() == hash {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}
