// Package rehearsal provides a simulated Jira and a simulated GitHub on loopback,
// and the configuration that connects conformd to them. The demo, the sim
// command, the scenarios and the benchmarks all rehearse with it.
package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
)

// Options say what to rehearse with. The zero value is a Jira Cloud and a
// github.com on free ports, without delays or limits.
type Options struct {
	Clock      *simkit.Clock
	Deployment string // jirasim.Cloud or jirasim.DataCenter
	JiraAddr   string // "": a free port of 127.0.0.1
	GitHubAddr string
	Latency    time.Duration // of every answer
	Lag        time.Duration // of listings and searches behind the truth
	// JiraPageSize and GitHubPageSize bound the pages of listings; 0: as the vendor does.
	JiraPageSize, GitHubPageSize int
	// LabelSets has requirements in a field of labels in Jira; see Settings.LabelSets.
	LabelSets bool
	// JiraTypes, JiraFields and JiraWorkflow are those of the project; nil: those of an ISMS office.
	JiraTypes    []string
	JiraFields   []jirasim.Field
	JiraWorkflow *jirasim.Workflow
	// App installs conformd as a GitHub App whose tokens expire after ten minutes.
	App bool
	// Limits switches the vendors' rate limits on.
	Limits bool
	// Only is the tracker to start, "jira" or "github", where a process of its own
	// starts the other; of that one only the address is known. "" starts both.
	Only string
	// InMemory opens no port: the World itself carries requests, see RoundTrip.
	InMemory bool
	// GitHubClock is the clock of GitHub where it differs; nil: Clock.
	GitHubClock *simkit.Clock
}

// A World is the two trackers at work.
type World struct {
	Jira   *jirasim.Server
	GitHub *githubsim.Server
	Clock  *simkit.Clock
	// JiraURL and GitHubURL are where they answer, without a trailing slash.
	JiraURL, GitHubURL string

	deployment string
	only       string // see Options
	platform   bool   // a team has a repository, too
	servers    []*http.Server
	handlers   map[string]http.Handler // by host, of a world in memory; else nil
}

// The repository, the project and the secrets of a rehearsal. They protect nothing.
const (
	Project       = "ISMS"
	Owner         = "acme"
	Repo          = "isms"
	JiraToken     = "conformd-token"
	GitHubToken   = "conformd-token"
	WebhookSecret = "rehearsal-webhook-secret-0123456789abcdef"
	adminToken    = "admin-token"
)

// A Player is a person with an account in both trackers. Their token is their
// login + "-token" in both.
type Player struct {
	Login, Name string
	GitHubID    int64
	Roles       []string // in the register
	Groups      []string // in Jira
}

// Token returns the player's token.
func (p Player) Token() string { return p.Login + "-token" }

// Players returns the people of a rehearsal.
func Players() []Player {
	return []Player{
		{"irene", "Irene Ismail", 2001, []string{"isms_manager"}, []string{"isms-managers", "risk-owners"}},
		{"erik", "Erik Engel", 2002, nil, nil},
		{"olga", "Olga Owens", 2003, nil, nil},
		{"rita", "Rita Review", 2004, []string{"reviewer"}, []string{"reviewers"}},
	}
}

