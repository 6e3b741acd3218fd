package register

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PolicyForm is the form of a [PolicyDocument] that this program writes. A document of a
// later form is an error.
const PolicyForm = 1

// A PolicyDocument is a policy as people adopt it: all that decides how far a record may
// go, and nothing of how it is shown. Equal policies have equal documents, so that a
// digest identifies a policy (ISO/IEC 27001, 7.5.3: changes of documented information are
// controlled).
type PolicyDocument struct {
	Form     int              `json:"form"` // PolicyForm
	Edition  Edition          `json:"edition"`
	SmallOrg bool             `json:"small_org"`
	WaitDays map[Grade]int    `json:"waiting_days"` // days by grade
	Rules    []PolicyRule     `json:"rules"`        // in the order of their ids
	Roles    map[Act][]string `json:"roles"`        // of each act, sorted
	// Times and Calendar are empty in a policy from before there was a time matrix.
	Times    []TimeRow `json:"times,omitempty"`
	Calendar Calendar  `json:"calendar,omitzero"`
	// Acceptance is zero in a policy from before there were exceptions, which allows none.
	Acceptance AcceptanceDays `json:"acceptance,omitzero"`
	// Rigour is empty in a policy from before there was a rigour matrix.
	Rigour []RigourRow `json:"rigour,omitempty"`
	// Scales are the organisation's own grades and risks.
	Scales map[Field][]Step `json:"scales,omitempty"`
	// Fields are the organisation's own, with the rules that ask for them.
	Fields []CustomField `json:"fields,omitempty"`
}

// A PolicyRule is a rule of an adopted policy: which revision of it, and on what it was
// put in force. What it checks is the program's.
type PolicyRule struct {
	ID       string   `json:"id"`
	Revision int      `json:"revision"`
	Enabled  bool     `json:"enabled"`
	Severity Severity `json:"severity"`
	To       State    `json:"to"`
	Kinds    []Kind   `json:"kinds"`
	Grades   []Grade  `json:"grades,omitempty"` // none for all
	// Cases change it for some records; the first one that holds counts.
	Cases []RuleCase `json:"cases,omitempty"`
}

// Document returns p as people adopt it.
func (p Policy) Document() PolicyDocument {
	d := PolicyDocument{Form: PolicyForm, Edition: p.Edition, SmallOrg: p.SmallOrg, WaitDays: map[Grade]int{}, Rules: []PolicyRule{}, Roles: map[Act][]string{}, Calendar: p.Calendar.sorted(), Acceptance: p.Acceptance, Scales: p.Scales, Fields: p.Fields}
	for _, t := range p.Times {
		d.Times = append(d.Times, t.clone())
	}
	for _, x := range p.Rigour {
		d.Rigour = append(d.Rigour, x.clone())
	}
	maps.Copy(d.WaitDays, p.WaitDays)
	for act, roles := range p.Roles {
		d.Roles[act] = slices.Compact(slices.Sorted(slices.Values(roles)))
	}
	for _, r := range p.Rules {
		if strings.HasPrefix(r.ID, ownRule) {
			continue // it follows from its field
		}
		if p.Disabled[r.ID] {
			r.Severity = "" // it does neither
		}
		d.Rules = append(d.Rules, PolicyRule{
			ID: r.ID, Revision: r.Revision, Enabled: !p.Disabled[r.ID], Severity: r.Severity, To: r.To,
			Kinds: slices.Sorted(slices.Values(r.Kinds)), Grades: slices.Sorted(slices.Values(r.Grades)), Cases: p.Cases[r.ID],
		})
	}
	slices.SortStableFunc(d.Rules, func(a, b PolicyRule) int { return strings.Compare(a.ID, b.ID) })
	return d
}

// Encode returns d as it is kept: JSON without white space, the keys of maps sorted.
func (d PolicyDocument) Encode() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Sprintf("register: encode a policy: %v", err)) // texts, numbers and lists always encode
	}
	return b
}

// Digest identifies the policy: "sha256:" and 64 hexadecimal digits, over its encoded form.
func (d PolicyDocument) Digest() string {
	sum := sha256.Sum256(d.Encode())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ReadPolicyDocument reads an encoded document. A form or a key that this program does not
// know is an error: it may decide something.
func ReadPolicyDocument(b []byte) (PolicyDocument, error) {
	var head struct {
		Form int `json:"form"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return PolicyDocument{}, fmt.Errorf("the adopted policy cannot be read: %w", err)
	}
	if head.Form != PolicyForm {
		return PolicyDocument{}, fmt.Errorf("the adopted policy has the form %d, and this conformd knows the form %d alone: use the version of conformd with which it was adopted", head.Form, PolicyForm)
	}
	var d PolicyDocument
	r := json.NewDecoder(bytes.NewReader(b))
	r.DisallowUnknownFields()
	if err := r.Decode(&d); err != nil {
		return PolicyDocument{}, fmt.Errorf("the adopted policy cannot be read: %w", err)
	}
	return d, nil
}

// An UnknownRuleError is an adopted policy with rules that this program does not have.
// Without them it would be a looser policy under the same name.
type UnknownRuleError struct {
	Rules []string // ids
}

// Error names the rules.
func (e *UnknownRuleError) Error() string {
	if len(e.Rules) == 1 {
		return "the adopted policy has the rule " + e.Rules[0] + ", which this conformd does not know"
	}
	return "the adopted policy has the rules " + strings.Join(e.Rules, ", ") + ", which this conformd does not know"
}

// Policy returns the policy that d describes, with the checks of this program. A rule that
// d does not have is switched off: nobody adopted it. A rule of another revision is checked
// as this program does it; [Differences] names it. The error is an [UnknownRuleError].
func (d PolicyDocument) Policy() (Policy, error) {
	p := Policy{Edition: d.Edition, SmallOrg: d.SmallOrg, WaitDays: maps.Clone(d.WaitDays), Disabled: map[string]bool{}, Roles: maps.Clone(d.Roles), Times: slices.Clone(d.Times), Calendar: d.Calendar, Acceptance: d.Acceptance, Rigour: slices.Clone(d.Rigour), Scales: maps.Clone(d.Scales)}
	adopted := map[string]PolicyRule{}
	for _, r := range d.Rules {
		adopted[r.ID] = r
	}
	for _, r := range guards() {
		a, ok := adopted[r.ID]
		delete(adopted, r.ID)
		if ok {
			r.Severity, r.To, r.Kinds, r.Grades = cmp.Or(a.Severity, r.Severity), a.To, as(r.Kinds, a.Kinds), as(r.Grades, a.Grades)
		}
		if len(a.Cases) > 0 {
			if p.Cases == nil {
				p.Cases = map[string][]RuleCase{}
			}
			p.Cases[r.ID] = a.Cases
		}
		if !ok || !a.Enabled {
			p.Disabled[r.ID] = true
		}
		p.Rules = append(p.Rules, r)
	}
	if len(adopted) > 0 {
		return Policy{}, &UnknownRuleError{slices.Sorted(maps.Keys(adopted))}
	}
	return p.WithFields(slices.Clone(d.Fields)), nil
}

// as returns what was adopted, in the order of the program where both are the same.
func as[T cmp.Ordered](ours, adopted []T) []T {
	if slices.Equal(slices.Sorted(slices.Values(ours)), adopted) {
		return ours
	}
	return adopted
}
