package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Acts carries out what people do to the register without a tracker, such as at the command
// line. It uses the same commands of the register as a comment in a tracker does, and stores
// the result in one transaction with its entries of the log.
type Acts struct {
	Store    Writer
	People   map[string]register.Person
	Policy   register.Policy
	SmallOrg bool
	// Prefixes returns the beginning of the record numbers of a kind.
	Prefixes func(register.Kind) string
	// Typing reads what people type to conformd itself.
	Typing *mapping.Profile
	Now    func() time.Time
	// Register returns what answers questions about the whole register; nil for acts on single records alone.
	Register func(context.Context) (*Register, error)
}

// As returns a in which a person has only those of their roles for which has is true: a sign-in does not show each of them.
func (a *Acts) As(person string, has func(role string) bool) *Acts {
	p, known := a.People[person]
	if !known {
		return a
	}
	p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(role string) bool { return !has(role) })
	out := *a
	out.People = maps.Clone(a.People)
	out.People[person] = p
	return &out
}

// A Writer is what Acts needs of the store.
type Writer interface {
	Write(ctx context.Context, do func(*store.Tx) error) error
}

// By is who acts.
type By struct {
	Person  string
	Account string // "os:1000"
	// How is the way by which the person is known; "" is the command line.
	How register.ApprovalHow
	// Key makes a repeated act recognisable: acts with an equal key are done once. An act
	// with "" is never a repetition.
	Key string
	// Request is what a program asks under a key of its own, nil if there is none: it is done once.
	Request *store.Request
	// Saw is the version of the record that the person saw, 0 if it does not matter.
	Saw int64
}

// An Acted is the result of an act.
type Acted struct {
	Record  register.Record
	Facts   []register.Fact
	Version int64 // of the record
	// Again says that the request was done before.
	Again bool

	before  register.Record // as the act found it
	version int64           // of before
}

// A RefusedError is an act that does not count. It changed nothing; the log says who tried
// which act.
type RefusedError struct{ Refusal register.Refusal }

// Error says why.
func (e *RefusedError) Error() string { return e.Refusal.Error() }

// author returns the author of an act as the register names them.
func (a *Acts) author(by By) register.Author {
	key := by.Key
	if key == "" {
		key = uuid.NewString()
	}
	how := cmp.Or(by.How, register.ByTerminal)
	return register.Author{
		Person: by.Person, Account: by.Account, At: a.Now().UTC().Truncate(time.Millisecond), How: how,
		Event: "register:act:" + key, From: "register", Means: string(how),
	}
}

// Do runs commands on a record by its id; each command is made from the author. The error is
// a RefusedError if a command does not count.
func (a *Acts) Do(ctx context.Context, id string, by By, commands ...func(register.Author) register.Command) (Acted, error) {
	return a.do(ctx, id, by, act{author: a.author(by), trigger: trigger(by), plan: these(commands)})
}

// trigger says where a person acts.
func trigger(by By) audit.Trigger {
	if by.How == register.BySignIn || by.How == register.ByAPI {
		return audit.TriggerPage
	}
	return audit.TriggerManual
}

// An act is what somebody does to a record.
type act struct {
	author  register.Author
	trigger audit.Trigger
	// may reports whether the person may do it to the record as it is; nil leaves that to the register.
	may  func(register.Record) bool
	plan planned
}

// A planned returns the commands of an act on a record as it is, in the transaction in which they are done.
type planned func(context.Context, *store.Tx, register.Record) ([]command, error)

// these plans commands that are the same for every record.
func these(commands []command) planned {
	return func(context.Context, *store.Tx, register.Record) ([]command, error) { return commands, nil }
}

// Measured enters the value that a source has for a period, or that it has none. The key makes a
// repetition recognisable, as that of [By] does.
func (a *Acts) Measured(ctx context.Context, id, key string, e register.Enter) (Acted, error) {
	e.By = register.Author{At: a.Now().UTC().Truncate(time.Millisecond), Event: "register:act:" + key, From: "register"}
	return a.do(ctx, id, By{}, act{author: e.By, trigger: audit.TriggerClock, plan: these([]command{func(register.Author) register.Command { return e }})})
}

