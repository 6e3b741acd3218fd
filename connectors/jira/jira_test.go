package jira_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/transport"
)

// rig is a simulated Jira and a client of it.
type rig struct {
	sim    *jirasim.Server
	server *httptest.Server
	client *jira.Client
	cfg    jira.Config
}

// deployments runs a test against both kinds of Jira.
func deployments(t *testing.T, f func(t *testing.T, r *rig)) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(d, func(t *testing.T) { f(t, open(t, jirasim.Options{Deployment: d}, nil)) })
	}
}

// open starts a Jira and a client; edit may change the client's configuration.
func open(t *testing.T, o jirasim.Options, edit func(*jira.Config)) *rig {
	t.Helper()
	sim := jirasim.New(o)
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.Close()
		sim.Close()
	})
	user := "conformd@example.com"
	if o.Deployment == jirasim.DataCenter {
		user = "conformd"
	}
	r := &rig{sim: sim, server: server, cfg: jira.Config{
		BaseURL: server.URL, User: user, Token: "conformd-token", Project: "ISMS", IssueType: "Nonconformity",
		Fields:         []string{"Root cause", "NC grade", "Effectiveness reviewer", "Requirement not met", "Affected systems", "Effectiveness due", "Cost", "Register no."},
		WebhookSecrets: []transport.Secret{"hook-secret"},
		HTTP:           transport.Options{RetryWait: time.Millisecond},
	}}
	if edit != nil {
		edit(&r.cfg)
	}
	r.client = r.connect(t)
	return r
}

func (r *rig) connect(t *testing.T) *jira.Client {
	t.Helper()
	c, err := jira.New(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// file files an issue as Erik.
func (r *rig) file(t testing.TB, summary string, fields map[string]any) connectors.Ref {
	t.Helper()
	id, key, err := r.sim.Person("erik").File("Nonconformity", summary, fields)
	if err != nil {
		t.Fatal(err)
	}
	return connectors.Ref{ID: id, Key: key}
}

func (r *rig) get(t *testing.T, ref connectors.Ref) *connectors.Issue {
	t.Helper()
	is, err := r.client.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func (r *rig) update(t *testing.T, ref connectors.Ref, p connectors.Patch) {
	t.Helper()
	if _, err := r.client.Update(t.Context(), ref, p); err != nil {
		t.Fatal(err)
	}
}

// all drains Changed.
func all(t *testing.T, c *jira.Client, since time.Time) []*connectors.Issue {
	t.Helper()
	var out []*connectors.Issue
	for page, err := range c.Changed(t.Context(), since) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Issues...)
	}
	return out
}

// must fails unless a person's act was granted.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) cloud() bool { return r.cfg.User == "conformd@example.com" }
