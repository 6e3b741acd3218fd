package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// MostTogether is how many records one act is asked of at a time.
const MostTogether = 100

// A Together is one act that a person asks of several records at once. Each is done or refused by itself, as if it were asked alone.
type Together struct {
	Name  string // of the Ask
	Given map[string]string
	// Rehearsed says what would come of it, and changes nothing.
	Rehearsed bool
}

// A Member is one of several records, as the person saw it.
type Member struct {
	ID, Ref string
	Saw     int64 // version, 0 if it does not matter
}

// A Fate is what came of an act for one of several records.
type Fate string

// The fates.
const (
	FateDone    Fate = "done"    // or would be
	FateSame    Fate = "same"    // the record was so already
	FateRefused Fate = "refused" // by the register, or since an input does not fit the record
	FateForeign Fate = "foreign" // the person has nothing to do with the record
	FateStale   Fate = "stale"   // it changed since the person saw it
	FateFailed  Fate = "failed"  // it could not be tried
)

// A Result is what came of an act for one of several records.
type Result struct {
	Member

	Fate    Fate
	Again   bool  // it was done before
	Version int64 // of the record: that it has now, 0 if it was not looked at
	Title   string
	Changes []Altered
	// Why it was not done, and what helps.
	Why, Remedy string
	Invalid     *InvalidError // what is wrong with the inputs for this record
	Err         error         // why it was not done
}

// An Altered is a value that an act changes.
type Altered struct {
	Field    register.Field
	Label    string
	From, To string
	Waits    bool // it is proposed, and waits for a decision
}

// AsksTogether returns the acts that can be asked of some records at once.
func (a *Acts) AsksTogether(records []register.Record) []Ask {
	var out []Ask
	list := a.asking(records)
	for _, k := range asks() {
		if k.together != nil {
			k.Inputs = k.together(list)
			out = append(out, k.Ask)
		}
	}
	return out
}

func (a *Acts) asking(records []register.Record) []asking {
	list := make([]asking, len(records))
	for i, r := range records {
		list[i] = asking{a, r}
	}
	return list
}

// AskTogether returns an act with its inputs for some records, or ErrNoAsk if it is none that is asked of several at once.
func (a *Acts) AskTogether(records []register.Record, name string, given map[string]string) (Ask, error) {
	k, err := named(name)
	if err != nil || k.together == nil {
		return Ask{}, ErrNoAsk
	}
	list, out := a.asking(records), k.Ask
	out.Inputs = k.together(list)
	x := asking{a, register.Record{Fields: map[register.Field]string{}}}
	x.ask(out.Inputs, given)
	return out, nil
}

// Together asks an act of several records, one after the other. Each has a result of its own. What was done to a record under the same
// key, or under the same key of a program, is not done to it again.
func (a *Acts) Together(ctx context.Context, by By, members []Member, x Together) ([]Result, error) {
	k, err := named(x.Name)
	if err != nil || k.together == nil {
		return nil, ErrNoAsk
	}
	if len(members) > MostTogether {
		return nil, fmt.Errorf("an act of %d records at once, and %d is the most", len(members), MostTogether)
	}
	digest, err := x.digest()
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(members))
	for i, m := range members {
		out[i] = a.member(ctx, k, by, m, x, digest)
	}
	return out, nil
}

