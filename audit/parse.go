package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// errNotCanonical is what a leaf with the right members in another spelling is.
var errNotCanonical = errors.New("not in canonical form")

// ParseEntry reads an entry from its canonical bytes, and holds that they are canonical.
func ParseEntry(leaf []byte) (Entry, error) {
	var w wireEntry
	dec := json.NewDecoder(bytes.NewReader(leaf))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return Entry{}, fmt.Errorf("audit: entry: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, fmt.Errorf("audit: entry: more than one value: %w", errNotCanonical)
	}
	if w.V != FormatVersion && (w.V != 1 || w.Facts != nil || w.Actor.Account != "") {
		return Entry{}, fmt.Errorf("audit: entry of format version %d, known are 1 and %d", w.V, FormatVersion)
	}
	e, err := w.entry()
	if err != nil {
		return Entry{}, err
	}
	again, err := e.Canonical()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, leaf) {
		return Entry{}, fmt.Errorf("audit: entry: %w", errNotCanonical)
	}
	return e, nil
}

// The wire types are the JSON form of an entry, kept apart so that the Go form can
// change and the entries cannot.
type (
	wireEntry struct {
		Actor    wireActor     `json:"actor"`
		At       wireTime      `json:"at"`
		Cause    []int64       `json:"cause"`
		Changes  []wireChange  `json:"changes"`
		Config   string        `json:"config"`
		Facts    *wireText     `json:"facts"`
		Intent   *int64        `json:"intent"`
		Occurred wireTime      `json:"occurred"`
		Origin   wireOrigin    `json:"origin"`
		Outcome  Outcome       `json:"outcome"`
		Reason   string        `json:"reason"`
		Request  *wireRequest  `json:"request"`
		Rules    []wireVerdict `json:"rules"`
		Run      string        `json:"run"`
		Subject  wireSubject   `json:"subject"`
		V        int           `json:"v"`
		Verb     Verb          `json:"verb"`
	}
	wireActor struct {
		Account string    `json:"account"`
		How     How       `json:"how"`
		ID      string    `json:"id"`
		Kind    ActorKind `json:"kind"`
	}
	wireOrigin struct {
		Binding  string  `json:"binding"`
		Delivery string  `json:"delivery"`
		Event    string  `json:"event"`
		Issue    string  `json:"issue"`
		Key      string  `json:"key"`
		Trigger  Trigger `json:"trigger"`
	}
	wireSubject struct {
		ID      string      `json:"id"`
		Ref     string      `json:"ref"`
		Type    SubjectType `json:"type"`
		Version int64       `json:"version"`
	}
	wireChange struct {
		After  *wireText `json:"after"`
		Before *wireText `json:"before"`
		Field  string    `json:"field"`
	}
	wireText struct {
		Commitment string `json:"commitment"`
		Length     int64  `json:"length"`
		SHA256     string `json:"sha256"`
		Value      string `json:"value"`
	}
	wireRequest struct {
		After     string   `json:"after"`
		Attempts  int      `json:"attempts"`
		Before    string   `json:"before"`
		Key       string   `json:"key"`
		Op        string   `json:"op"`
		ReadBack  ReadBack `json:"read_back"`
		RequestID string   `json:"request_id"`
		Status    int      `json:"status"`
		Target    string   `json:"target"`
	}
	wireVerdict struct {
		OK   bool   `json:"ok"`
		Rule string `json:"rule"`
		Why  string `json:"why"`
	}
	wireTime struct{ time.Time }
)

// UnmarshalJSON reads the one form of a time that entries have.
func (t *wireTime) UnmarshalJSON(b []byte) (err error) {
	t.Time, err = time.Parse(`"`+stamp+`"`, string(b))
	return err
}

func (w *wireEntry) entry() (Entry, error) {
	e := Entry{
		Verb: w.Verb, At: w.At.Time, Occurred: w.Occurred.Time, Intent: -1, Outcome: w.Outcome,
		Reason: w.Reason, Cause: w.Cause, Run: w.Run, Config: w.Config, Facts: w.Facts.text(),
		Actor: Actor{Kind: w.Actor.Kind, ID: w.Actor.ID, How: w.Actor.How, Account: w.Actor.Account},
		Origin: Origin{
			Binding: w.Origin.Binding, Issue: w.Origin.Issue, Key: w.Origin.Key,
			Delivery: w.Origin.Delivery, Event: w.Origin.Event, Trigger: w.Origin.Trigger,
		},
		Subject: Subject{Type: w.Subject.Type, ID: w.Subject.ID, Ref: w.Subject.Ref, Version: w.Subject.Version},
	}
	if w.V != FormatVersion {
		e.Format = w.V
	}
	if w.Intent != nil {
		if !w.Verb.closes() {
			return Entry{}, fmt.Errorf("audit: entry %q names an intent", w.Verb)
		}
		e.Intent = *w.Intent
	}
	for _, c := range w.Changes {
		e.Changes = append(e.Changes, FieldChange{c.Field, c.Before.text(), c.After.text()})
	}
	for _, v := range w.Rules {
		e.Rules = append(e.Rules, Verdict{v.Rule, v.OK, v.Why})
	}
	if r := w.Request; r != nil {
		e.Request = &Request{
			Op: r.Op, Target: r.Target, Key: r.Key, Before: r.Before, After: r.After,
			Status: r.Status, RequestID: r.RequestID, ReadBack: r.ReadBack, Attempts: r.Attempts,
		}
	}
	return e, nil
}

func (t *wireText) text() *Text {
	if t == nil {
		return nil
	}
	return &Text{Value: t.Value, SHA256: t.SHA256, Length: t.Length, Commitment: t.Commitment}
}
