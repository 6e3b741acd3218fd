package reconcile

import (
	"slices"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/plan"
)

// input puts together what the plan depends on.
func (k *turn) input() plan.Input {
	in := plan.Input{
		Record: k.Record, Events: k.events, Policy: k.Policy, Context: k.context(),
		Reverts: k.reverts, MaxReverts: k.MaxReverts,
	}
	for _, b := range k.Bindings {
		bound := false
		for _, l := range k.links {
			if l.Binding == b.ID {
				bound = true
				in.Sides = append(in.Sides, side(b, l))
			}
		}
		if !bound && b.Twin {
			in.Twins = append(in.Twins, plan.Twin{Binding: b.ID, Profile: b.Profile, Mode: b.Mode})
		}
	}
	return in
}

func side(b *apply.Binding, l store.Link) plan.Side {
	s := plan.Side{
		Binding: b.ID, Issue: l.Issue, Base: l.Base, Profile: b.Profile, Mode: b.Mode, Grace: b.Grace,
		Orphan: l.State == store.LinkOrphaned, Notice: l.Notice,
		Fresh: l.State == store.LinkFresh && l.Issue != nil && !touched(b, l.Issue, ""),
		Moved: l.State == store.LinkFresh && l.Issue != nil && touched(b, l.Issue, b.Profile.HistoryField(register.FieldState)),
	}
	if l.Issue != nil {
		s.View, _ = b.Profile.View(l.Issue)
	}
	return s
}

// touched reports whether somebody else is known to have changed an issue since
// we created it, or one of its fields, if its name is given.
func touched(b *apply.Binding, is *connectors.Issue, field string) bool {
	self, _ := b.Self()
	return slices.ContainsFunc(is.Changes, func(c connectors.Change) bool {
		return c.Author.ID != self.ID && (field == "" || c.Field == field)
	})
}