// Put enters the value that a program measured, in the name of a person and with a source that names the
// program.
func (a *Acts) Put(ctx context.Context, id string, by By, e register.Enter) (Acted, error) {
	e.By = a.author(by)
	e.By.How, e.By.Means = "", string(audit.ByAPI)
	return a.do(ctx, id, by, act{author: e.By, trigger: audit.TriggerManual, plan: these([]command{func(register.Author) register.Command { return e }})})
}

// do carries out an act on a record by its id.
func (a *Acts) do(ctx context.Context, id string, by By, x act) (Acted, error) {
	var out Acted
	var refused error
	err := a.Store.Write(ctx, func(t *store.Tx) error {
		var again bool
		var err error
		if out, again, err = repeated(ctx, t, by); again || err != nil {
			return err
		}
		row, err := t.Acquire(ctx, id)
		if err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
		if x.may != nil && !x.may(row.Record) {
			return ErrForeign
		}
		if by.Saw != 0 && by.Saw != row.Version {
			return &StaleError{row.Record.Ref, by.Saw, row.Version}
		}
		out, refused = Acted{Record: row.Record, before: row.Record, version: row.Version}, nil
		commands, err := x.plan(ctx, t, row.Record)
		if err != nil {
			return err
		}
		for _, command := range commands {
			c := command(x.author)
			circumstances, err := a.context(ctx, t, out.Record, c)
			if err != nil {
				return err
			}
			facts, err := register.Decide(out.Record, c, circumstances, a.Policy)
			out.Record, out.Facts = register.Replay(out.Record, facts), append(out.Facts, facts...)
			no, ok := errors.AsType[register.Refusal](err)
			if !ok && len(facts) == 0 {
				no, ok = refusedBefore(row.Record, c)
			}
			if ok {
				refused = &RefusedError{no}
				break
			}
		}
		if err := a.save(ctx, t, row.Fence, out, x.trigger); err != nil {
			return err
		}
		if err := t.Recurred(ctx, out.Record, out.Facts, a.Context(), a.Policy, x.trigger); err != nil {
			return err
		}
		if err := t.Follow(ctx, out.Record, out.Facts, a.Prefixes, x.trigger); err != nil {
			return err
		}
		now, err := t.Row(ctx, id)
		if err != nil {
			return err
		}
		out.Version = now.Version
		return noteDone(ctx, t, by, id, refused)
	})
	if err != nil {
		return Acted{}, err
	}
	return out, refused
}

// context returns the values that guards depend on besides the record.
func (a *Acts) context(ctx context.Context, t *store.Tx, r register.Record, c register.Command) (register.Context, error) {
	texts, then := register.LinkTexts(r), r
	switch c := c.(type) {
	case register.Judge:
		texts = append(texts, c.Approval.Reason)
	case register.Propose:
		texts, then = append(texts, c.Value), with(r, c.Field, c.Value)
	case register.Determine:
		texts, then = append(texts, c.Value), with(r, c.Field, c.Value)
	case register.AnswerRecurrence:
		texts = append(texts, c.Name)
	case register.AddLink:
		texts = append(texts, c.Name)
	case register.RemoveLink:
		texts = append(texts, c.Name)
	}
	exist, err := t.Existing(ctx, r.ID, register.References(strings.Join(texts, "\n")))
	if err != nil {
		return register.Context{}, err
	}
	out := a.Context()
	out.Records = exist
	if out.Findings, err = t.Findings(ctx, then); err != nil {
		return out, err
	}
	out.Similar, err = t.Similar(ctx, then)
	return out, err
}

// with returns r with another value.
func with(r register.Record, f register.Field, value string) register.Record {
	r = r.Clone()
	r.Fields[f] = value
	return r
}

// Context returns the values that guards depend on besides the record, as of now.
func (a *Acts) Context() register.Context {
	return register.Context{At: a.Now().UTC().Truncate(time.Millisecond), People: a.People, SmallOrg: a.SmallOrg}
}

