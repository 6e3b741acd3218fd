package dst

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/verify"

	registerlog "github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// replayOfLog returns what makes a register of a log, in a verification.
func replayOfLog() verify.Register { return registerlog.NewReplay() }

// A replay is what the audit log says of a record, change by change.
type replay map[string]*audit.Text

// replayed is A5 and A8: reading the log from its beginning leads to the register as
// it is, each change goes on from where the one before it ended, and each entry says
// who, when and what about.
func (p *picture) replayed(ctx context.Context) {
	told := map[string]replay{}
	for s, err := range auditdb.Read(ctx, p.engine.app.Store.Reader(), 0, -1) {
		if err != nil {
			p.violated("A5", "%v", err)
			return
		}
		e := s.Entry
		if e.At.IsZero() || e.Actor.Kind == "" || e.Actor.Kind == audit.Person && (e.Actor.ID == "" || e.Actor.How == "") || e.Subject.Type == "" {
			p.violated("A8", "entry %d, %s, does not say who or what: %+v", s.Seq, e.Verb, e)
		}
		switch e.Verb {
		case audit.RecordCreated:
			told[e.Subject.ID] = replay{}
			p.follow(told[e.Subject.ID], s)
		case audit.RecordUpdated, audit.RecordTransitioned, audit.SyncPulled:
			p.follow(told[e.Subject.ID], s)
		}
	}
	for _, r := range p.rows {
		now := maps.Clone(r.Record.Fields)
		now[register.FieldState] = string(r.Record.State)
		was := told[r.Record.ID]
		for _, f := range slices.Sorted(maps.Keys(now)) {
			if v := now[f]; !derived(f) && !says(was[string(f)], v) {
				p.violated("A5", "%s: the log ends with %s %v, the register with %q", r.Record.Ref, f, was[string(f)], v)
			}
		}
	}
}

// derived reports whether a field is computed: the number is that of the subject, and
// what is missing follows from all the others.
func derived(f register.Field) bool { return f == register.FieldRef || f == register.FieldMissing }

func (p *picture) follow(r replay, s audit.Stored) {
	for _, c := range s.Entry.Changes {
		before := r[c.Field]
		if before == nil && strings.HasPrefix(c.Field, "action.") && says(c.Before, "") {
			before = c.Before // a field of an action that was never told is empty
		}
		if c.Before != nil && (before == nil || !before.Equal(*c.Before)) {
			p.violated("A5", "entry %d: %s was %v before, and the log says %v", s.Seq, c.Field, before, c.Before)
		}
		r[c.Field] = c.After
	}
}

// says reports whether a text of the log is a value.
func says(t *audit.Text, v string) bool {
	if t == nil {
		return v == ""
	}
	return t.Equal(*audit.NewText(v))
}

// secretless is A7: no secret is in what the daemon stores.
func (p *picture) secretless() {
	if p.engine.disk != nil {
		return
	}
	for _, f := range []string{store.File, store.File + "-wal"} {
		b, err := os.ReadFile(filepath.Join(p.engine.dir, f))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			p.violated("A7", "%v", err)
		}
		for i, secret := range []string{rehearsal.JiraToken, rehearsal.GitHubToken, rehearsal.WebhookSecret} {
			if bytes.Contains(b, []byte(secret)) {
				p.violated("A7", "secret %d is in %s", i+1, f)
			}
		}
	}
}
