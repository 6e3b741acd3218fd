package ingest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// The issues of a binding with the role action are read and never written to. Each
// belongs to one record, which it names. One that names none is quarantined: it is
// shown as a problem of the binding and looked at again whenever the binding is.

// bindAction takes in the issue of an action that is bound to no record yet.
func (g *Ingester) bindAction(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, trigger audit.Trigger) error {
	rec, why, err := g.Parent(ctx, t, b, is, "")
	if err != nil {
		return err
	}
	if why != "" {
		fresh, err := t.Quarantine(ctx, store.Quarantined{Binding: b.ID, Issue: is, Why: why})
		if err == nil && fresh {
			t.Audit(quarantinedEntry(b, is, trigger, why))
		}
		return err
	}
	l := store.BoundIssue{Binding: b.ID, Ref: is.Ref, RecordID: rec.ID, Role: string(mapping.RoleAction), State: store.IssueBound, Issue: is}
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return err
	}
	if err := t.Unquarantine(ctx, b.ID, is.Ref.ID); err != nil {
		return err
	}
	return g.MarkDirty(ctx, t, rec.ID)
}

// Parent finds the record that the issue of an action belongs to. If it names none,
// or not one alone, or one that has ended, why says so. An issue that already
// belongs to a record stays there as long as it names it among others.
func (g *Ingester) Parent(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, current string) (rec register.Record, why string, err error) {
	names := b.Profile.Parents(is)
	found, err := t.RecordsNamed(ctx, names)
	if err != nil {
		return rec, "", err
	}
	var refs []string
	for _, f := range found {
		if f.ID == current {
			return f, "", nil
		}
		refs = append(refs, f.Ref)
	}
	switch {
	case len(names) == 0:
		return rec, "names no record of the register", nil
	case len(found) == 0 && len(names) == 1:
		return rec, "names " + names[0] + ", which is no record of the register", nil
	case len(found) == 0:
		return rec, "names " + strings.Join(names, ", ") + ", none of which is a record of the register", nil
	case len(found) > 1:
		return rec, "names several records: " + strings.Join(refs, ", "), nil
	case found[0].State.Ended():
		return rec, fmt.Sprintf("names %s, which is %s", refs[0], found[0].State), nil
	}
	return found[0], "", nil
}

// reparent binds the issue of an action to another record if it now names that one
// and not its own. An issue that names none stays where it is: no work disappears
// from a record because a text was edited.
func (g *Ingester) reparent(ctx context.Context, t *store.Tx, b *binding.Binding, l store.BoundIssue, trigger audit.Trigger) error {
	rec, why, err := g.Parent(ctx, t, b, l.Issue, l.RecordID)
	if err != nil || why != "" || rec.ID == l.RecordID {
		return err
	}
	if err := t.Rebind(ctx, b.ID, l.Ref.ID, rec.ID); err != nil {
		return err
	}
	t.Audit(audit.Entry{
		Verb: audit.SyncMoved, Actor: history.Unattributed(), Occurred: l.Issue.Updated,
		Origin:  audit.Origin{Binding: b.ID, Issue: l.Ref.ID, Key: l.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectIssue, ID: l.Ref.ID, Ref: l.Ref.Key},
		Changes: []audit.FieldChange{{Field: "record", Before: audit.NewText(l.RecordID), After: audit.NewText(rec.ID)}},
		Reason:  "the issue names " + rec.Ref,
	})
	if err := g.MarkDirty(ctx, t, l.RecordID); err != nil {
		return err
	}
	return g.MarkDirty(ctx, t, rec.ID)
}

// quarantined looks again at the quarantined issues of the binding and returns
// what to tell people about those that still are.
func (k *scan) quarantined(ctx context.Context, t *store.Tx) (string, error) {
	waiting, err := k.waiting(ctx, t)
	if err != nil {
		return "", err
	}
	for _, a := range waiting {
		if err := k.g.register(ctx, t, k.b, a.Issue, k.trigger); err != nil {
			return "", err
		}
		if err := k.introduced(ctx, t, a.Issue.Ref); err != nil {
			return "", err
		}
	}
	const most = 5
	left, n, err := t.QuarantinedFirst(ctx, k.b.ID, most)
	if err != nil {
		return "", err
	}
	var what []string
	for _, a := range left {
		what = append(what, a.Issue.Ref.Key+" "+a.Why)
	}
	if n > most {
		what = append(what, fmt.Sprintf("and %d more", n-most))
	}
	return strings.Join(what, "; "), nil
}

// lookedAgain is how many quarantined issues of a binding a poll looks at again. More of
// them take turns, so that a poll does not grow with what waits.
const lookedAgain = 200

// waiting returns the quarantined issues to look at again: after a sweep all of
// them, else the next in turn.
func (k *scan) waiting(ctx context.Context, t *store.Tx) ([]store.Quarantined, error) {
	if k.sweep {
		return t.QuarantinedIn(ctx, k.b.ID)
	}
	after := k.g.turns.after(k.b.ID)
	out, err := t.QuarantinedAfter(ctx, k.b.ID, after, lookedAgain)
	if err != nil {
		return nil, err
	}
	last := connectors.Ref{}
	if len(out) == lookedAgain {
		last = out[len(out)-1].Issue.Ref
	}
	k.g.turns.set(k.b.ID, last)
	if len(out) < lookedAgain && after != (connectors.Ref{}) {
		// The end of the list: those at its beginning are next.
		first, err := t.QuarantinedAfter(ctx, k.b.ID, connectors.Ref{}, lookedAgain-len(out))
		return append(out, first...), err
	}
	return out, nil
}

// turns remembers at which quarantined issue of each binding a poll goes on. The zero
// value begins everywhere at the first.
type turns struct {
	mu   sync.Mutex
	next map[string]connectors.Ref
}

func (u *turns) after(binding string) connectors.Ref {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.next[binding]
}

func (u *turns) set(binding string, last connectors.Ref) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.next == nil {
		u.next = map[string]connectors.Ref{}
	}
	u.next[binding] = last
}

// quarantinedEntry says why an issue was kept aside.
func quarantinedEntry(b *binding.Binding, is *connectors.Issue, trigger audit.Trigger, why string) audit.Entry {
	return audit.Entry{
		Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectIssue, ID: is.Ref.ID, Ref: is.Ref.Key}, Reason: ledger.Unfiled + why,
	}
}

// quarantine keeps an issue aside, with its comments, and reports whether the reason is
// new.
func (g *Ingester) quarantine(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, why string) (fresh bool, err error) {
	if _, err := t.PutComments(ctx, b.ID, is.Ref.ID, is.Comments); err != nil {
		return false, err
	}
	return t.Quarantine(ctx, store.Quarantined{Binding: b.ID, Issue: is, Why: why})
}
