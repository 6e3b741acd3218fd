package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/plan"
)

// apply carries the plan out, action by action. A failure of one binding does not keep
// the others from going on, but the rest of its own actions wait: the fields of an issue
// come before the comment about them.
func (k *attempt) apply(ctx context.Context, p plan.Plan) (next, error) {
	n := stop
	halted := map[string]bool{}
	for _, action := range p.Actions {
		h := action.Header()
		if _, may := k.admitted[h.Binding]; h.Withheld != "" || halted[h.Binding] || k.unsettled[h.Binding] || !may {
			continue
		}
		err := k.do(ctx, action)
		if after := follows(err); after != stop {
			n = max(n, after)
			halted[h.Binding] = true
			continue
		}
		if err != nil {
			// The tracker answers and only this write is refused: people are told all the
			// same what is needed.
			_, refused := errors.AsType[*apply.Refused](err)
			if err := k.failed(k.r.binding(h.Binding), err); err != nil {
				return stop, err
			}
			halted[h.Binding] = !refused
			continue
		}
		// A change was undone: the request is over, and a new plan says so.
		if u, ok := action.(plan.Update); ok && len(u.Reverts) > 0 {
			n = max(n, again)
		}
	}
	return n, nil
}

// do carries out one action.
func (k *attempt) do(ctx context.Context, action plan.Action) error {
	h := action.Header()
	b := k.r.binding(h.Binding)
	if _, creates := action.(plan.Create); creates {
		found, err := k.findTwin(ctx, b)
		if err != nil {
			return err
		}
		if found {
			return apply.ErrAgain
		}
	}
	return k.r.Applier.Do(ctx, b, k.Attempt, k.link(h.Binding), action, k.backlink())
}

// follows says what the end of a write means for the attempt: a lost answer is looked
// for at once, a step of a workflow is followed by the next.
func follows(err error) next {
	switch {
	case errors.Is(err, apply.ErrPending), errors.Is(err, apply.ErrAgain):
		return again
	case errors.Is(err, apply.ErrVoid):
		return replan
	default:
		return stop
	}
}

// link returns the issue of the record in a binding, zero if there is none.
func (k *attempt) link(binding string) store.BoundIssue {
	i := slices.IndexFunc(k.links, func(l store.BoundIssue) bool { return l.Binding == binding })
	if i < 0 {
		return store.BoundIssue{}
	}
	return k.links[i]
}

// backlink names the issues a new twin stands beside.
func (k *attempt) backlink() string {
	var at []string
	for _, l := range k.links {
		if l.Issue == nil {
			continue
		}
		if l.Issue.URL != "" {
			at = append(at, l.Issue.URL)
		} else {
			at = append(at, l.Ref.Key)
		}
	}
	return fmt.Sprintf("%s, see %s", k.Record.Ref, strings.Join(at, ", "))
}