// Start starts both trackers. The caller closes the world.
func Start(ctx context.Context, o Options) (*World, error) {
	if o.Clock == nil {
		o.Clock = simkit.NewClock(time.Time{})
	}
	if o.GitHubClock == nil {
		o.GitHubClock = o.Clock
	}
	w := &World{Clock: o.Clock, deployment: o.Deployment, only: o.Only}
	if o.InMemory {
		w.handlers = map[string]http.Handler{}
	}
	ju := []jirasim.User{{Name: "conformd", Display: "conformd", Secret: JiraToken, App: true, Groups: []string{"conformd"}}}
	gu := []githubsim.User{{Login: "admin", ID: 1000, Name: "Admin", Token: adminToken, Role: githubsim.Admin}, {Login: "conformd", ID: 1001, Name: "conformd", Token: GitHubToken, Role: githubsim.Write}}
	for _, p := range Players() {
		ju = append(ju, jirasim.User{Name: p.Login, Display: p.Name, Secret: p.Token(), Groups: p.Groups})
		gu = append(gu, githubsim.User{Login: p.Login, ID: p.GitHubID, Name: p.Name, Token: p.Token(), Role: githubsim.Write})
	}
	jo := jirasim.Options{Deployment: o.Deployment, Project: Project, Clock: o.Clock, Users: ju, Latency: o.Latency, IndexLag: o.Lag, PageSize: o.JiraPageSize, IssueTypes: o.JiraTypes, Fields: o.JiraFields, Workflow: o.JiraWorkflow}
	if jo.Fields == nil {
		jo.Fields = jiraFields(o.LabelSets)
	}
	gh := githubsim.Options{Owner: Owner, Repo: Repo, Clock: o.GitHubClock, Users: gu, Limits: githubsim.Limits{PerHour: -1}, ListLag: o.Lag, PageSize: o.GitHubPageSize}
	if o.App {
		gh.App = &githubsim.App{ID: appID, Slug: "conformd", InstallationID: installation, PublicKey: &appKey().PublicKey, TokenLife: 10 * time.Minute}
	}
	if o.Limits {
		jo.Limits = jirasim.CloudLimits()
		gh.Limits = githubsim.Limits{PerHour: 5000, ContentPerMinute: 80, ContentPerHour: 500}
	}
	w.Jira, w.GitHub = jirasim.New(jo), githubsim.New(gh)
	w.JiraURL, w.GitHubURL = "http://"+o.JiraAddr, "http://"+o.GitHubAddr
	var err error
	if w.starts(jira) {
		if w.JiraURL, err = w.serve(ctx, o.JiraAddr, withPages("/browse/", w.jiraPage, w.Jira)); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	if !w.starts(github) {
		return w, nil
	}
	if w.GitHubURL, err = w.serve(ctx, o.GitHubAddr, withPages("/"+Owner+"/"+Repo+"/issues/", w.githubPage, simkit.Latency(o.Latency, w.GitHub))); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	for _, l := range []string{"capa", "conformd:held"} {
		if err := w.admin(ctx, "labels", map[string]any{"name": l, "color": "ededed"}); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

// The trackers, as Options.Only names them.
const (
	jira   = "jira"
	github = "github"
)

// starts reports whether a tracker is started here.
func (w *World) starts(tracker string) bool { return w.only == "" || w.only == tracker }

// admin creates something in the repository, as its administrator.
func (w *World) admin(ctx context.Context, what string, body any) error {
	return w.adminIn(ctx, Repo, what, body)
}

func (w *World) adminIn(ctx context.Context, repo, what string, body any) error {
	return w.asAdmin(ctx, http.MethodPost, repo, what, body)
}

// RenameLabel renames a label of the repository, on all issues at once.
func (w *World) RenameLabel(ctx context.Context, from, to string) error {
	return w.asAdmin(ctx, http.MethodPatch, Repo, "labels/"+url.PathEscape(from), map[string]any{"new_name": to})
}

// DeleteLabel takes a label off the repository, and so off all issues at once.
func (w *World) DeleteLabel(ctx context.Context, name string) error {
	return w.asAdmin(ctx, http.MethodDelete, Repo, "labels/"+url.PathEscape(name), nil)
}

func (w *World) asAdmin(ctx context.Context, method, repo, what string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, w.GitHubURL+"/repos/"+Owner+"/"+repo+"/"+what, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	c := &http.Client{Timeout: 10 * time.Second}
	if w.handlers != nil {
		c.Transport = w
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, what, resp.Status)
	}
	return nil
}

// jiraFields are the custom fields of the project. Requirements are a text here, unless
// they are to be labels: those, which Jira allows no spaces in, cannot hold "Access
// policy 4.2".
func jiraFields(labelSets bool) []jirasim.Field {
	fs := jirasim.DefaultFields()
	for i := range fs {
		if fs[i].Name == "Requirement not met" && !labelSets {
			fs[i].Kind = jirasim.KindParagraph
		}
	}
	return fs
}

func (w *World) serve(ctx context.Context, addr string, h http.Handler) (string, error) {
	if w.handlers != nil {
		u := inMemoryURL(len(w.handlers) + 1)
		w.handlers[strings.TrimPrefix(u, "http://")] = h
		return u, nil
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	lc := net.ListenConfig{}
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, srv)
	go func() { _ = srv.Serve(l) }() // ends with Close
	return fmt.Sprintf("http://%s", l.Addr()), nil
}

// Webhooks has both trackers deliver to the daemon's listener for webhooks, such as
// "http://127.0.0.1:8485".
func (w *World) Webhooks(ctx context.Context, base string) error {
	if w.starts(jira) {
		w.Jira.AddWebhook(base+"/hooks/"+JiraBinding, WebhookSecret)
	}
	return w.GitHubWebhooks(ctx, base)
}

// GitHubWebhooks has GitHub alone deliver to the daemon.
func (w *World) GitHubWebhooks(ctx context.Context, base string) error {
	if !w.starts(github) {
		return nil
	}
	hook := func(repo, binding string) error {
		return w.adminIn(ctx, repo, "hooks", map[string]any{
			"name": "web", "active": true, "events": []string{"issues", "issue_comment", "label", "repository"},
			"config": map[string]any{"url": base + "/hooks/" + binding, "content_type": "json", "secret": WebhookSecret},
		})
	}
	if err := hook(Repo, GitHubBinding); err != nil || !w.platform {
		return err
	}
	return hook(PlatformRepo, PlatformBinding)
}

// Close stops both trackers.
func (w *World) Close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	w.Jira.Close()
	w.GitHub.Close()
	return errors.Join(errs...)
}
