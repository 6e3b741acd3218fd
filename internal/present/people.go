package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// Person names a person of the register, or an account that is mapped to none: "Olga
// Owens", "@erik (not in the register's list of people)". It is "" for no id.
func (n Names) Person(id string) string {
	if id == "" {
		return ""
	}
	return n.person(id)
}

// Short is Person for a list: "@erik (not mapped)".
func (n Names) Short(id string) string {
	if s := n.Strangers(id); len(s) > 0 {
		return s[0].Name + " (not mapped)"
	}
	return n.Person(id)
}

// Value returns the value of a field as people read it: names in the place of ids. Other
// values stay as they are.
func (n Names) Value(f register.Field, v string) string {
	info, ok := register.Info(f)
	if f == register.FieldStandards {
		return standards(v)
	}
	if !ok || info.Type != register.TypePerson {
		return v
	}
	return n.Person(v)
}

// standards are the names of standards for their ids, one a line.
func standards(ids string) string {
	names := strings.Split(ids, "\n")
	for i, id := range names {
		names[i] = register.StandardName(id)
	}
	return strings.Join(names, "\n")
}

// Logged returns a value of the log as people read it. Name is the field's name in the log:
// "owner", "owner@gh-isms", "action.OPS-4.assignee".
func (n Names) Logged(name, v string) string {
	if v == "" || !parse(name).person() {
		return v
	}
	return n.person(v)
}

// Place names where a value stands: the register, or the record's issue in a binding.
func (n Names) Place(place string) string {
	switch {
	case place == inRegister:
		return "the register"
	case n.Issues[place] != "":
		return line(n.Issues[place])
	default:
		return line(place)
	}
}

// A Stranger is an account in a record that belongs to no person of the register, so that no
// rule can be applied to it.
type Stranger struct {
	Value   string `json:"value"` // stands for the account in a field: "account:gh-isms:2002"
	Name    string `json:"name"`  // "@erik", or the id if the tracker gives no name
	Binding string `json:"binding"`
	Site    string `json:"site,omitempty"` // id of the tracker in the configuration, where the binding is configured
	ID      string `json:"id"`             // of the account, or the name that people typed
}

// Hint says how to map the account to a person.
func (s Stranger) Hint() string {
	key := "id"
	if s.Name == s.ID {
		key = "login" // a person typed it, and no account of that name was seen
	}
	return fmt.Sprintf("%s is not in the register's list of people: add {site: %s, %s: %q} to the accounts of a person, under people: in the configuration", s.Name, cmp.Or(s.Site, s.Binding), key, s.ID)
}

// Strangers returns those of the values that stand for accounts without a person, each
// once, in their order.
func (n Names) Strangers(values ...string) []Stranger {
	var out []Stranger
	for _, v := range values {
		binding, id, ok := strings.Cut(strings.TrimPrefix(v, accountPrefix), ":")
		if !ok || !strings.HasPrefix(v, accountPrefix) || n.People[v] != "" {
			continue
		}
		s := Stranger{Value: v, Name: line(n.Accounts[v]), Binding: line(binding), Site: line(n.Sites[binding]), ID: line(id)}
		if s.Name == "" {
			s.Name = s.ID
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Mentioned returns the ids of all people and accounts that a record names, in the order
// in which people read it.
func Mentioned(r register.Record) []string {
	var out []string
	for _, info := range register.FieldsOf(r) {
		if v := r.Fields[info.Field]; info.Type == register.TypePerson && v != "" {
			out = append(out, v)
		}
	}
	for _, a := range r.AllActions() {
		if a.Assignee != "" {
			out = append(out, a.Assignee)
		}
	}
	for _, a := range r.Approvals {
		out = append(out, a.By)
	}
	for _, a := range r.Acceptances {
		out = append(out, a.By)
	}
	for _, s := range r.Sent {
		out = append(out, s.By)
	}
	for _, m := range r.Measurements {
		if m.By != "" {
			out = append(out, m.By)
		}
	}
	for _, x := range r.Figures {
		out = append(out, x.By)
	}
	for _, x := range r.Recurrences {
		if x.By != "" {
			out = append(out, x.By)
		}
	}
	for _, e := range r.Evidence() {
		if e.By != "" {
			out = append(out, e.By)
		}
	}
	return out
}
