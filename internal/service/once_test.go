package service_test

import (
	"context"
	"errors"
	"testing"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

var errCrash = errors.New("the process stopped")

// crashes is a store whose process stops at the next write: before what is written is durable, or right after.
type crashes struct {
	*store.Store

	after bool
}

func (c crashes) Write(ctx context.Context, do func(*store.Tx) error) error {
	err := c.Store.Write(ctx, func(t *store.Tx) error {
		if err := do(t); err != nil || c.after {
			return err
		}
		return errCrash
	})
	return errors.Join(err, errCrash)
}

// TestRequestAcrossACrash: an act and the key of its request are durable together, so a repetition is done once, wherever
// the process stopped.
func TestRequestAcrossACrash(t *testing.T) {
	c := newCounter(t)
	id := c.recs[0].ID
	acts := map[string]func(*service.Acts, service.By) (service.Acted, error){
		"file": func(a *service.Acts, by service.By) (service.Acted, error) {
			return a.FileAsked(t.Context(), by, map[string]string{"kind": "nonconformity", "title": "Badges are shared"})
		},
		"set": func(a *service.Acts, by service.By) (service.Acted, error) {
			return a.Ask(t.Context(), id, by, "set", map[string]string{"field": "location", "value": by.Request.Key})
		},
	}
	for name, do := range acts {
		for _, after := range []bool{false, true} {
			key := name + " stopped before"
			if after {
				key = name + " stopped after"
			}
			by := service.By{Person: "irene", How: register.ByAPI, Request: &store.Request{Person: "irene", Key: key, Digest: "d"}}
			stopped := *c.acts
			stopped.Store = crashes{c.store, after}
			if _, err := do(&stopped, by); !errors.Is(err, errCrash) {
				t.Fatalf("%s: %v, want that the process stopped", key, err)
			}
			again, err := do(c.acts, by)
			if err != nil || again.Again != after || len(again.Facts) > 0 == after {
				t.Errorf("%s: the repetition is again %t with %d facts, %v; want again %t", key, again.Again, len(again.Facts), err, after)
			}
			third, err := do(c.acts, by)
			if err != nil || !third.Again || third.Record.ID != again.Record.ID || third.Version != again.Version {
				t.Errorf("%s: the third is %+v, %v", key, third, err)
			}
			by.Request = &store.Request{Person: "irene", Key: key, Digest: "another"}
			if _, err := do(c.acts, by); !errors.Is(err, store.ErrKeyUsed) {
				t.Errorf("%s: another request under the key: %v", key, err)
			}
		}
	}
	rows, err := c.store.Records(t.Context())
	if err != nil || len(rows) != len(c.recs)+2 {
		t.Errorf("%d records, %v; want two more than %d", len(rows), err, len(c.recs))
	}
}

// A person who has nothing to do with a record cannot change it, with any version and any input. An act that takes a role is
// refused by the register, which says who has that role.
func TestAskOfAForeignRecord(t *testing.T) {
	c := newCounter(t)
	id := c.recs[0].ID
	value := map[string]string{"field": "location", "value": "The office in Berlin"}
	if _, err := c.ask(id, "irene", "set", map[string]string{"field": "owner", "value": "erik"}); err != nil {
		t.Fatal(err)
	}
	before, err := c.store.Record(t.Context(), c.recs[0].Ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"olga", "ada", "a stranger"} {
		for _, saw := range []int64{0, 1, before.Version} {
			for _, in := range []map[string]string{value, {"colour": "red"}} {
				by := service.By{Person: who, How: register.BySignIn, Saw: saw}
				if _, err := c.acts.Ask(t.Context(), id, by, "set", in); !errors.Is(err, service.ErrForeign) {
					t.Errorf("%s sets %v having seen version %d: %v, want that it is not theirs", who, in, saw, err)
				}
			}
		}
	}
	if after, err := c.store.Record(t.Context(), c.recs[0].Ref); err != nil || after.Version != before.Version {
		t.Errorf("the record has version %d, %v; want it untouched at %d", after.Version, err, before.Version)
	}
	if _, err := c.ask(id, "olga", "triage", nil); err == nil || errors.Is(err, service.ErrForeign) {
		t.Errorf("a triage without the role: %v, want the refusal of the register", err)
	}
	if _, err := c.ask(id, "erik", "set", value); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

// TestRefusedDecisionAgain: a decision that was refused and is sent again is refused again, under the key of its form too.
func TestRefusedDecisionAgain(t *testing.T) {
	c := newCounter(t)
	by := service.By{Person: "rita", How: register.BySignIn, Key: "form"}
	in := map[string]string{"outcome": "effective", "reason": "The export of June was compared with the list of leavers."}
	var said []string
	for range 2 {
		_, err := c.acts.Ask(t.Context(), c.recs[0].ID, by, "review", in)
		no, ok := errors.AsType[*service.RefusedError](err)
		if !ok {
			t.Fatalf("the review of a record without actions: %v, want a refusal", err)
		}
		said = append(said, no.Error()+": "+no.Refusal.Message().String())
	}
	if said[0] != said[1] {
		t.Errorf("it is refused as %q", said)
	}
}
