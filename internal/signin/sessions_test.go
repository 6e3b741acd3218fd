package signin

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/store"
)

var _ scs.CtxStore = (*sessions)(nil)

// open opens a store whose clock is now.
func open(t *testing.T, now func() time.Time) *store.Store {
	t.Helper()
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Log: auditlog.Open(signer, "acme.example/register"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// encodedSession is the data of a session as scs commits it, of one that begins or goes on.
func encodedSession(t *testing.T, begins bool) []byte {
	t.Helper()
	values := map[string]any{keySigned: `{"issuer":"local","subject":"ada"}`}
	if begins {
		values[keyNew] = "1"
	}
	b, err := codec{}.Encode(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), values)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The store keeps what scs asks of one: a session is found until it is deleted or over, and it does
// not come back by a request that began before.
func TestSessionStore(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	s := &sessions{store: open(t, func() time.Time { return now }), log: zap.NewNop()}
	found := func(digest string) bool {
		t.Helper()
		b, ok, err := s.FindCtx(t.Context(), digest)
		if err != nil || ok != (len(b) > 0) {
			t.Fatalf("FindCtx(%s) = %q, %t, %v", digest, b, ok, err)
		}
		return ok
	}
	commit := func(digest string, begins bool, lasts time.Duration) {
		t.Helper()
		if err := s.CommitCtx(t.Context(), digest, encodedSession(t, begins), now.Add(lasts)); err != nil {
			t.Fatal(err)
		}
	}
	if found("a") {
		t.Error("a session is found that never began")
	}
	commit("a", false, time.Hour)
	if found("a") {
		t.Error("a request that goes on began a session")
	}
	commit("a", true, time.Hour)
	if !found("a") {
		t.Error("a session that began is not found")
	}
	if b, _, _ := s.FindCtx(t.Context(), "a"); string(b) != string(encodedSession(t, false)) {
		t.Errorf("the session is %s", b)
	}
	now = now.Add(59 * time.Minute)
	commit("a", false, time.Hour)
	now = now.Add(59 * time.Minute)
	if !found("a") {
		t.Error("a session that was extended is over")
	}
	now = now.Add(time.Minute)
	if found("a") {
		t.Error("a session is found at its end")
	}
	commit("b", true, time.Hour)
	for range 2 {
		if err := s.DeleteCtx(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
	}
	commit("b", false, time.Hour)
	if found("b") {
		t.Error("a session that was ended came back")
	}
	commit("c", true, time.Hour)
	x, err := s.store.Session(t.Context(), "c")
	if err != nil || x.Account != "ada" {
		t.Fatalf("Session = %+v, %v, want that of the account ada", x, err)
	}
	commit("c", false, time.Hour+30*time.Second)
	if y, err := s.store.Session(t.Context(), "c"); err != nil || !y.Expires.Equal(x.Expires) {
		t.Errorf("half a minute was written: %v, %v", y.Expires, err)
	}
	if n, err := s.store.PruneSessions(t.Context()); err != nil || n != 1 {
		t.Errorf("PruneSessions = %d, %v, want the one that is over", n, err)
	}
	if _, err := s.store.Session(t.Context(), "c"); err != nil {
		t.Errorf("a session was pruned before its end: %v", err)
	}
	if err := s.CommitCtx(t.Context(), "d", []byte("no JSON"), now); err == nil {
		t.Error("a session that cannot be read was kept")
	}
}

// Many requests of many sessions at once keep each its own.
func TestSessionStoreAtOnce(t *testing.T) {
	s := &sessions{store: open(t, nil), log: zap.NewNop()}
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			digest := fmt.Sprint("s", i)
			err := s.Commit(digest, encodedSession(t, true), time.Now().Add(time.Hour))
			for range 5 {
				_, ok, ferr := s.Find(digest)
				if !ok {
					ferr = errors.Join(ferr, errors.New(digest+" is not found"))
				}
				err = errors.Join(err, ferr, s.Commit(digest, encodedSession(t, false), time.Now().Add(2*time.Hour)))
			}
			if i%2 == 0 {
				err = errors.Join(err, s.Delete(digest))
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.store.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM session").Scan(&n); err != nil || n != len(errs)/2 {
		t.Errorf("%d sessions are left, %v, want %d", n, err, len(errs)/2)
	}
}
