package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Validate returns the mistakes of the profile that can be found without a tracker. A profile
// with problems must not be used.
func (p *Profile) Validate() []Problem {
	c := checker{p: p}
	if p.Binding == "" {
		c.add("", "no-binding", "the binding has no id", "give it one")
	}
	if p.Role != RoleRecord && p.Role != RoleAction {
		c.add("", "unknown-role", fmt.Sprintf("role %q is unknown", p.Role), `use "record" or "action"`)
	}
	if p.Markup != MarkupGFM && p.Markup != MarkupWiki {
		c.add("", "unknown-markup", fmt.Sprintf("markup %q is unknown", p.Markup), `use "gfm" or "wiki"`)
	}
	c.fields()
	c.places()
	c.states()
	c.people()
	c.approvals()
	return c.out
}

type checker struct {
	p   *Profile
	out []Problem
}

func (c *checker) add(f register.Field, code, what, remedy string) {
	c.out = append(c.out, Problem{f, code, message.Text(what), message.Text(remedy)})
}

func (c *checker) fields() {
	seen := map[register.Field]bool{}
	title := false
	for _, m := range c.p.Fields {
		fi, known := register.Info(m.Field)
		fi.Enum = c.p.info(m.Field).Enum
		switch {
		case m.Field == register.FieldState:
			c.add(m.Field, "state-as-field", "the state is mapped as a field", "list it under states")
		case !known:
			c.add(m.Field, "unknown-field", fmt.Sprintf("the register has no field %q", m.Field), "see the list of fields in the documentation")
			continue
		case seen[m.Field]:
			c.add(m.Field, "duplicate-field", fmt.Sprintf("field %s is mapped twice", m.Field), "keep one of the two")
		}
		seen[m.Field] = true
		title = title || m.Remote.Kind == KindTitle
		c.kind(m, fi)
		c.values(m, fi)
		if m.Authority != "" && m.Authority != AuthorityTracker && m.Authority != AuthorityRegister && m.Authority != AuthorityApproval {
			c.add(m.Field, "unknown-authority", fmt.Sprintf("field %s has the unknown authority %q", m.Field, m.Authority), `use "tracker", "register" or "approval"`)
		}
		if m.Policy != "" && m.Policy != "ask" && m.Policy != "latest" && !strings.HasPrefix(m.Policy, "prefer:") {
			c.add(m.Field, "unknown-policy", fmt.Sprintf("field %s has the unknown policy %q", m.Field, m.Policy), `use "ask", "latest" or "prefer:<binding>"`)
		}
	}
	if !title {
		c.add(register.FieldTitle, "no-title", "no field is mapped to the title", "map title to {kind: title}")
	}
}

