package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// move changes the status. If the workflow does not lead there directly, it makes one step,
// and the plan is made anew. The store remembers the transitions that it saw, so that the
// next step leads towards the wanted status.
func (s *session) move(ctx context.Context, u plan.Update, raw string) error {
	f := register.FieldState
	next, refused := raw, s.l.Base[f].Refused
	var to *connectors.Target
	if flow, ok := s.b.Tracker.(connectors.Workflow); ok {
		reachable, err := flow.Reachable(ctx, s.l.Ref)
		if err != nil {
			return s.readFailed(ctx, err)
		}
		seen, err := s.workflow(ctx, reachable)
		if err != nil {
			return err
		}
		hop, entry, ok := s.b.Profile.Hop(s.b.Profile.Read(s.l.Issue).View, raw, reachable, seen)
		if !ok {
			return s.stuck(ctx, u, noWay(raw, reachable))
		}
		to = &connectors.Target{Name: entry.Status, Reason: entry.Reason}
		if hop != raw {
			next = hop
			u.Agree = plan.Base{f: {Side: hop, Register: string(entry.State)}}
			u.Reverts = nil // only the last step counts as the revert
		}
	}
	want := map[register.Field]string{f: next}
	if to == nil {
		p, err := s.b.Profile.Patch(s.l.Issue, want)
		if err != nil {
			return &Refused{s.b.ID, "mapping", err}
		}
		to = p.Status
	}
	if to == nil {
		return s.agree(ctx, pick(u.Agree, want))
	}
	err := s.send(ctx, u, want, connectors.Patch{Status: to})
	if r, ok := asRefused(err); ok && connectors.KindOf(err) == connectors.Rejected {
		return s.stuck(ctx, u, fmt.Errorf("the tracker refused to move %s to %s: %w", s.l.Ref, to.Name, r.Err))
	}
	switch {
	case err == nil && next != raw:
		return fmt.Errorf("%w: %s is on its way to %s", ErrAgain, s.l.Ref, raw)
	case err == nil && refused != "":
		return fmt.Errorf("%w: %s could be moved to %s", ErrAgain, s.l.Ref, raw) // the comment still says that it could not
	}
	return err
}

// workflow adds the statuses that the issue can reach now to the transitions seen before, and
// returns all of them.
func (s *session) workflow(ctx context.Context, reachable []connectors.Status) (map[string][]string, error) {
	names := make([]string, 0, 2*len(reachable))
	for _, r := range reachable {
		names = append(names, r.Name)
		if r.ID != "" {
			names = append(names, r.ID)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	here := strings.ToLower(s.l.Issue.Status.Name)
	seen, err := s.Store.Workflow(ctx, s.b.ID)
	if err != nil {
		return nil, err
	}
	if known, ok := seen[here]; ok && slices.Equal(known, names) {
		return seen, nil
	}
	seen[here] = names
	return seen, s.Store.Write(ctx, func(t *store.Tx) error {
		if id := s.l.Issue.Status.ID; id != "" {
			seen[id] = names
			if err := t.SawWorkflow(ctx, s.b.ID, id, names); err != nil {
				return err
			}
		}
		return t.SawWorkflow(ctx, s.b.ID, here, names)
	})
}

// stuck notes for the comment why an issue cannot be moved. conformd tries again later,
// because trackers do not announce changes of a workflow or of its required fields.
func (s *session) stuck(ctx context.Context, u plan.Update, why error) error {
	f := register.FieldState
	words := stuckWords(why)
	now := s.l.Base[f]
	if now.Refused != words {
		now.Refused = words
		now.Side = u.Saw[f]
		if err := s.agree(ctx, plan.Base{f: now}); err != nil {
			return err
		}
		return fmt.Errorf("%w: %w", ErrAgain, why) // the next plan writes the reason into the comment
	}
	return &Refused{s.b.ID, "move " + s.l.Ref.String(), why}
}

// stuckWords returns why an issue cannot be moved, in words for people.
func stuckWords(err error) string {
	if d := words(err); d != err.Error() {
		return d
	}
	return err.Error()
}

// noWay is the error for a status that the workflow does not lead to. It names the statuses
// that it does lead to.
func noWay(raw string, reachable []connectors.Status) error {
	names := make([]string, len(reachable))
	for i, s := range reachable {
		names[i] = s.Name
	}
	if len(names) == 0 {
		return fmt.Errorf("the workflow leads nowhere from here; conformd's account may lack the permission to make transitions")
	}
	return fmt.Errorf("the workflow does not lead to %s from here, only to %s", raw, strings.Join(names, ", "))
}
