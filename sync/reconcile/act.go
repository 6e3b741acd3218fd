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

// apply carries the plan out, binding by binding. A failure of one does not keep
// the others from going on.
func (k *turn) apply(ctx context.Context, p plan.Plan) (next, error) {
	n := rest
	for _, w := range p.Writes {
		if w.Withheld != "" {
			continue
		}
		b, l := k.binding(w.Binding), k.link(w.Binding)
		if len(w.Want) > 0 || len(w.AddLabels) > 0 || len(w.RemoveLabels) > 0 {
			err := k.Applier.Update(ctx, b, k.Turn, l, w)
			if after := follows(err); after != rest {
				n = max(n, after)
				continue
			}
			if err != nil {
				_, refused := errors.AsType[*apply.Refused](err)
				if err := k.failed(b, err); err != nil {
					return rest, err
				}
				if !refused {
					continue
				}
				// The tracker answers and only this write is refused: people are told all
				// the same what is missing.
			}
			// What was asked for was undone: the request is over, and a new plan says so.
			if err == nil && len(w.Reverts) > 0 {
				n = max(n, onward)
			}
		}
		if w.Notice == "" {
			continue
		}
		err := k.Applier.Notice(ctx, b, k.Turn, l, w.Notice, w.Rules, string(w.Reason))
		if after := follows(err); after != rest {
			n = max(n, after)
			continue
		}
		if err := k.failed(b, err); err != nil {
			return rest, err
		}
	}
	for _, c := range p.Creates {
		if c.Withheld != "" {
			continue
		}
		b := k.binding(c.Binding)
		made, err := k.made(ctx, b)
		if made {
			n = max(n, onward)
			continue
		}
		if err == nil {
			err = k.Applier.Create(ctx, b, k.Turn, c, k.backlink())
		}
		if after := follows(err); after != rest {
			n = max(n, after)
			continue
		}
		if err := k.failed(b, err); err != nil {
			return rest, err
		}
	}
	return n, nil
}

// follows says what the end of a write means for the turn: a lost answer is looked
// for at once, a step of a workflow is followed by the next.
func follows(err error) next {
	switch {
	case errors.Is(err, apply.ErrPending), errors.Is(err, apply.ErrOnTheWay):
		return onward
	case errors.Is(err, apply.ErrVoid):
		return overtaken
	default:
		return rest
	}
}

func (k *turn) link(binding string) store.Link {
	i := slices.IndexFunc(k.links, func(l store.Link) bool { return l.Binding == binding })
	return k.links[i]
}

// backlink names the issues a new twin stands beside.
func (k *turn) backlink() string {
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