// kind checks that the place can hold a field of this type.
func (c *checker) kind(m FieldMap, fi register.FieldInfo) {
	named := m.Remote.Kind == KindSection || m.Remote.Kind == KindField || m.Remote.Kind == KindLabel
	if named && strings.TrimSpace(m.Remote.Name) == "" {
		c.add(m.Field, "no-name", fmt.Sprintf("field %s needs the name of its %s", m.Field, m.Remote.Kind), "add name")
	}
	fits := map[RemoteKind][]register.Type{
		KindTitle:    {register.TypeLine},
		KindBody:     {register.TypeText},
		KindSection:  {register.TypeLine, register.TypeText, register.TypeEnum, register.TypeDate, register.TypePerson, register.TypeSet, register.TypeNumber, register.TypeMoney, register.TypeLink},
		KindField:    {register.TypeLine, register.TypeText, register.TypeEnum, register.TypeDate, register.TypePerson, register.TypeSet, register.TypeNumber, register.TypeMoney, register.TypeLink},
		KindLabel:    {register.TypeLine, register.TypeEnum, register.TypeDate, register.TypeNumber},
		KindLabels:   {register.TypeSet},
		KindAssignee: {register.TypePerson},
		KindDue:      {register.TypeDate},
		KindPriority: {register.TypeEnum},
		KindType:     {register.TypeEnum},
	}
	types, ok := fits[m.Remote.Kind]
	switch {
	case !ok:
		c.add(m.Field, "unknown-kind", fmt.Sprintf("field %s has the unknown kind of place %q", m.Field, m.Remote.Kind), "use title, body, section, field, label, labels, assignee, due, priority or type")
	case !slices.Contains(types, fi.Type):
		c.add(m.Field, "wrong-kind", fmt.Sprintf("%s holds a %s and cannot be kept in %s", m.Field, fi.Type, m.Place()), "choose another place")
	case m.Field == register.FieldStandards && m.Remote.Kind == KindLabels:
		c.add(m.Field, "wrong-kind", fmt.Sprintf("%s cannot be kept in %s, which hold words that are no standards", m.Field, m.Place()), "choose a heading or a custom field")
	case m.Field == register.FieldValue && (m.Remote.Kind == KindTitle || m.Remote.Kind == KindLabel):
		c.add(m.Field, "wrong-kind", fmt.Sprintf("%s has a period beside the value and cannot be kept in %s", m.Field, m.Place()), "choose a heading or a custom field")
	case m.Remote.Kind == KindSection && c.p.Markup != MarkupGFM:
		c.add(m.Field, "wrong-kind", fmt.Sprintf("%s is in a section, which needs Markdown", m.Field), "use a custom field")
	case m.Remote.Kind == KindSection && strings.ContainsAny(m.Remote.Name, "\r\n"):
		c.add(m.Field, "wrong-name", fmt.Sprintf("the heading of %s has several lines", m.Field), "use one line")
	}
}

func (c *checker) values(m FieldMap, fi register.FieldInfo) {
	if len(m.Values) > 0 && fi.Type != register.TypeEnum {
		c.add(m.Field, "wrong-values", fmt.Sprintf("%s is no list of values", m.Field), "remove values")
		return
	}
	seen := map[string]bool{}
	for _, v := range m.Values {
		if v.To != "" && fi.Enum != nil && !slices.Contains(fi.Enum, register.CountsAs(m.Field, c.p.choice(m.Field, v.To))) {
			c.add(m.Field, "unknown-value", fmt.Sprintf("%q is no value of %s", v.To, m.Field), "use one of "+strings.Join(fi.Enum, ", "))
		}
		if k := strings.ToLower(v.From); seen[k] {
			c.add(m.Field, "duplicate-value", fmt.Sprintf("%q is translated twice for %s", v.From, m.Field), "keep one of the two")
		} else {
			seen[k] = true
		}
	}
}

// places checks that no two fields share a place.
func (c *checker) places() {
	type spot struct {
		f    register.Field
		name string
	}
	var spots []spot
	for _, m := range c.p.Fields {
		for _, n := range append([]string{m.Remote.Name}, m.Remote.Aliases...) {
			key := string(m.Remote.Kind) + " " + strings.ToLower(n)
			if m.Remote.Kind == KindSection {
				key = string(m.Remote.Kind) + " " + headingName(n)
			}
			for _, s := range spots {
				if s.f == m.Field {
					continue
				}
				overlap := m.Remote.Kind == KindLabel && strings.HasPrefix(s.name, string(KindLabel)+" ") && (strings.HasPrefix(s.name, key) || strings.HasPrefix(key, s.name))
				if s.name == key || overlap {
					c.add(m.Field, "shared-place", fmt.Sprintf("%s and %s are both kept in %s", s.f, m.Field, m.Place()), "give each a place of its own")
				}
			}
			spots = append(spots, spot{m.Field, key})
		}
	}
}

