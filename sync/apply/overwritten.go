package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// overwritten keeps what a write replaced without having seen it: somebody saved
// the same field between our reading and our writing, which no tracker lets a
// client prevent. Where the tracker shows its history, their value is kept in a
// conflict beside ours, already decided by the order of events, for a person to
// look at. Before is the issue as it was read before the write.
func (a *Applier) overwritten(ctx context.Context, t *store.Tx, b *Binding, turn Turn, in store.Intent, before, seen *connectors.Issue) error {
	self, known := b.Self()
	if before == nil || seen == nil || !known {
		return nil
	}
	fresh := newer(seen.Changes, in.Known, before)
	view, _ := b.Profile.View(seen)
	for _, f := range slices.Sorted(maps.Keys(in.Want)) {
		theirs, ok := replaced(fresh, b.Profile.HistoryField(f), in.Want[f], self.ID)
		if !ok || view[f].Raw != in.Want[f] {
			continue
		}
		agreed := in.Agree[f]
		c := plan.Conflict{Field: f, Winner: plan.Register, Policy: "written at the same moment", Values: []plan.ConflictValue{
			{Place: plan.Register, Value: agreed.Register, Base: in.Saw[f]}, {Place: b.ID, Value: theirs.To, Base: in.Saw[f]},
		}}
		if err := t.PutConflict(ctx, turn.Record.ID, t.Now(), c); err != nil {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.SyncConflict, Actor: daemon(), Origin: origin(b, seen.Ref, turn.Trigger), Subject: turn.subject(), Intent: in.Seq, Occurred: theirs.At,
			Changes: []audit.FieldChange{{Field: string(f) + "@" + b.ID, Before: audit.NewText(theirs.To), After: audit.NewText(in.Want[f])}},
			Reason:  "saved by somebody between our reading and our writing, and overwritten",
		})
	}
	return nil
}

// newer returns what is newer in a history than what was known when a write was
// planned. A listing may have stored the issue since, write and all; where the last
// known change is not in the history any more, that is the best there is.
func newer(changes []connectors.Change, known string, before *connectors.Issue) []connectors.Change {
	if known == store.NoHistory {
		return changes
	}
	if i := slices.IndexFunc(changes, func(c connectors.Change) bool { return c.ID == known }); i >= 0 {
		return changes[i+1:]
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c connectors.Change) bool {
		return slices.ContainsFunc(before.Changes, func(o connectors.Change) bool { return o.ID == c.ID })
	})
}

// replaced is what somebody else made of a field just before we made it what we want.
// Of several who saved one after the other it is the last: the others were replaced by
// people. Changes are oldest first.
func replaced(changes []connectors.Change, field, want, self string) (theirs connectors.Change, ok bool) {
	for _, c := range changes {
		switch {
		case c.Field != field:
		case c.Author.ID != self:
			theirs, ok = c, c.To != want
		case ok:
			return theirs, true
		}
	}
	return theirs, ok
}
