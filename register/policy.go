package register

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Severity says what a rule that does not hold means.
type Severity string

// The severities.
const (
	Must   Severity = "must"   // holds the record back
	Should Severity = "should" // is reported and holds nothing back
)

// A RuleInfo describes a rule.
type RuleInfo struct {
	ID          string   `json:"id"`          // "G07"; stable, and quoted in log entries and comments
	Requirement string   `json:"requirement"` // key of the requirement it serves, "nc.cause"
	Sentence    string   `json:"sentence"`    // what it demands, for people
	To          State    `json:"to"`          // the state that it must hold for to be entered, and stayed in
	Kinds       []Kind   `json:"kinds"`       // the kinds of record it applies to
	Grades      []Grade  `json:"grades"`      // the grades it applies to; nil for all
	Severity    Severity `json:"severity"`
	// Revision counts how often the check was made to demand something else, 0 for never.
	// Whoever changes what a check demands raises it: an adopted policy names the revision
	// that people agreed to.
	Revision int `json:"revision,omitempty"`
	// Evidence: it asks for evidence that can be lost again, and not for a decision, a time or
	// good wording. A record that loses it goes back.
	Evidence bool `json:"-"`
}

// A Rule is one guard of the lifecycle.
type Rule struct {
	RuleInfo
	// Check returns what r lacks; nothing when the rule holds. It depends on its
	// arguments alone.
	Check func(r Record, ctx Context) []Lack `json:"-"`
}

// A Lack is one thing that is missing or wrong. "Missing" is said only of what is
// missing: an owner whom nobody knows is no missing owner.
type Lack struct {
	Field Field    `json:"field"` // where it belongs; "" when it is no field, such as a waiting time
	What  *Message `json:"what"`  // for people: "Root cause is missing"
	// Missing says that the field is empty, and not that something is wrong with it.
	Missing bool   `json:"missing,omitempty"`
	Remedy  Remedy `json:"remedy,omitzero"`
}

// A Remedy says what takes a lack away. Where people do that depends on the tracker
// they are in; the words for it are not the register's.
type Remedy struct {
	Kind    RemedyKind `json:"kind,omitempty"`
	Subject Subject    `json:"subject,omitempty"` // RemedyDecide
	Outcome Outcome    `json:"outcome,omitempty"` // RemedyDecide
	Until   time.Time  `json:"until,omitzero"`    // RemedyWait
	Ref     string     `json:"ref,omitempty"`     // RemedyAnswer
	// By are the roles of who decides, where they are others than those of the act.
	By []string `json:"by,omitempty"` // RemedyDecide
}

// A RemedyKind is a sort of remedy.
type RemedyKind string

// The kinds of remedy.
const (
	RemedyGive   RemedyKind = ""       // give or correct the field
	RemedyWrite  RemedyKind = "write"  // write the field in a form that can be read
	RemedyDecide RemedyKind = "decide" // a person decides, in an attributable event
	RemedyWait   RemedyKind = "wait"   // nothing needs to be done before a moment
	RemedyFinish RemedyKind = "finish" // take away the other lacks; this one then goes by itself
	RemedyPerson RemedyKind = "person" // the ISMS manager adds the person to the register's people
	RemedyMove   RemedyKind = "move"   // ask for another state
	RemedyAnswer RemedyKind = "answer" // a person answers whether the record Ref came up again
)

// A Violation is a rule that does not hold, and why.
type Violation struct {
	Rule  RuleInfo `json:"rule"`
	Lacks []Lack   `json:"lacks"`
}

