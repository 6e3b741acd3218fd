package ingest

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
)

// After a backup was restored the trackers know more than the register. So nothing
// new is taken in before every binding was listed entirely: what is unknown waits
// among the quarantined issues, and the numbers that it shows are reserved. The look
// that completes the picture then meets all of it at once, oldest first. A record
// gets the id that it had (mapping.RecordID) and, where a tracker shows it, its number;
// with the id its twin is known by its marker and bound in the same transaction, so
// that there is no moment at which a second one could be filed.

// Unverified returns the bindings that were not listed entirely since the restore.
func (g *Ingester) Unverified(ctx context.Context, t *store.Tx) ([]string, error) {
	return t.Unverified(ctx, binding.IDs(g.Bindings))
}

// await keeps a new issue aside until every binding was listed.
func (g *Ingester) await(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, unverified []string) error {
	if err := g.reserve(ctx, t, b, is, is.Comments); err != nil {
		return err
	}
	why := "is not in the register and waits until " + strings.Join(unverified, " and ") + " has been read completely"
	_, err := g.quarantine(ctx, t, b, is, why)
	return err
}

// reserveNamed reserves the numbers that conformd's comments name on an issue that
// waits.
func (k *scan) reserveNamed(ctx context.Context, t *store.Tx, ref connectors.Ref, cs []connectors.Comment) error {
	if unverified, err := k.g.Unverified(ctx, t); err != nil || len(unverified) == 0 {
		return err
	}
	asides, err := t.QuarantinedIssue(ctx, k.b.ID, ref.Key)
	if err != nil || len(asides) == 0 {
		return err
	}
	return k.g.reserve(ctx, t, k.b, asides[0].Issue, cs)
}

// heading finds the record number in the first line of a comment of conformd.
var heading = regexp.MustCompile(`^\s*(?:#+|h\d\.)\s+(\S+)\s+·`)

// reserve keeps the numbers that an unknown issue shows from being handed out to
// another record: its field for the number, its line about the twin, its comment.
func (g *Ingester) reserve(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, comments []connectors.Comment) error {
	var refs []string
	var claims []string
	switch {
	case b.Profile.Role == mapping.RoleAction:
		refs = b.Profile.Parents(is) // the numbers of others
	case b.Own(is):
		claims = []string{is.Marker}
		refs = append(refs, b.Profile.LinkedRecord(is))
	default:
		claims = g.claims(mapping.RecordID(b.ID, is.Ref.ID))
	}
	self, _ := b.Self()
	if len(claims) > 0 {
		view := b.Profile.Read(is).View
		refs = append(refs, view[register.FieldRef].Value)
		for _, c := range comments {
			if m := heading.FindStringSubmatch(c.Body); m != nil && c.Marker != "" && c.Author.ID == self.ID {
				refs = append(refs, m[1])
			}
		}
	}
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		if !number.MatchString(ref) {
			continue
		}
		if err := t.Reserve(ctx, ref, claims...); err != nil {
			return err
		}
	}
	return nil
}

// number is the form of a record number.
var number = regexp.MustCompile(`^[A-Z][A-Z0-9]*-\d{4}-\d{4,}$`)

// verified takes in the issues that waited, once the listing that just ended was the
// last that was missing.
func (k *scan) verified(ctx context.Context, t *store.Tx) error {
	if !k.whole {
		return nil
	}
	if k.row.Since.IsZero() {
		if err := t.WakeAll(ctx); err != nil {
			return err // nothing was filed here before the first scan had ended
		}
	}
	before, err := k.g.Unverified(ctx, t)
	if err != nil || !slices.Contains(before, k.b.ID) {
		return err
	}
	if err := t.Looked(ctx, k.b.ID); err != nil || len(before) > 1 {
		return err
	}
	if err := t.WakeAll(ctx); err != nil {
		return err // what waited for this waits no longer
	}
	type waiting struct {
		b  *binding.Binding
		is *connectors.Issue
	}
	var all []waiting
	for _, b := range k.g.Bindings {
		asides, err := t.QuarantinedIn(ctx, b.ID)
		if err != nil {
			return err
		}
		for _, a := range asides {
			all = append(all, waiting{b, a.Issue})
		}
	}
	slices.SortStableFunc(all, func(x, y waiting) int {
		if a := x.b.Profile.Role == mapping.RoleAction; a != (y.b.Profile.Role == mapping.RoleAction) {
			if a {
				return 1 // actions come after the records that they name
			}
			return -1
		}
		return x.is.Created.Compare(y.is.Created)
	})
	for _, w := range all {
		if _, err := t.BoundIssueOf(ctx, w.b.ID, connectors.Ref{ID: w.is.Ref.ID}); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return err
			}
			continue // a twin, bound together with its record
		}
		if err := k.g.register(ctx, t, w.b, w.is, k.trigger); err != nil {
			return err
		}
	}
	for _, w := range all {
		// What was said on them while they were not bound is read with them.
		if _, err := t.Invalidate(ctx, w.b.ID, w.is.Ref); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
