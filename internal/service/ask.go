package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// An Ask is one thing that a person asks of a record at conformd itself: in the pages, or by a
// program. What comes of it is decided by the register.
type Ask struct {
	Name  string // in addresses: "triage"
	Label string // on a button: "Confirm the triage"
	Says  string // what comes of it, a sentence
	// Act is what the person must be allowed to do, "" if everybody may ask who has to do with the record.
	Act register.Act
	// Approves says that it is a decision in the name of the organisation, for which somebody proves anew
	// who they are.
	Approves bool
	// Several says that it can be asked of several records at once, as [Acts.Together] does.
	Several bool
	Inputs  []Input
}

// An Input is one thing that a person says with an Ask.
type Input struct {
	Name, Label, Hint string
	// As is a field whose values are read as this input is, "" for a text of its own.
	As      register.Field
	Type    register.Type
	Options []Option // TypeEnum and TypePerson: what people choose from
	Value   string   // what it begins with
	Needed  bool

	asOf string // the input that names the field whose values are read as this input is
}

// An Option is a value that people choose.
type Option struct{ Value, Label string }

// ErrNoAsk says that there is no Ask of a name.
var ErrNoAsk = fmt.Errorf("there is no such act")

// ErrForeign says that a person has nothing to do with a record, as [Acts.HasToDoWith] has it. Nothing was done.
var ErrForeign = errors.New("the record is not one of yours")

// An InvalidError says what is wrong with the inputs of an Ask. Nothing was done.
type InvalidError struct{ Faults []InputFault }

// An InputFault is what is wrong with one input, and what helps.
type InputFault struct{ Input, What, Remedy string }

// Error names every fault.
func (e *InvalidError) Error() string {
	words := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		words[i] = f.Input + ": " + f.What
	}
	return strings.Join(words, "; ")
}

// A StaleError says that a record changed since the person saw it. Nothing was done.
type StaleError struct {
	Ref      string
	Saw, Now int64 // versions
}

// Error says what to do.
func (e *StaleError) Error() string {
	return fmt.Sprintf("%s changed since you saw it: that was version %d, and it is version %d now; look at what changed and send it again", e.Ref, e.Saw, e.Now)
}

// Ask does what a person asks of a record by its id. The error is a *RefusedError if the register refuses
// it, an *InvalidError if an input cannot be used, a *StaleError if the person saw another version, ErrForeign
// if they have nothing to do with the record and the act takes no role, and ErrNoAsk for a name that no ask has.
func (a *Acts) Ask(ctx context.Context, id string, by By, name string, given map[string]string) (Acted, error) {
	k, err := named(name)
	if err != nil {
		return Acted{}, err
	}
	var last []command
	if k.before != nil {
		c, about, err := k.before(ctx, a, id)
		if err != nil {
			return Acted{}, err
		}
		last, by.Saw = []command{c}, cmp.Or(by.Saw, about)
	}
	x := act{author: a.author(by), trigger: trigger(by), plan: a.planning(k, by, given, last...)}
	if k.Act == "" {
		x.may = func(r register.Record) bool { return a.HasToDoWith(r, by.Person) }
	}
	return a.do(ctx, id, by, x)
}

// planning plans the commands of an ask with what was given, and after them those that are ready.
func (a *Acts) planning(k ask, by By, given map[string]string, ready ...command) planned {
	return func(ctx context.Context, t *store.Tx, r register.Record) ([]command, error) {
		x := asking{a, r}
		in, faults := x.read(k.inputs(x), given)
		if len(faults) > 0 {
			return nil, &InvalidError{faults}
		}
		if k.filing != nil {
			return k.filing(ctx, t, x, by, in)
		}
		return append(k.commands(x, in), ready...), nil
	}
}

// Asks returns what a person may ask of a record as it is now.
func (a *Acts) Asks(r register.Record, person string) []Ask {
	var out []Ask
	x := asking{a, r}
	for _, k := range asks() {
		if k.fits(x) && a.mayAsk(k.Ask, r, person) {
			k.Inputs = k.inputs(x)
			out = append(out, k.Ask)
		}
	}
	return out
}

// named returns the ask of a name, or ErrNoAsk.
func named(name string) (ask, error) {
	for _, k := range asks() {
		if k.Name == name {
			return k, nil
		}
	}
	return ask{}, ErrNoAsk
}

// AskNamed returns an ask without its inputs, or ErrNoAsk.
func AskNamed(name string) (Ask, error) {
	k, err := named(name)
	return k.Ask, err
}