// A Context is what rules depend on besides the record.
type Context struct {
	At     time.Time         // now
	People map[string]Person // everybody known to the register, by person id
	// Findings are the records that name the audit that is asked about as their source.
	Findings []Finding
	// Accounts are the names that people know of accounts nobody is mapped to, by
	// the value that stands for them in a field: "@erik" for "account:gh-isms:2002".
	Accounts map[string]string
	// SmallOrg lets the effectiveness reviewer of a minor nonconformity be
	// involved in it. It never applies to majors.
	SmallOrg bool
	// WaitDays is how long to wait between the end of the work and its review, in
	// days by grade. The functions that take a Policy fill it in from there.
	WaitDays map[Grade]int
	// WorkDone is when the last of the work's evidence was given, where that is known
	// better than At.
	WorkDone time.Time
	// Records are the other records that a text names, by the name that stands there.
	Records map[string]Other
	// Similar are closed records that may have come up again as this one, see LikenessOf, and the
	// candidates of this one.
	Similar []Record
	// Next, if it is not nil, gets the first time after At from which the rules may answer otherwise although nothing but
	// the time has changed; it stays as it is if there is none.
	Next *time.Time

	policy Policy    // in force
	to     State     // that is asked about
	rigour RigourRow // of the record
}

// A Policy is the set of rules that an organisation has put in force.
type Policy struct {
	Rules    []Rule
	Edition  Edition         // of the clause labels that people are shown
	WaitDays map[Grade]int   // from the end of the work to its review, in days
	Disabled map[string]bool // rule ids that are switched off
	// SmallOrg lets the reviewer of a minor nonconformity be involved in it.
	SmallOrg bool
	// Times is the time matrix; the first row whose condition holds for a record counts.
	Times []TimeRow
	// Calendar says which days are business days.
	Calendar Calendar
	// Rigour is the rigour matrix, see RigourFor. A policy without one asks for what the rules asked
	// for before there was a matrix.
	Rigour []RigourRow
	// Scales are the organisation's own grades and risks; a field without one has the words that rules
	// know.
	Scales map[Field][]Step
	// Fields are the organisation's own, set by WithFields.
	Fields []CustomField
	// Cases change rules for some records, by the id of the rule.
	Cases map[string][]RuleCase
	// Acceptance says how long an exception lasts at most.
	Acceptance AcceptanceDays
	// Roles are the roles that may do each act; nil is DefaultRoles.
	Roles map[Act][]string
}

// DefaultPolicy returns the rules as conformd ships them.
func DefaultPolicy() Policy {
	return Policy{
		Rules:   guards(),
		Edition: Edition2022,
		WaitDays: map[Grade]int{
			Major: 30, Minor: 60, GradeOFI: 90, GradeObservation: 0,
		},
		Times:    DefaultTimes(),
		Calendar: DefaultCalendar(),
		Rigour:   DefaultRigour(),

		Acceptance: DefaultAcceptanceDays(),
		Roles:      DefaultRoles(),
	}
}

// Table returns the rules in force, in the order of their ids.
func (p Policy) Table() []RuleInfo {
	var out []RuleInfo
	for _, r := range p.Rules {
		if !p.switchedOff(r.ID) {
			out = append(out, r.RuleInfo)
		}
	}
	slices.SortStableFunc(out, func(a, b RuleInfo) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// With returns p with one rule switched on or off and its severity set; a
// severity of "" leaves it. The error of an unknown rule or severity names the
// known ones.
func (p Policy) With(id string, enabled bool, severity Severity) (Policy, error) {
	i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		known := make([]string, len(p.Rules))
		for j, r := range p.Rules {
			known[j] = r.ID
		}
		return p, fmt.Errorf("no rule %q; the rules are %s", id, strings.Join(known, ", "))
	}
	p.Rules = slices.Clone(p.Rules)
	p.Disabled = maps.Clone(p.Disabled)
	if p.Disabled == nil {
		p.Disabled = map[string]bool{}
	}
	switch severity {
	case "":
	case Must, Should:
		p.Rules[i].Severity = severity
	default:
		return p, fmt.Errorf("no severity %q; the severities are %s, %s", severity, Must, Should)
	}
	delete(p.Disabled, id)
	if !enabled {
		p.Disabled[id] = true
	}
	return p, nil
}

// withDefaults fills the context from the policy.
func (p Policy) withDefaults(ctx Context) Context {
	if ctx.WaitDays == nil {
		ctx.WaitDays = p.WaitDays
	}
	ctx.SmallOrg = ctx.SmallOrg || p.SmallOrg
	return ctx
}
