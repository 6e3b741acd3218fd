package mapping

import (
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
)

// byAccount returns the account with an id. A login counts only if the configuration has no id,
// because trackers reuse logins.
func (p *Profile) byAccount(u connectors.User) (Account, bool) {
	for _, a := range p.People {
		if a.ID != "" && a.ID == u.ID || a.ID == "" && u.Login != "" && strings.EqualFold(a.Login, u.Login) {
			return a, true
		}
	}
	return Account{}, false
}

// by names the author of something: a person if the account is mapped.
func (p *Profile) by(u connectors.User) string {
	if a, ok := p.byAccount(u); ok {
		return a.Person
	}
	return p.accountValue(u.ID)
}

// PersonOf returns the id of the person behind an account, or for an account of nobody in the
// configuration the value that stands for it, without login and name.
func (p *Profile) PersonOf(u connectors.User) string { return p.by(u) }

// accountValue returns the value that stands for an account without a person. Only its own
// binding can show it.
func (p *Profile) accountValue(id string) string { return "account:" + p.Binding + ":" + id }

// stranger returns a doubt if a field names an account without a person: no rule can be applied
// to it.
func (p *Profile) stranger(m FieldMap, value string, is *connectors.Issue) (Problem, bool) {
	if !strings.HasPrefix(value, p.accountValue("")) {
		return Problem{}, false
	}
	who := p.AccountName(is, value)
	what := say("{{.Person}} stands in {{.Place}} but is not in the register's list of people", "Person", who, "Place", m.Where())
	if m.Remote.Kind == KindAssignee {
		what = say("{{.Person}} is assigned but is not in the register's list of people", "Person", who)
	}
	return Problem{m.Field, "unmapped-person", what, say("ask the ISMS manager to add them")}, true
}

// AccountName returns the login or name of the account in a value that accountValue made, if
// the issue shows one.
func (p *Profile) AccountName(is *connectors.Issue, value string) string {
	id := strings.TrimPrefix(value, p.accountValue(""))
	if n := p.UserName(is.Users[id]); n != "" {
		return n
	}
	return quote(id)
}

// UserName returns the login or name by which people of the tracker know an account, "" if the
// tracker gave neither.
func (p *Profile) UserName(u connectors.User) string {
	switch {
	case p.Handles && u.Login != "":
		return "@" + u.Login
	case u.Name != "":
		return u.Name
	default:
		return u.Login
	}
}

// strangerName returns the name of an account without a person, "" for an account that belongs
// to a person or has no name.
func (p *Profile) strangerName(u connectors.User) string {
	if _, known := p.byAccount(u); known || u.Login == "" && u.Name == "" {
		return ""
	}
	return p.AccountName(&connectors.Issue{Users: map[string]connectors.User{u.ID: u}}, p.accountValue(u.ID))
}

// Strangers returns the names of the accounts in an issue that belong to no person, by the value
// that stands for them in the register.
func (p *Profile) Strangers(is *connectors.Issue) map[string]string {
	out := map[string]string{}
	for _, u := range is.Users {
		if _, known := p.byAccount(u); !known && u.ID != "" {
			v := p.accountValue(u.ID)
			out[v] = p.AccountName(is, v)
		}
	}
	return out
}

// personRaw returns the account id of a person field. In the text of a section an account is
// written as its login, without the @ that would notify the person.
func (p *Profile) personRaw(m FieldMap, s string, users map[string]connectors.User) (string, Problem) {
	if m.Remote.Kind != KindSection {
		return text.Line(s), Problem{}
	}
	s = strings.Trim(strings.ReplaceAll(lineText(s), "\u200b", ""), "` ")
	bare := strings.TrimPrefix(s, "@")
	if bare == "" {
		return "", Problem{}
	}
	for _, a := range p.People {
		if strings.EqualFold(a.Login, bare) || a.ID == bare || a.Person == bare {
			return handle(a), Problem{}
		}
	}
	for _, u := range users {
		if !strings.EqualFold(u.Name, bare) && !strings.EqualFold(u.Login, bare) {
			continue
		}
		if a, ok := p.byAccount(u); ok {
			return handle(a), Problem{}
		}
	}
	if strings.Contains(bare, " ") {
		return "", Problem{m.Field, "unknown-person", say("{{.Place}} says {{.Value}}, which is no known person", "Place", m.Where(), "Value", quoted(bare)), say("write one login, or add the person to the configuration")}
	}
	return lineText(bare), Problem{}
}

// handle returns the form of an account in text.
func handle(a Account) string {
	if a.Login != "" {
		return lineText(a.Login)
	}
	return lineText(a.ID)
}

// personValue returns the person that raw stands for. Of several accounts it is the
// first that belongs to a known person, else the first.
func (p *Profile) personValue(raw string) string {
	if first, more, several := strings.Cut(raw, "\n"); several {
		if v := p.personValue(first); !strings.HasPrefix(v, p.accountValue("")) {
			return v
		}
		if v := p.personValue(more); !strings.HasPrefix(v, p.accountValue("")) {
			return v
		}
		return p.personValue(first)
	}
	if raw == "" {
		return ""
	}
	for _, a := range p.People {
		if raw == a.ID || raw == handle(a) || a.ID == "" && strings.EqualFold(raw, a.Login) {
			return a.Person
		}
	}
	return p.accountValue(raw)
}

// personWrite returns the account to show for a person.
func (p *Profile) personWrite(m FieldMap, value string) (string, bool) {
	if value == "" {
		return "", true
	}
	raw := ""
	if id, ok := strings.CutPrefix(value, p.accountValue("")); ok {
		raw = id
	}
	for _, a := range p.People {
		if a.Person != value {
			continue
		}
		if raw = a.ID; raw == "" || m.Remote.Kind == KindSection {
			raw = handle(a)
		}
		break
	}
	if raw == "" || strings.HasPrefix(value, "account:") && !strings.HasPrefix(value, p.accountValue("")) {
		return "", false
	}
	raw, pr := p.personRaw(m, raw, nil)
	return raw, pr.Code == "" && raw != ""
}

// label spells a label for the tracker: without spaces if the tracker allows none. Labels are
// compared without case, and keep the case that they have.
func (p *Profile) label(s string) string {
	s = text.Line(s)
	if !p.SpacedLabels {
		s = strings.ReplaceAll(s, " ", "-")
	}
	return s
}

// own reports whether a label belongs to conformd.
func (p *Profile) own(l string) bool {
	for _, o := range p.OwnLabels {
		if strings.EqualFold(o, l) || (strings.HasSuffix(o, "/") || strings.HasSuffix(o, ":")) && hasPrefixFold(l, o) {
			return true
		}
	}
	for _, m := range p.Fields {
		if m.Remote.Kind == KindLabel && hasPrefixFold(l, m.Remote.Name) {
			return true
		}
	}
	for _, s := range p.States {
		if s.Label != "" && strings.EqualFold(s.Label, l) {
			return true
		}
	}
	return false
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
