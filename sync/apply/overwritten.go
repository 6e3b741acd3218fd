package apply

import (
	"context"
	"maps"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// overwritten keeps a value that our write replaced unseen: a person saved the same field
// between our read and our write, and no tracker lets a client prevent that. If the tracker
// shows its history, their value is kept beside ours in a conflict for a person to look at;
// the order of events has already decided it. Before is the issue as read before the write.
func (s *session) overwritten(ctx context.Context, t *store.Tx, in store.Intent, before, seen *connectors.Issue) error {
	self, known := s.b.Self()
	if before == nil || seen == nil || !known {
		return nil
	}
	fresh := history.Newer(seen.Changes, in.Known, before)
	view := s.b.Profile.Read(seen).View
	for _, f := range slices.Sorted(maps.Keys(in.Want)) {
		theirs, ok := history.Replaced(fresh, s.b.Profile.HistoryField(f), in.Want[f], self.ID)
		if !ok || view[f].Raw != in.Want[f] {
			continue
		}
		agreed := in.Agree[f]
		c := plan.Conflict{Field: f, Winner: plan.Register, Policy: "written at the same moment", Values: []plan.ConflictValue{
			{Place: plan.Register, Value: agreed.Register, Base: in.Saw[f]}, {Place: s.b.ID, Value: theirs.To, Base: in.Saw[f]},
		}}
		if err := t.PutConflict(ctx, s.Record.ID, t.Now(), c); err != nil {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.SyncConflict, Actor: history.Daemon(), Origin: s.origin(seen.Ref), Subject: s.subject(), Intent: in.Seq, Occurred: theirs.At,
			Changes: []audit.FieldChange{{Field: string(f) + "@" + s.b.ID, Before: audit.NewText(theirs.To), After: audit.NewText(in.Want[f])}},
			Reason:  "a person saved it between conformd's read and write, and it was overwritten",
		})
	}
	return nil
}
