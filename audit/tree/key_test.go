package tree_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// While a key is rotated the log is signed by both; readers with either key verify
// it, and afterwards those with the new one.
func TestKeyRotation(t *testing.T) {
	l, next := audittest.New(t), audittest.New(t)
	l.Append(t, audittest.Plain(0))
	held := l.Checkpoint(t) // signed by the old key alone
	oldSigner, err := tree.NewSigner(l.Private)
	if err != nil {
		t.Fatal(err)
	}
	newSigner, err := tree.NewSigner(next.Private)
	if err != nil {
		t.Fatal(err)
	}
	both := *l
	both.Log = auditlog.Open(oldSigner, audittest.Origin, newSigner)
	rotated := audittest.Plain(1)
	rotated.Verb, rotated.Changes = audit.KeyRotated, nil
	both.Append(t, rotated)
	for name, v := range map[string]tree.Verifier{"old": l.Verifier, "new": next.Verifier} {
		r, err := verify.DB(t.Context(), l.DB, v, verify.Options{})
		if err != nil || r.Result != verify.VerifiedInPart {
			t.Errorf("DB(with the %s key) = %+v, %v, want %s", name, r, err, verify.VerifiedInPart)
		}
	}
	both.Log = auditlog.Open(newSigner, audittest.Origin)
	both.Append(t, audittest.Plain(2))
	r, err := verify.DB(t.Context(), l.DB, next.Verifier, verify.Options{Keys: []tree.Verifier{l.Verifier, next.Verifier}, Against: held})
	if err != nil || r.Result != verify.Verified {
		t.Errorf("DB(new key, old checkpoint held) = %+v, %v, want %s", r, err, verify.Verified)
	}
	if r = audittest.VerifyDB(t, l, verify.Options{}); !audittest.HasCode(r, verify.BadSignature) {
		t.Errorf("DB(with the old key alone) finds %v, want %s", audittest.Codes(r), verify.BadSignature)
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
	audittest.VerifyClean(t, l, held)
}

// Under another name a key has another id, that of C2SP signed-note, and the same signature.
func TestAKeyUnderAnotherName(t *testing.T) {
	const name = "audit.example/register/restored-20260309T080000.000Z"
	l := audittest.New(t)
	s, err := tree.NewSigner(l.Private)
	if err != nil {
		t.Fatal(err)
	}
	if s.Public() != l.Public || l.Verifier.String() != l.Public {
		t.Errorf("the public key of the signer is %q and of the verifier %q, want %q", s.Public(), l.Verifier, l.Public)
	}
	v, err := note.NewVerifier(s.Under(name).Public())
	if err != nil {
		t.Fatal(err)
	}
	if v.Name() != name || v.KeyHash() != s.Under(name).KeyHash() || v.KeyHash() == s.KeyHash() || v.KeyHash() != l.Verifier.Under(name).KeyHash() {
		t.Errorf("the key under another name is %s+%08x, want an id of its own, the same for signer and verifier", v.Name(), v.KeyHash())
	}
	sig, err := s.Under(name).Sign([]byte("text"))
	if err != nil || !v.Verify([]byte("text"), sig) || v.Verify([]byte("other"), sig) {
		t.Errorf("the signature under another name does not verify as it should (%v)", err)
	}
	for origin, want := range map[string]string{
		name: "audit.example/register", "audit.example/register": "audit.example/register", "a/restored-soon": "a/restored-soon",
		"a/restored-20260309T080000.000Z/b": "a/restored-20260309T080000.000Z/b", "/restored-20260309T080000.000Z": "/restored-20260309T080000.000Z",
		"a/restored-20260309T080000.123Z": "a", "a/restored-20261309T080000.123Z": "a/restored-20261309T080000.123Z",
	} {
		if got := tree.FirstName(origin); got != want {
			t.Errorf("FirstName(%q) = %q, want %q", origin, got, want)
		}
	}
	other := audittest.New(t).Public
	keys := tree.KeysOf(name, []string{"no key", l.Public, "x.example/other+" + strings.SplitN(other, "+", 2)[1]})
	if len(keys) != 4 || keys[3] != s.Under(name).Public() {
		t.Errorf("KeysOf() = %q, want what was given and the key of the log under its new name", keys)
	}
	if again := tree.KeysOf(name, keys); len(again) != len(keys) {
		t.Errorf("KeysOf() of its own result = %q, want the same", again)
	}
}

func TestKeysAreCheckedAndNeverQuoted(t *testing.T) {
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := tree.GenerateKey(name); err == nil {
			t.Errorf("GenerateKey(%q): no error", name)
		}
	}
	private, public, err := tree.GenerateKey("example.com/register")
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.SplitN(private, "+", 5)[4] // the last part may have a plus sign itself
	for _, broken := range []string{private[:len(private)-3], private + "x", "PRIVATE+KEY+x+" + secret} {
		if _, err := tree.NewSigner(broken); err == nil || strings.Contains(err.Error(), secret[:16]) {
			t.Errorf("NewSigner() of a broken key: %v, want an error that does not quote it", err)
		}
		if _, err := tree.NewVerifier(broken); err == nil || strings.Contains(err.Error(), secret[:16]) {
			t.Errorf("NewVerifier() of a private key: %v, want an error that does not quote it", err)
		}
	}
	if _, err := tree.NewVerifier(" " + public + "\n"); err != nil {
		t.Errorf("NewVerifier() of a line of a file: %v", err)
	}
}
