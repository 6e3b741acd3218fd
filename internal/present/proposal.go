package present

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Proposal is a change of a value that waits for a decision, in words for people.
type Proposal struct {
	Field register.Field `json:"field"`
	Label string         `json:"label"`
	Now   string         `json:"now"`      // what the register has
	Value string         `json:"proposed"` // what the register has once the change is accepted
	By    string         `json:"by"`       // "" if the tracker does not say
	Where string         `json:"where"`    // key of the issue
	Since time.Time      `json:"since,omitzero"`
	// Amends says that the record is closed, so that accepting the change amends it.
	Amends bool   `json:"amends,omitempty"`
	Who    string `json:"who_decides"` // "an ISMS manager"
	// Take is the command that accepts the change, "" for a value that the register cannot
	// take. Keep is the command that keeps the register's value.
	Take string `json:"take,omitempty"`
	Keep string `json:"keep"`
	// Why is the reason of who asks for a later date or an exception, in their own words.
	Why string `json:"why,omitempty"`
}

// Proposals returns the changes that wait for a decision, oldest first.
func Proposals(r register.Record, n Names, p register.Policy) []Proposal {
	var out []Proposal
	for _, x := range r.Proposals {
		if x.Field == register.FieldState {
			out = append(out, reopening(r, x, n, p))
			continue
		}
		now, proposed := shorten(line(n.Value(x.Field, r.Fields[x.Field])), line(n.Value(x.Field, x.On(r.Fields[x.Field]))))
		w := Proposal{
			Field: x.Field, Label: label(string(x.Field)), Now: now, Value: proposed, By: n.Person(x.By), Where: n.Place(x.From),
			Since: x.At, Amends: x.Amends, Who: p.Decides(r, x), Keep: "/capa keep " + typed(x.Field) + " because …",
		}
		w.Take = taking(x)
		out = append(out, w)
	}
	for _, e := range r.Extensions {
		if e.State == register.ExtensionAsked {
			out = append(out, extensionProposal(r, e, n, p))
		}
	}
	if a, waits := register.AskedAcceptance(r); waits {
		out = append(out, exceptionProposal(r, a, n, p))
	}
	return out
}

// reopening is the request to reopen a record that is at its end: somebody moved an issue
// back who may not decide that.
func reopening(r register.Record, x register.Proposal, n Names, p register.Policy) Proposal {
	return Proposal{
		Field: x.Field, Label: label(string(x.Field)), Now: string(r.State), Value: line(x.Value), By: n.Person(x.By), Where: n.Place(x.From),
		Since: x.At, Amends: x.Amends, Who: p.Decides(r, x), Take: "/capa reopen <reason>", Keep: "/capa keep state because …",
	}
}

// Reopens reports whether the proposal is to reopen the record.
func (x Proposal) Reopens() bool { return x.Field == register.FieldState }

// Extends reports whether the proposal is a later date of a milestone.
func (x Proposal) Extends() bool {
	_, ok := register.MilestoneOfChange(string(x.Field))
	return ok
}

// Excepts reports whether the proposal is an exception.
func (x Proposal) Excepts() bool { return register.IsAcceptanceChange(string(x.Field)) }

// taking returns the command that accepts a proposal, "" if the register cannot take its
// value.
func taking(x register.Proposal) string {
	info, _ := register.Info(x.Field)
	listed := info.Enum != nil || info.Type == register.TypePerson
	switch {
	case info.Enum != nil && !slices.Contains(info.Enum, register.CountsAs(x.Field, x.Value)), listed && x.Value == "", strings.HasPrefix(x.Value, accountPrefix):
		return ""
	case listed && !x.Amends:
		return "/capa " + typed(x.Field) + " " + register.StepName(x.Field, x.Value) + " because …"
	default:
		return "/capa amend " + typed(x.Field) + " because …"
	}
}

// typed returns the name of a field as people type it in a command.
func typed(f register.Field) string {
	if info, _ := register.Info(f); register.Custom(f) {
		return info.Label
	}
	return strings.ReplaceAll(string(f), "_", "-")
}

// Changes says what would change: "Grade: major → minor".
func (x Proposal) Changes() string { return x.Change().String() }

// Change is Changes, in no language yet.
func (x Proposal) Change() *message.Message {
	if m, ok := register.MilestoneOfChange(string(x.Field)); ok {
		return message.New("date of {{.Milestone}}: {{.Before}} → {{.After}}", "Milestone", message.Term(m.Words()), "Before", message.Day(x.Now), "After", message.Day(x.Value))
	}
	empty := func(v string) any {
		if v == "" {
			return message.Term("(empty)")
		}
		return v
	}
	return message.New("{{.Field}}: {{.Before}} → {{.After}}", "Field", message.Term(x.Label), "Before", empty(x.Now), "After", empty(x.Value))
}

// Decide says who decides with which commands: "an ISMS manager decides: `/capa grade
// minor because …`, or `/capa keep grade because …`".
func (x Proposal) Decide() string { return x.Deciding(nil).String() }

// Deciding is Decide for people who type commands in a language.
func (x Proposal) Deciding(l *catalogue.Language) *message.Message {
	who, keep := message.Roles(x.Who), l.Command(x.Keep)
	several := strings.Contains(x.Who, " and ")
	switch {
	case x.Take == "" && several:
		return message.New("{{.Roles}} decide: `{{.Keep}}`", "Roles", who, "Keep", keep)
	case x.Take == "":
		return message.New("{{.Roles}} decides: `{{.Keep}}`", "Roles", who, "Keep", keep)
	case several:
		return message.New("{{.Roles}} decide: `{{.Take}}`, or `{{.Keep}}`", "Roles", who, "Take", l.Command(x.Take), "Keep", keep)
	default:
		return message.New("{{.Roles}} decides: `{{.Take}}`, or `{{.Keep}}`", "Roles", who, "Take", l.Command(x.Take), "Keep", keep)
	}
}

// String says who proposes what, who decides about it, and with which commands.
func (x Proposal) String() string {
	by, verb := x.By, " proposes "
	if by == "" {
		by = "Somebody whom the tracker does not name"
	}
	if x.Reopens() {
		return by + " asks to reopen the record, which stays " + x.Now + ": moved back to " + x.Value + in(&Event{Where: x.Where}) + "; " + x.Decide()
	}
	if x.Extends() {
		return by + " asks for a later " + x.Changes() + " (" + x.Why + "); " + x.Decide()
	}
	if x.Excepts() {
		return by + " asks for an exception until " + x.Value + " (" + x.Why + "); " + x.Decide()
	}
	if x.Amends {
		verb = " would amend "
	}
	return by + verb + x.Changes() + " in " + x.Where + "; " + x.Decide()
}