func (c *checker) states() {
	if len(c.p.States) == 0 {
		c.add(register.FieldState, "no-states", "no status is mapped to a state", "list states")
	}
	for i, s := range c.p.States {
		if !c.valid(s.State) {
			c.add(register.FieldState, "unknown-state", fmt.Sprintf("status %q is mapped to the unknown state %q", s.raw(), s.State), "see the lifecycle in the documentation")
		}
		for _, earlier := range c.p.States[:i] {
			if strings.EqualFold(earlier.Status, s.Status) && covers(earlier.Reason, s.Reason) && covers(earlier.Label, s.Label) {
				c.add(register.FieldState, "hidden-status", fmt.Sprintf("status %q is never reached, %q matches first", s.raw(), earlier.raw()), "list the more exact one first")
			}
		}
		for _, m := range c.p.Fields {
			if m.Remote.Kind == KindLabel && s.Label != "" && hasPrefixFold(s.Label, m.Remote.Name) {
				c.add(m.Field, "shared-place", fmt.Sprintf("label %q belongs to %s and to a state", s.Label, m.Field), "use another prefix")
			}
		}
	}
	if len(c.p.States) > 0 {
		for _, name := range c.p.Statuses {
			if !slices.ContainsFunc(c.p.States, func(s StateMap) bool {
				return strings.EqualFold(s.Status, name) && s.Reason == "" && s.Label == ""
			}) {
				c.add(register.FieldState, "status-not-covered", fmt.Sprintf("an issue that is %s without a known label or reason has no state", name), "add an entry with the status alone, last")
			}
		}
	}
	first := register.Reported
	if c.p.Role == RoleAction {
		first = register.State(register.ActionProposed)
	}
	if len(c.p.States) > 0 && c.p.byState(first) < 0 && c.p.Role == RoleRecord {
		c.add(register.FieldState, "state-not-covered", fmt.Sprintf("no status shows %s, where every record starts", first), "add one")
	}
}

// covers reports whether an entry with a matches everything that an entry with b matches.
func covers(a, b string) bool { return a == "" || strings.EqualFold(a, b) }

func (c *checker) valid(s register.State) bool {
	if c.p.Role == RoleAction {
		return slices.Contains([]register.ActionState{register.ActionProposed, register.ActionInProgress, register.ActionDone, register.ActionCancelled}, register.ActionState(s))
	}
	return s.Valid()
}

func (c *checker) people() {
	ids, logins, persons := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range c.p.People {
		login := strings.ToLower(a.Login)
		switch {
		case a.Person == "" || strings.HasPrefix(a.Person, "account:"):
			c.add("", "no-person", fmt.Sprintf("account %q belongs to nobody", a.ID+a.Login), "name the person")
		case a.ID == "" && a.Login == "":
			c.add("", "no-account", fmt.Sprintf("%s has neither account id nor login", a.Person), "add the account id")
		case persons[a.Person], a.ID != "" && ids[a.ID], login != "" && logins[login]:
			c.add("", "duplicate-account", fmt.Sprintf("%s, account %q: listed twice", a.Person, a.ID+a.Login), "keep one account for each person")
		}
		persons[a.Person], ids[a.ID], logins[login] = true, true, true
	}
}

func (c *checker) approvals() {
	for _, a := range c.p.Approvals {
		if strings.TrimSpace(a.To) == "" {
			c.add("", "no-transition", fmt.Sprintf("approval of %s names no status", a.Subject), "add the status that is moved to")
		}
		ok := false
		switch a.Subject {
		case register.SubjectPlan:
			ok = a.Outcome == register.Approved || a.Outcome == register.Rejected
		case register.SubjectEffectiveness:
			ok = a.Outcome == register.Effective || a.Outcome == register.Partially || a.Outcome == register.Ineffective
		case register.SubjectRejection:
			ok = a.Outcome == register.Rejected
		case register.SubjectTriage, register.SubjectReopening:
			ok = a.Outcome == register.Approved
		}
		if !ok {
			c.add("", "unknown-approval", fmt.Sprintf("an approval of %q cannot be %q", a.Subject, a.Outcome), "see the list of approvals in the documentation")
		}
	}
}