// save stores the result of an act with its entries, and marks the record dirty so that the
// trackers show it.
func (a *Acts) save(ctx context.Context, t *store.Tx, fence int64, x Acted, trigger audit.Trigger) error {
	if len(x.Facts) == 0 {
		return nil
	}
	if err := t.SaveFacts(ctx, x.Record, fence, x.Facts, trigger); err != nil {
		return err
	}
	return t.MarkDirty(ctx, x.Record.ID)
}

// A Filing is a record that a person files at the command line.
type Filing struct {
	Kind   register.Kind
	Values map[register.Field]string
	Why    string // where the values come from, for the log
}

// File begins a record that has no issue.
func (a *Acts) File(ctx context.Context, by By, x Filing) (Acted, error) {
	if err := a.mayFile(by); err != nil {
		return Acted{}, err
	}
	var out Acted
	err := a.Store.Write(ctx, func(t *store.Tx) error {
		var again bool
		var err error
		if out, again, err = repeated(ctx, t, by); again || err != nil {
			return err
		}
		if out, err = a.file(ctx, t, by, x); err != nil {
			return err
		}
		return noteDone(ctx, t, by, out.Record.ID, nil)
	})
	return out, err
}

// mayFile says why somebody files no records; nil is no reason.
func (a *Acts) mayFile(by By) error {
	switch p, known := a.People[by.Person]; {
	case !known:
		return &RefusedError{register.Refusal{What: by.Person + " is not in the register's list of people"}}
	case slices.Contains(p.Roles, register.RoleAuditor):
		return &RefusedError{register.Refusal{What: "an auditor files no records", Told: message.New("an auditor changes nothing in the register; ask whoever is audited to file it")}}
	}
	return nil
}

// file begins a record that has no issue, in a transaction.
func (a *Acts) file(ctx context.Context, t *store.Tx, by By, x Filing) (Acted, error) {
	author := a.author(by)
	r := register.Record{Fields: map[register.Field]string{register.FieldKind: string(x.Kind), register.FieldReporter: by.Person}}
	if by.Key != "" {
		r.ID = keyed(by.Key)
		if known, err := t.Row(ctx, r.ID); err == nil {
			return Acted{Record: known.Record, Version: known.Version}, nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return Acted{}, err
		}
	}
	r, err := t.NewRecord(ctx, a.Prefixes(x.Kind), r)
	if err != nil {
		return Acted{}, err
	}
	t.Audit(audit.Entry{
		Verb: audit.RecordCreated, Occurred: author.At, Actor: ledger.Actor(register.Fact{By: by.Person, Account: by.Account, Means: author.Means}),
		Origin:  audit.Origin{Trigger: trigger(by)},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
		Changes: ledger.Filed(r),
		Facts:   ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &r}}),
	})
	out := Acted{Record: r}
	for _, info := range register.FieldsAnd(slices.Collect(maps.Keys(x.Values))) {
		v, given := x.Values[info.Field]
		if !given || strings.TrimSpace(v) == "" {
			continue
		}
		facts, err := register.Decide(out.Record, register.Propose{By: author, Field: info.Field, Value: v, Why: x.Why}, a.Context(), a.Policy)
		if err != nil {
			return Acted{}, err
		}
		out.Record, out.Facts = register.Replay(out.Record, facts), append(out.Facts, facts...)
	}
	row, err := t.Acquire(ctx, r.ID)
	if err != nil {
		return Acted{}, err
	}
	if err := a.save(ctx, t, row.Fence, out, trigger(by)); err != nil {
		return Acted{}, err
	}
	if err := t.Follow(ctx, out.Record, out.Facts, a.Prefixes, trigger(by)); err != nil {
		return Acted{}, err
	}
	if row, err = t.Row(ctx, r.ID); err != nil {
		return Acted{}, err
	}
	out.Version = row.Version
	return out, nil
}

// keyed is the id of the record that an act with a key files.
func keyed(key string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("conformd act "+key)).String()
}