// AllAsks returns every ask, with the inputs that it has for any record.
func (a *Acts) AllAsks() []Ask {
	var out []Ask
	for _, k := range asks() {
		k.Inputs = k.inputs(asking{a, register.Record{Fields: map[register.Field]string{}}})
		out = append(out, k.Ask)
	}
	return out
}

// AskOf returns an ask with its inputs for a record. A value of a field that was chosen already is asked for as the values
// of that field are.
func (a *Acts) AskOf(r register.Record, name string, given map[string]string) (Ask, error) {
	k, err := named(name)
	if err != nil {
		return Ask{}, err
	}
	x, out := asking{a, r}, k.Ask
	out.Inputs = k.inputs(x)
	x.ask(out.Inputs, given)
	return out, nil
}

// ask asks for the value of a field that was chosen already as the values of that field are.
func (x asking) ask(inputs []Input, given map[string]string) {
	for n, in := range inputs {
		if f := given[in.asOf]; in.asOf != "" && slices.ContainsFunc(x.settable(), func(o Option) bool { return o.Value == f }) {
			of := x.field(register.Field(f))
			in.Type, in.Options, in.Value = of.Type, of.Options, of.Value
			inputs[n] = in
		}
	}
}

// Typed reads a value of a field as people type it. The error is an *InvalidError.
func (a *Acts) Typed(f register.Field, v string) (string, error) {
	typed, p := a.Typing.Typed(f, strings.ReplaceAll(strings.TrimSpace(v), "\r\n", "\n"))
	if p.Code != "" {
		return v, &InvalidError{[]InputFault{{"value", p.What.String(), p.Remedy.String()}}}
	}
	return typed, nil
}

// mayAsk reports whether a person has the role for an ask.
func (a *Acts) mayAsk(k Ask, r register.Record, person string) bool {
	if k.Act == "" {
		return a.HasToDoWith(r, person)
	}
	return slices.Contains(a.Policy.AllowedOn(r, a.People, k.Act), person) || k.Act == register.ActReview && r.Fields[register.FieldReviewer] == person
}

// HasToDoWith reports whether a record is one of a person's own: they own it, work or worked on it, reported it or
// review it. Whoever has a role that decides has to do with every record, and everybody with one that nobody owns.
func (a *Acts) HasToDoWith(r register.Record, person string) bool {
	p, known := a.People[person]
	if !known || slices.Contains(p.Roles, register.RoleAuditor) {
		return false
	}
	owner := r.Fields[register.FieldOwner]
	return len(p.Roles) > 0 || owner == "" || register.InvolvedIn(r, person, a.Now()) != "" ||
		slices.Contains([]string{owner, r.Fields[register.FieldReporter], r.Fields[register.FieldReviewer]}, person)
}

// asking is a record of which somebody asks something.
type asking struct {
	a *Acts
	r register.Record
}

// read reads the inputs that a person gave, each as the register has it.
func (x asking) read(inputs []Input, given map[string]string) (map[string]string, []InputFault) {
	in := map[string]string{}
	var faults []InputFault
	for _, i := range inputs {
		v := strings.ReplaceAll(strings.TrimSpace(given[i.Name]), "\r\n", "\n")
		if v == "" {
			if i.Needed {
				faults = append(faults, InputFault{i.Name, i.Label + " is missing", cmp.Or(i.Hint, "give it a value")})
			}
			continue
		}
		as := i.As
		if i.asOf != "" {
			as = register.Field(given[i.asOf])
		}
		if as != "" {
			typed, p := x.a.Typing.Typed(as, v)
			if p.Code != "" {
				faults = append(faults, InputFault{i.Name, p.What.String(), p.Remedy.String()})
				continue
			}
			v = typed
		} else if len(i.Options) > 0 && !slices.ContainsFunc(i.Options, func(o Option) bool { return o.Value == v }) {
			faults = append(faults, InputFault{i.Name, fmt.Sprintf("%q cannot be chosen", v), "choose " + choices(i.Options)})
			continue
		}
		in[i.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(inputs, func(i Input) bool { return i.Name == name }) {
			faults = append(faults, InputFault{name, "it is no input of this act", "leave it out"})
		}
	}
	return in, faults
}

func choices(options []Option) string {
	words := make([]string, len(options))
	for i, o := range options {
		words[i] = o.Value
	}
	return "one of " + strings.Join(words, ", ")
}