// digest tells an act with its inputs from others under the same key.
func (x Together) digest() (string, error) {
	text, err := json.Marshal([]any{x.Name, x.Given})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// member asks an act of one of several records.
func (a *Acts) member(ctx context.Context, k ask, by By, m Member, x Together, digest string) Result {
	mine := *a
	by.Saw = m.Saw
	// No key of a program has a stroke, so it is none of those that are kept here.
	switch {
	case by.Request != nil:
		by.Request = &store.Request{Person: by.Person, Key: "several/" + by.Request.Key + ":" + m.Ref, Digest: digest}
	case by.Key != "":
		by.Key += ":" + m.Ref
		by.Request = &store.Request{Person: by.Person, Key: "together/" + by.Key, Digest: digest}
	}
	if x.Rehearsed {
		mine.Store, by.Request = rehearsal{a.Store}, nil
	}
	var seen register.Record
	acted, err := mine.do(ctx, m.ID, by, act{
		author: mine.author(by), trigger: trigger(by), plan: a.planning(k, by, x.Given),
		may: func(r register.Record) bool {
			seen = r
			return k.Act != "" || a.HasToDoWith(r, by.Person)
		},
	})
	out := told(m, acted, err)
	if !x.Rehearsed && acted.Version != 0 {
		out.Version = acted.Version
	}
	if out.Title == "" {
		out.Title = seen.Fields[register.FieldTitle]
	}
	return out
}

// told sorts what came of an act for one of several records.
func told(m Member, acted Acted, err error) Result {
	out := Result{Member: m, Again: acted.Again, Version: acted.version, Title: acted.before.Fields[register.FieldTitle], Err: err}
	if invalid, ok := errors.AsType[*InvalidError](err); ok {
		f := invalid.Faults[0]
		out.Fate, out.Why, out.Remedy, out.Invalid = FateRefused, f.What, f.Remedy, invalid
		return out
	}
	if no, ok := errors.AsType[*RefusedError](err); ok {
		out.Fate, out.Why, out.Remedy = FateRefused, no.Error(), no.Refusal.Message().String()
		return out
	}
	if stale, ok := errors.AsType[*StaleError](err); ok {
		out.Fate, out.Version, out.Why = FateStale, stale.Now, fmt.Sprintf("you saw version %d, and it is version %d now", stale.Saw, stale.Now)
		return out
	}
	switch {
	case errors.Is(err, ErrForeign):
		out.Fate, out.Why = FateForeign, "this record is not one of yours"
		out.Remedy = "its owner, those who work on it, who reported it, and people with a role change it"
	case err != nil:
		out.Fate = FateFailed
	case acted.Again:
		out.Fate, out.Why = FateDone, "this form did it before"
	case len(acted.Facts) == 0:
		out.Fate, out.Why = FateSame, "it is so already"
	default:
		out.Fate, out.Changes = FateDone, altered(acted.before, acted.Record)
	}
	return out
}

// altered lists what an act changes in a record, as people see it.
func altered(before, after register.Record) []Altered {
	var out []Altered
	fields := slices.Concat(slices.Collect(maps.Keys(before.Fields)), slices.Collect(maps.Keys(after.Fields)))
	for _, info := range register.FieldsAnd(fields) {
		if x, y := before.Fields[info.Field], after.Fields[info.Field]; x != y && info.Field != register.FieldMissing {
			out = append(out, Altered{Field: info.Field, Label: info.Label, From: x, To: y})
		}
		for _, p := range after.Proposals {
			if p.Field == info.Field && !slices.Contains(before.Proposals, p) {
				out = append(out, Altered{Field: p.Field, Label: info.Label, From: before.Fields[p.Field], To: p.Value, Waits: true})
			}
		}
	}
	for _, e := range after.Extensions {
		if slices.Contains(before.Extensions, e) {
			continue
		}
		switch e.State {
		case register.ExtensionAsked:
			out = append(out, Altered{Label: e.Milestone.Words(), From: e.Before, To: e.To, Waits: true})
		case register.ExtensionApproved:
			out = append(out, Altered{Label: e.Milestone.Words(), From: e.Before, To: e.Date})
		}
	}
	return out
}

// A rehearsal is a Writer that takes everything back that is written.
type rehearsal struct{ Writer }

var errRehearsed = errors.New("it was a rehearsal")

// Write runs do in a transaction that is rolled back.
func (r rehearsal) Write(ctx context.Context, do func(*store.Tx) error) error {
	err := r.Writer.Write(ctx, func(t *store.Tx) error {
		if err := do(t); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}
