package app_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// TestKill kills the daemon, a process of its own, at random moments while people
// work in both trackers, and then looks at what is left, from outside: at the
// trackers, at their own log of what happened, and at the stored register and
// audit log. CONFORMD_KILL_SEED repeats the people's acts and the times of the
// kills, as far as two processes can be repeated.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute")
	}
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("CONFORMD_KILL_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("CONFORMD_KILL_SEED=%d", seed)
	k := newKill(t, seed)
	const kills = 18
	for range kills {
		k.start("")
		k.live(time.Duration(200+k.rng.IntN(1100)) * time.Millisecond)
		k.kill()
	}
	// Whoever waits for a lost create waits five minutes: time passes.
	k.world.Clock.Advance(6 * time.Minute)
	k.start("6m")
	k.settle()
	k.silence()
	k.stop()
	k.judge()
}

// A killing is a daemon that is killed, and the world around it.
type killing struct {
	*testing.T
	rng    *rand.Rand
	world  *rehearsal.World
	dir    string
	config string
	cmd    *exec.Cmd
	out    *logBuffer

	opened []string        // titles given by people to new issues
	said   map[string]bool // every value that a person wrote
}

func newKill(t *testing.T, seed uint64) *killing {
	k := &killing{T: t, rng: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir(), said: map[string]bool{}} //nolint:gosec // a game
	var err error
	if k.world, err = rehearsal.Start(t.Context(), rehearsal.Options{Clock: simkit.NewClock(time.Time{})}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.world.Close() })
	// The answers of writes take a while after the write took effect, so that a kill
	// finds some on their way.
	for _, f := range []*simkit.Faults{k.world.Jira.Faults(), k.world.GitHub.Faults()} {
		for _, method := range []string{"POST", "PUT", "PATCH"} {
			f.Add(simkit.Fault{Method: method, Path: "/issue", After: true, Do: simkit.Delay, Delay: 40 * time.Millisecond, Times: -1})
		}
	}
	addr, hooks := freeAddr(t), freeAddr(t)
	text, err := k.world.Config(rehearsal.Settings{DataDir: filepath.Join(k.dir, "data"), Listen: addr, Webhooks: hooks, JiraTwin: true, GitHubTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	k.config = filepath.Join(k.dir, "conformd.yaml")
	if err := os.WriteFile(k.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.world.Webhooks(t.Context(), "http://"+hooks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if k.cmd != nil {
			k.kill()
		}
		if t.Failed() && k.out != nil {
			t.Logf("the last daemon said:\n%s", k.out.tail(6000))
		}
	})
	return k
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// start starts the daemon and does not wait for it to be ready: it may be killed
// while it starts, too.
func (k *killing) start(ahead string) {
	k.Helper()
	self, err := os.Executable()
	if err != nil {
		k.Fatal(err)
	}
	k.cmd = exec.CommandContext(context.WithoutCancel(k.Context()), self) //nolint:gosec // this very binary
	k.cmd.Env = append(os.Environ(), envConfig+"="+k.config, envAhead+"="+ahead)
	k.out = &logBuffer{}
	k.cmd.Stdout, k.cmd.Stderr = k.out, k.out
	if err := k.cmd.Start(); err != nil {
		k.Fatal(err)
	}
}

func (k *killing) kill() {
	_ = k.cmd.Process.Kill()
	_ = k.cmd.Wait()
	k.cmd = nil
}

// stop ends the daemon in good order.
func (k *killing) stop() {
	k.Helper()
	if err := k.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		k.Fatal(err)
	}
	if err := k.cmd.Wait(); err != nil {
		k.Errorf("the daemon ended with %v, want nil", err)
	}
	k.cmd = nil
}

// live lets people work for a while.
func (k *killing) live(d time.Duration) {
	k.Helper()
	end := time.Now().Add(d)
	for time.Now().Before(end) {
		k.act()
		<-time.After(time.Duration(k.rng.IntN(120)) * time.Millisecond)
	}
}

// act is one thing that somebody does somewhere. Every value is written only once.
func (k *killing) act() {
	k.Helper()
	const most = 12
	who := rehearsal.Players()[k.rng.IntN(4)].Login
	n := len(k.said)
	value := fmt.Sprintf("value %d", n)
	k.said[value] = true
	gh, jira := k.world.GitHub, k.world.Jira
	issues, twins := gh.Issues(), jira.Snapshots()
	var err error
	switch x := k.rng.IntN(10); {
	case len(issues) == 0 || len(twins) == 0 || len(k.opened) < 2 || x == 0 && len(k.opened) < most:
		k.opened = append(k.opened, value)
		if k.rng.IntN(2) == 0 {
			_, err = gh.As(who).Open(value, "### Root cause\n\n_No response_\n", "capa")
		} else {
			_, _, err = jira.Person(who).File("Nonconformity", value, map[string]any{"NC grade": "Minor"})
		}
	case x < 3:
		is := issues[k.rng.IntN(len(issues))]
		err = gh.As(who).Retitle(is.Number, value)
	case x < 5:
		is := issues[k.rng.IntN(len(issues))]
		err = gh.As(who).Rewrite(is.Number, withCause(gh.Issue(is.Number).Body, value))
	case x < 7:
		is := twins[k.rng.IntN(len(twins))]
		err = jira.Person(who).Edit(is.Key, map[string]any{"summary": value})
	case x < 9:
		is := twins[k.rng.IntN(len(twins))]
		err = jira.Person(who).Edit(is.Key, map[string]any{"Root cause": value})
	case len(issues) == len(k.opened) && len(twins) == len(k.opened): // what is closed when first seen gets no twin
		is := issues[k.rng.IntN(len(issues))]
		if is.State == "open" {
			err = gh.As(who).Close(is.Number, "completed")
		} else {
			err = gh.As(who).Reopen(is.Number)
		}
	}
	if err != nil {
		k.Fatal(err)
	}
}

var causeSection = regexp.MustCompile(`(?s)### Root cause\n\n.*?(\n\n|\n*$)`)

func withCause(body, v string) string {
	return causeSection.ReplaceAllString(body, "### Root cause\n\n"+v+"$1")
}

func causeOf(body string) string {
	s := causeSection.FindString(body)
	s = strings.TrimSpace(strings.TrimPrefix(s, "### Root cause"))
	if s == "_No response_" {
		return ""
	}
	return s
}

// writes counts what conformd has written, by the trackers' own account.
func (k *killing) writes() int {
	n := 0
	for _, c := range k.truth() {
		if c.By == "conformd" {
			n++
		}
	}
	return n
}

func (k *killing) truth() []simkit.Change {
	return slices.Concat(k.world.Jira.Truth().All(), k.world.GitHub.Truth().All())
}

// settle waits until nothing was written for a while and nothing is waiting.
func (k *killing) settle() {
	k.Helper()
	end := time.Now().Add(patience)
	last, since := -1, time.Now()
	for time.Now().Before(end) {
		<-time.After(250 * time.Millisecond)
		if n := k.writes(); n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 4*time.Second && k.idle() {
			return
		}
	}
	k.Errorf("not settled after %s; the last write was %s ago", patience, time.Since(since))
}

// idle reports whether no record wants to be looked at and no write is open.
func (k *killing) idle() bool {
	k.Helper()
	s, err := store.OpenReader(k.Context(), filepath.Join(k.dir, "data"))
	if err != nil {
		k.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	pending, err := s.RecordsWithPending(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	rows, err := s.Records(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	next, err := s.NextWake(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	// The daemon's clock is six minutes ahead. What was put off for seconds is yet to come.
	soon := !next.IsZero() && next.Before(time.Now().Add(6*time.Minute+30*time.Second))
	busy := soon || slices.ContainsFunc(rows, func(r store.Row) bool { return r.Generation > r.ObservedGeneration })
	return len(pending) == 0 && !busy && len(rows) == len(k.opened)
}

// silence checks that nothing is written while nobody does anything.
func (k *killing) silence() {
	k.Helper()
	before := k.writes()
	<-time.After(4 * time.Second)
	if n := k.writes() - before; n != 0 {
		all := k.truth()
		k.Errorf("%d writes in silence, such as %+v", n, all[len(all)-1])
	}
}

// judge looks at what is left.
func (k *killing) judge() {
	k.Helper()
	s, err := store.OpenReader(k.Context(), filepath.Join(k.dir, "data"))
	if err != nil {
		k.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	k.logged(s)
	k.twinned(s)
	k.commented()
	k.nothingLost(s)
	k.Logf("%d records, %d acts of people, %d writes of conformd", len(k.opened), len(k.said), k.writes())
}

// logged checks that the audit log verifies and that every intent has its outcome.
func (k *killing) logged(s *store.Store) {
	k.Helper()
	public, err := os.ReadFile(filepath.Join(k.dir, "data", "audit.pub"))
	if err != nil {
		k.Fatal(err)
	}
	v, err := tree.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		k.Fatal(err)
	}
	rep, err := verify.DB(k.Context(), s.Reader(), v, verify.Options{})
	if err != nil {
		k.Fatal(err)
	}
	if len(rep.Findings) > 0 {
		k.Errorf("audit log: %+v", rep.Findings)
	}
	open, resolved := map[int64]bool{}, 0
	for e, err := range auditdb.Read(k.Context(), s.Reader(), 0, -1) {
		if err != nil {
			k.Fatal(err)
		}
		switch e.Entry.Verb {
		case audit.WriteIntent:
			open[e.Seq] = true
		case audit.WriteOutcome, audit.WriteResolved:
			if e.Entry.Verb == audit.WriteResolved {
				resolved++
			}
			if e.Entry.Outcome != audit.Unknown {
				delete(open, e.Entry.Intent)
			}
		}
	}
	k.Logf("%d writes were interrupted by a kill and found or refuted afterwards", resolved)
	if len(open) > 0 {
		k.Errorf("intents without outcome: %v", open)
	}
}

// twinned checks that every record has one issue in each tracker, that no issue is
// left over, and that both sides say the same or stand in a conflict.
func (k *killing) twinned(s *store.Store) {
	k.Helper()
	rows, err := s.Records(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	conflicts, err := s.Conflicts(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	if g, j := len(k.world.GitHub.Issues()), len(k.world.Jira.Snapshots()); len(rows) != len(k.opened) || g != len(rows) || j != len(rows) {
		k.Errorf("people opened %d issues; %d records, %d GitHub issues, %d Jira issues", len(k.opened), len(rows), g, j)
	}
	for _, r := range rows {
		links, err := s.BoundIssues(k.Context(), r.Record.ID)
		if err != nil {
			k.Fatal(err)
		}
		if len(links) != 2 || links[0].Binding != rehearsal.GitHubBinding || links[1].Binding != rehearsal.JiraBinding {
			k.Errorf("%s has the issues %v, want one in each tracker", r.Record.Ref, refs(links))
			continue
		}
		_, number, _ := strings.Cut(links[0].Ref.Key, "#")
		n, err := strconv.Atoi(number)
		if err != nil {
			k.Fatal(err)
		}
		g := k.world.GitHub.Issue(n)
		j, _ := k.world.Jira.Snapshot(links[1].Ref.Key)
		for _, f := range []struct {
			field register.Field
			g, j  string
		}{{register.FieldTitle, g.Title, j.Fields["summary"]}, {register.FieldRootCause, causeOf(g.Body), j.Fields["Root cause"]}} {
			inConflict := slices.ContainsFunc(conflicts, func(c store.ConflictRow) bool {
				return c.RecordID == r.Record.ID && c.Conflict.Field == f.field && c.Closed.IsZero()
			})
			if !inConflict && (f.g != f.j || f.g != r.Record.Fields[f.field]) {
				k.Errorf("%s %s: GitHub %q, Jira %q, register %q, and no conflict", r.Record.Ref, f.field, f.g, f.j, r.Record.Fields[f.field])
			}
		}
	}
}

func refs(ls []store.BoundIssue) []connectors.Ref {
	var out []connectors.Ref
	for _, l := range ls {
		out = append(out, l.Ref)
	}
	return out
}

// commented checks that conformd has at most one comment on each issue.
func (k *killing) commented() {
	k.Helper()
	for _, is := range k.world.GitHub.Issues() {
		if n := len(is.Comments); n > 1 {
			k.Errorf("GitHub issue %d has %d comments of conformd, want at most 1", is.Number, n)
		}
	}
	for _, is := range k.world.Jira.Snapshots() {
		if n := len(is.Comments); n > 1 {
			k.Errorf("%s has %d comments of conformd, want at most 1", is.Key, n)
		}
	}
}

// moment is how long after the reading a write may arrive: the time to make the
// intent durable, on a busy machine.
const moment = 250 * time.Millisecond

// nothingLost checks invariant 1: a person's title or cause stands in the end, or
// reached the other tracker, or was replaced by a later person's, or lies in a
// conflict. GitHub shows no history of a field and knows no compare-and-swap:
// what is saved there within the moment between reading and writing is counted and
// shown, and not held against the daemon.
func (k *killing) nothingLost(s *store.Store) {
	k.Helper()
	conflicts, err := s.Conflicts(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	filed := map[string]bool{} // values that a twin was created with
	for x, err := range auditdb.Read(k.Context(), s.Reader(), 0, -1) {
		if err != nil {
			k.Fatal(err)
		}
		if x.Entry.Verb != audit.WriteIntent || x.Entry.Request.Op != "issue.create" {
			continue
		}
		for _, c := range x.Entry.Changes {
			filed[c.After.Value] = true
		}
	}
	all := k.truth()
	for i, e := range all {
		if e.By == "conformd" || !strings.HasPrefix(valueOf(e), "value ") || e.Field == "created" {
			continue
		}
		v := valueOf(e)
		later := func(o simkit.Change) bool { return o.Tracker == e.Tracker && o.Issue == e.Issue && o.Field == e.Field }
		next := slices.IndexFunc(all[i+1:], later)
		switch {
		case next < 0: // it stands
		case filed[v]:
		case all[i+1+next].By != "conformd": // a later person's
		case slices.ContainsFunc(all, func(o simkit.Change) bool { return o.By == "conformd" && o.Tracker != e.Tracker && valueOf(o) == v }):
		case slices.ContainsFunc(conflicts, func(c store.ConflictRow) bool {
			return slices.ContainsFunc(c.Conflict.Values, func(x plan.ConflictValue) bool { return x.Value == v || x.Base == v })
		}):
		case e.Tracker == "github" && all[i+1+next].At.Sub(e.At) < moment:
			k.Logf("overwritten in the moment of writing: %s %s %q, %s later", e.Issue, e.Field, v, all[i+1+next].At.Sub(e.At))
		default:
			k.Errorf("%s %s: %q of %s is lost, overwritten with %q", e.Issue, e.Field, v, e.By, valueOf(all[i+1+next]))
			k.tell(s, e)
		}
	}
}

// tell prints all that is known about one field of the record of an issue.
func (k *killing) tell(s *store.Store, e simkit.Change) {
	k.Helper()
	var lines []string
	line := func(at time.Time, format string, args ...any) {
		lines = append(lines, at.UTC().Format("15:04:05.000")+" "+fmt.Sprintf(format, args...))
	}
	rows, err := s.Records(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	for _, r := range rows {
		links, err := s.BoundIssues(k.Context(), r.Record.ID)
		if err != nil {
			k.Fatal(err)
		}
		mine := func(key string) bool {
			return slices.ContainsFunc(links, func(l store.BoundIssue) bool { return l.Ref.Key == key })
		}
		if !mine(e.Issue) {
			continue
		}
		for _, c := range k.truth() {
			if mine(c.Issue) && (c.Field == "title" || c.Field == "summary") == (e.Field == "title" || e.Field == "summary") && len(valueOf(c)) < 60 {
				line(c.At, "%s %s = %q by %s", c.Issue, c.Field, valueOf(c), c.By)
			}
		}
		for x, err := range auditdb.Read(k.Context(), s.Reader(), 0, -1) {
			if err != nil {
				k.Fatal(err)
			}
			if x.Entry.Subject.ID == r.Record.ID {
				var fs []string
				for _, c := range x.Entry.Changes {
					fs = append(fs, fmt.Sprintf("%s %v->%v", c.Field, c.Before, c.After))
				}
				line(x.Entry.At, "audit %d %s %s %s [%s] intent %d %s", x.Seq, x.Entry.Verb, x.Entry.Origin.Binding, x.Entry.Outcome, strings.Join(fs, "; "), x.Entry.Intent, x.Entry.Reason)
			}
		}
	}
	slices.Sort(lines)
	k.Logf("%s", strings.Join(lines, "\n"))
}

// valueOf returns the title or cause that a change brought.
func valueOf(c simkit.Change) string {
	if strings.Contains(c.To, "### Root cause") {
		return causeOf(c.To)
	}
	return c.To
}

// A logBuffer keeps what a daemon said.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) tail(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.b.String()
	return s[max(0, len(s)-n):]
}
