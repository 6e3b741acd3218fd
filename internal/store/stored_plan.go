package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/plan"
)

type storedBase struct {
	versioned
	Fields map[string]storedAgreed `json:"fields"`
}

// form is 2 with the values that a policy did not choose, and those that were proposed.
func (*storedBase) form() int { return 2 }

type storedAgreed struct {
	Side       string `json:"side"`
	Register   string `json:"register"`
	Contested  bool   `json:"contested,omitempty"`
	Refused    string `json:"refused,omitempty"`
	Unverified bool   `json:"old,omitempty"`
	Waits      bool   `json:"waits,omitempty"`
	Kept       string `json:"kept,omitempty"`
	Outvoted   string `json:"outvoted,omitempty"`
}

func encodeBase(b plan.Base) (string, error) {
	fields := storeAgreed(b)
	if fields == nil {
		fields = map[string]storedAgreed{}
	}
	return encode(&storedBase{Fields: fields})
}

// decodeBase reads a base. Without a version it is the map alone.
func decodeBase(doc string) (plan.Base, error) {
	var s storedBase
	if err := decode(doc, "base", &s); err != nil {
		return nil, err
	}
	if s.V == 0 {
		if err := json.Unmarshal([]byte(doc), &s.Fields); err != nil {
			return nil, fmt.Errorf("base in the store: %w", err)
		}
	}
	return agreedOf(s.Fields), nil
}

func storeAgreed(b plan.Base) map[string]storedAgreed {
	return eachOf[register.Field, string](b, func(a plan.Agreed) storedAgreed { return storedAgreed(a) })
}

func agreedOf(in map[string]storedAgreed) plan.Base {
	return eachOf[string, register.Field](in, func(a storedAgreed) plan.Agreed { return plan.Agreed(a) })
}

type storedEvent struct {
	versioned
	Binding string               `json:"Binding"`
	ID      string               `json:"ID"`
	Kind    mapping.EventKind    `json:"Kind"`
	Subject register.Subject     `json:"Subject"`
	Outcome register.Outcome     `json:"Outcome"`
	Field   register.Field       `json:"Field"`
	Verb    string               `json:"Verb"`
	Value   string               `json:"Value,omitempty"`
	Text    string               `json:"Text"`
	By      string               `json:"By"`
	Account string               `json:"Account,omitempty"`
	Name    string               `json:"Name,omitempty"`
	At      time.Time            `json:"At"`
	How     register.ApprovalHow `json:"How"`
	Comment string               `json:"Comment"`
	Bot     bool                 `json:"Bot,omitempty"`
	Edited  time.Time            `json:"Edited,omitzero"`
	Editor  string               `json:"Editor,omitempty"`
	Refused message.Text         `json:"Refused"`
}

// form is 2 since a command may decide a value, and the account beside a person is kept, and
// 3 since the editor of a comment is.
func (*storedEvent) form() int { return 3 }

func encodeEvent(e plan.Event) (string, error) {
	return encode(&storedEvent{
		Binding: e.Binding, ID: e.ID, Kind: e.Kind, Subject: e.Subject, Outcome: e.Outcome, Field: e.Field, Verb: e.Verb, Value: e.Value, Text: e.Text,
		By: e.By, Account: e.Account, Name: e.Name, At: e.At, How: e.How, Comment: e.Comment, Bot: e.Bot, Edited: e.Edited, Editor: e.Editor, Refused: e.Refused,
	})
}

func decodeEvent(doc string) (plan.Event, error) {
	var s storedEvent
	err := decode(doc, "event", &s)
	return plan.Event{Binding: s.Binding, Event: mapping.Event{
		ID: s.ID, Kind: s.Kind, Subject: s.Subject, Outcome: s.Outcome, Field: s.Field, Verb: s.Verb, Value: s.Value, Text: s.Text,
		By: s.By, Account: s.Account, Name: s.Name, At: s.At, How: s.How, Comment: s.Comment, Bot: s.Bot, Edited: s.Edited, Editor: s.Editor, Refused: s.Refused,
	}}, err
}

type storedConflict struct {
	versioned
	Field  register.Field        `json:"field"`
	Values []storedConflictValue `json:"values"`
	Winner string                `json:"winner,omitempty"`
	Policy string                `json:"policy,omitempty"`
}

type storedConflictValue struct {
	Place string `json:"place"`
	Value string `json:"value"`
	Base  string `json:"base"`
}

func encodeConflict(c plan.Conflict) (string, error) {
	return encode(&storedConflict{
		Field: c.Field, Values: each(c.Values, func(v plan.ConflictValue) storedConflictValue { return storedConflictValue(v) }), Winner: c.Winner, Policy: c.Policy,
	})
}

func decodeConflict(doc string) (plan.Conflict, error) {
	var s storedConflict
	err := decode(doc, "conflict", &s)
	return plan.Conflict{
		Field: s.Field, Values: each(s.Values, func(v storedConflictValue) plan.ConflictValue { return plan.ConflictValue(v) }), Winner: s.Winner, Policy: s.Policy,
	}, err
}

type storedOutbound struct {
	versioned
	Binding string        `json:"binding"`
	Issue   string        `json:"issue"`
	Load    storedLoad    `json:"load"`
	Writes  []storedWrite `json:"writes"`
	Digest  string        `json:"digest"`
}

type storedLoad struct {
	Records  int `json:"records"`
	Emptied  int `json:"emptied"`
	Replaced int `json:"replaced"`
	Creates  int `json:"creates"`
	Comments int `json:"comments"`
}

type storedWrite struct {
	Field  register.Field `json:"field,omitempty"`
	What   string         `json:"what,omitempty"`
	Before string         `json:"before,omitempty"`
	After  string         `json:"after,omitempty"`
}

func encodeOutbound(o plan.Outbound) (string, error) {
	return encode(&storedOutbound{
		Binding: o.Binding, Issue: o.Issue, Load: storedLoad(o.Load), Writes: each(o.Writes, func(w plan.Write) storedWrite { return storedWrite(w) }), Digest: o.Digest,
	})
}

func decodeOutbound(doc string) (plan.Outbound, error) {
	var s storedOutbound
	err := decode(doc, "outbound write", &s)
	return plan.Outbound{
		Binding: s.Binding, Issue: s.Issue, Load: present.Load(s.Load), Writes: each(s.Writes, func(w storedWrite) plan.Write { return plan.Write(w) }), Digest: s.Digest,
	}, err
}

type storedRefused struct {
	versioned
	Value string `json:"value"`
	Why   string `json:"why"`
}

func encodeRefused(r plan.Refused) (string, error) {
	return encode(&storedRefused{Value: r.Value, Why: r.Why})
}

func decodeRefused(doc string) (plan.Refused, error) {
	var s storedRefused
	err := decode(doc, "refusal", &s)
	return plan.Refused{Value: s.Value, Why: s.Why}, err
}
