package apitest

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

// moreRoles are people of the roles that a rehearsal lacks. Max has every role that decides, and runs the pages.
const moreRoles = `  - {id: max, name: Max Many, roles: [isms_manager, reviewer, risk_owner, top_management, admin]}
  - {id: vera, name: Vera Visits, roles: [auditor], sign_in: {until: "2099-12-31"}}
trackers:
`

// A fixture is a daemon at work between two simulated trackers.
type fixture struct {
	*testing.T

	trackers *rehearsal.World
	app      *app.App
	url      string // of the daemon
}

// daemon starts a daemon, which ends with the test. A record that is filed gets an issue in Jira, and with twins one in GitHub.
func daemon(t *testing.T, twins bool) *fixture {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f := &fixture{T: t}
	var err error
	f.trackers, err = rehearsal.Start(t.Context(), rehearsal.Options{})
	must(err)
	t.Cleanup(func() { _ = f.trackers.Close() })
	dir := t.TempDir()
	text, err := f.trackers.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", PollEvery: "5s", JiraTwin: true, GitHubTwin: twins, SignIn: true})
	must(err)
	path := filepath.Join(dir, "conformd.yaml")
	text = strings.Replace(text, "log: {level: info,", "log: {level: error,", 1)
	must(os.WriteFile(path, []byte(strings.Replace(text, "trackers:\n", moreRoles, 1)), 0o600))
	c, err := config.Load(path, rehearsal.Env)
	must(err)
	f.app, err = app.Open(t.Context(), c, app.Options{})
	must(err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended, up := make(chan error, 1), make(chan app.Addrs, 1)
	go func() { ended <- f.app.Run(ctx, func(a app.Addrs) { up <- a }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the daemon ends with %v", err)
		}
		if err := f.app.Close(); err != nil {
			t.Error(err)
		}
	})
	select {
	case a := <-up:
		f.url = "http://" + a.Pages.String()
	case err := <-ended:
		ended <- nil
		t.Fatalf("the daemon does not start: %v", err)
	}
	return f
}

// token makes a token for a person and returns its secret.
func (f *fixture) token(person string, scopes ...access.Scope) string {
	f.Helper()
	roles := []access.Role{access.Engineer} // everybody who is one of people
	for _, p := range f.app.Config.People {
		for _, r := range p.Roles {
			if p.ID == person {
				roles = append(roles, access.Role(r))
			}
		}
	}
	until := time.Now().UTC().AddDate(0, 0, 7).Format(time.DateOnly)
	k, err := signin.MakeToken(f.Context(), f.app.Store, person, roles, signin.TokenAsk{Name: "apitest", Scopes: scopes, Until: until}, audit.Actor{Kind: audit.Operator, ID: person, How: audit.ByLocal}, audit.TriggerManual, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	return k.Secret
}

// program sends a request as a program with a token does, and decodes the answer into out. Headers come in pairs.
func (f *fixture) program(token, method, path, body string, out any, headers ...string) (int, http.Header) {
	f.Helper()
	req, err := http.NewRequestWithContext(f.Context(), method, f.url+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.Fatal(err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		f.Fatalf("%s %s = %d %s: %v", method, path, resp.StatusCode, text, err)
	}
	return resp.StatusCode, resp.Header
}

// entries counts the entries of the log with a verb.
func (f *fixture) entries(verb audit.Verb) (n int) {
	f.Helper()
	size, err := f.app.Store.LogSize(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for e, err := range auditdb.Read(f.Context(), f.app.Store.Reader(), 0, size) {
		if err != nil {
			f.Fatal(err)
		}
		if e.Entry.Verb == verb {
			n++
		}
	}
	return n
}

// verified holds that the audit log verifies, and that the register is what its entries make of it.
func (f *fixture) verified() {
	f.Helper()
	key, err := tree.NewVerifier(f.app.Public)
	if err != nil {
		f.Fatal(err)
	}
	tx, err := f.app.Store.Reader().BeginTx(f.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	rep, err := verify.DB(f.Context(), tx, key, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil || len(rep.Findings) > 0 || !rep.Compared || rep.Records == 0 {
		f.Errorf("the log verifies as %+v, %v", rep, err)
	}
}
