package apply

import (
	"context"
	"slices"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// settled reports with a Wait that no issue may be filed yet, because a backup was
// restored only now: a listing may lag, so that an issue filed by the register of
// before may not have shown yet.
func (a *Applier) settled(ctx context.Context, b *Binding) error {
	at, err := a.Store.Restored(ctx, b.ID)
	if err != nil || at.IsZero() {
		return err
	}
	if until := at.Add(connectors.Settle); a.Now().Before(until) {
		return &Wait{b.ID, until, "a backup was restored, and issues filed before may not be listed yet"}
	}
	return nil
}

// unsure is the text of a comment of ours of which is not known what it says, or whether
// it is still there. It differs from every text, so that the next plan looks.
const unsure = "?"

// standing finds the comment of ours on an issue where the register does not know
// one. It is worth a request to look after a backup was restored, and where nobody
// knows what became of a comment because the issue could not be seen.
func (a *Applier) standing(ctx context.Context, b *Binding, l store.Link, body, marker string) (found bool, err error) {
	at, err := a.Store.Restored(ctx, b.ID)
	if err != nil || at.IsZero() && l.Notice != unsure {
		return false, err
	}
	all, err := b.Tracker.Comments(ctx, l.Ref)
	if err != nil {
		return false, a.ReadFailed(ctx, b, err)
	}
	self, _ := b.Self()
	ours := func(c connectors.Comment) bool {
		return mapping.IsCommentMarker(c.Marker) && c.Author.ID == self.ID
	}
	i := slices.IndexFunc(all, func(c connectors.Comment) bool { return c.Marker == marker && ours(c) })
	if i < 0 {
		// Somebody took the marker off the issue before the restore, and it is another
		// record's now. The comment is edited in place all the same.
		i = slices.IndexFunc(all, ours)
	}
	if i < 0 {
		return false, nil
	}
	said := unsure // another text; it will be edited in place
	if all[i].Body == b.Profile.Render(body) && all[i].Marker == marker {
		said = body
	}
	return true, a.Store.Write(ctx, func(t *store.Tx) error { return a.noted(ctx, t, l.Binding, l.Ref, all[i].ID, said) })
}
