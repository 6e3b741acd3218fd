package audit_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/audittest"
)

// While a key is rotated the log is signed by both; readers with either key verify
// it, and afterwards those with the new one.
func TestKeyRotation(t *testing.T) {
	l, next := audittest.New(t), audittest.New(t)
	l.Append(t, audittest.Plain(0))
	held := l.Checkpoint(t) // signed by the old key alone
	oldSigner, err := audit.NewSigner(l.Private)
	if err != nil {
		t.Fatal(err)
	}
	newSigner, err := audit.NewSigner(next.Private)
	if err != nil {
		t.Fatal(err)
	}
	both := *l
	both.Log = audit.Open(oldSigner, audittest.Origin, newSigner)
	rotated := audittest.Plain(1)
	rotated.Verb, rotated.Changes = audit.KeyRotated, nil
	both.Append(t, rotated)
	for name, v := range map[string]audit.Verifier{"old": l.Verifier, "new": next.Verifier} {
		r, err := audit.VerifyDB(t.Context(), l.DB, v, audit.Options{})
		if err != nil || r.Result != audit.VerifiedInPart {
			t.Errorf("VerifyDB(with the %s key) = %+v, %v, want %s", name, r, err, audit.VerifiedInPart)
		}
	}
	both.Log = audit.Open(newSigner, audittest.Origin)
	both.Append(t, audittest.Plain(2))
	r, err := audit.VerifyDB(t.Context(), l.DB, next.Verifier, audit.Options{Keys: []audit.Verifier{l.Verifier, next.Verifier}, Against: held})
	if err != nil || r.Result != audit.Verified {
		t.Errorf("VerifyDB(new key, old checkpoint held) = %+v, %v, want %s", r, err, audit.Verified)
	}
	if r = verifyDB(t, l, audit.Options{}); !hasCode(r, audit.BadSignature) {
		t.Errorf("VerifyDB(with the old key alone) finds %v, want %s", codes(r), audit.BadSignature)
	}
}

// A witness adds its signature to a checkpoint: that is allowed, and not ours to check.
func TestAWitnessMaySign(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	skey, _, err := note.GenerateKey(rand.Reader, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(l.Checkpoint(t), note.VerifierList(l.Verifier))
	if err != nil {
		t.Fatal(err)
	}
	held, err := note.Sign(n, witness)
	if err != nil {
		t.Fatal(err)
	}
	l.Append(t, audittest.Plain(20))
	verifyClean(t, l, held)
}

func TestKeysAreCheckedAndNeverQuoted(t *testing.T) {
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := audit.GenerateKey(name); err == nil {
			t.Errorf("GenerateKey(%q): no error", name)
		}
	}
	private, public, err := audit.GenerateKey("example.com/register")
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.SplitN(private, "+", 5)[4] // the last part may have a plus sign itself
	for _, broken := range []string{private[:len(private)-3], private + "x", "PRIVATE+KEY+x+" + secret} {
		if _, err := audit.NewSigner(broken); err == nil || strings.Contains(err.Error(), secret[:16]) {
			t.Errorf("NewSigner() of a broken key: %v, want an error that does not quote it", err)
		}
		if _, err := audit.NewVerifier(broken); err == nil || strings.Contains(err.Error(), secret[:16]) {
			t.Errorf("NewVerifier() of a private key: %v, want an error that does not quote it", err)
		}
	}
	if _, err := audit.NewVerifier(" " + public + "\n"); err != nil {
		t.Errorf("NewVerifier() of a line of a file: %v", err)
	}
}
