package mapping

import (
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Field returns the map of a register field; ok is false if the profile has none.
func (p *Profile) Field(f register.Field) (m FieldMap, ok bool) {
	for _, m := range p.Fields {
		if m.Field == f {
			return m, true
		}
	}
	return FieldMap{}, false
}

// AuthorityOver returns who may change a field. For a field that the profile does not map it is
// AuthorityTracker.
func (p *Profile) AuthorityOver(f register.Field) Authority {
	m, ok := p.Field(f)
	if !ok || m.Authority == "" {
		return AuthorityTracker
	}
	return m.Authority
}

// Gives reports whether people can fill in a field on an issue of the binding.
func (p *Profile) Gives(f register.Field) bool {
	_, ok := p.Field(f)
	return ok && p.AuthorityOver(f) == AuthorityTracker
}

// HistoryField returns the name of a field in the tracker's history, "" if the profile does not
// map it. Fields that share a place share the name: the sections of a description, the labels
// of an issue.
func (p *Profile) HistoryField(f register.Field) string {
	if f == register.FieldState {
		return historyStatus
	}
	m, ok := p.Field(f)
	if !ok {
		return ""
	}
	return string(m.remote())
}

// historyStatus is the status in a tracker's history, see connectors.Change.Field.
const historyStatus = "status"

// HasOwnHistory reports whether the tracker's history separates the changes of a field from
// those of all others.
func (p *Profile) HasOwnHistory(f register.Field) bool {
	if f == register.FieldState {
		return true
	}
	m, ok := p.Field(f)
	if !ok {
		return false
	}
	switch m.Remote.Kind {
	case KindSection, KindLabel, KindLabels:
		return false
	case KindBody:
		return !p.sections()
	default:
		return true
	}
}

// Render translates a text in GitHub-flavoured Markdown into the tracker's own markup.
func (p *Profile) Render(markdown string) string {
	if p.Markup == MarkupWiki {
		return text.ToWiki(markdown)
	}
	return markdown
}

// sections reports whether the description is divided by headings.
func (p *Profile) sections() bool {
	for _, m := range p.Fields {
		if m.Remote.Kind == KindSection {
			return true
		}
	}
	return false
}

// remote returns the tracker's field that holds m.
func (m FieldMap) remote() connectors.Field {
	switch m.Remote.Kind {
	case KindTitle:
		return connectors.Title
	case KindBody, KindSection:
		return connectors.Body
	case KindLabel, KindLabels:
		return connectors.Labels
	case KindAssignee:
		return connectors.Assignee
	case KindDue:
		return connectors.Due
	case KindPriority:
		return connectors.Priority
	case KindType:
		return connectors.Type
	case KindField:
	}
	return connectors.Custom(m.Remote.Name)
}

// Place names the place of m for people: `the heading "Root cause"`.
func (m FieldMap) Place() string { return m.Where().String() }

// Where is Place, in no language yet.
func (m FieldMap) Where() message.Text {
	switch m.Remote.Kind {
	case KindSection:
		return say("the heading {{.Name}}", "Name", quoted(m.Remote.Name))
	case KindField:
		return say("the field {{.Name}}", "Name", quoted(m.Remote.Name))
	case KindLabel:
		return say("the label {{.Name}}", "Name", quoted(m.Remote.Name+"…"))
	case KindBody:
		return say("the description")
	case KindDue:
		return say("the due date")
	case KindTitle:
		return say("the title")
	case KindAssignee:
		return say("the assignee")
	case KindLabels:
		return say("the labels")
	case KindPriority:
		return say("the priority")
	case KindType:
		return say("the type")
	}
	return say("the place")
}

// Lacking says that an issue has no place for m: `there is no heading "Root cause"`.
func (m FieldMap) Lacking() message.Text {
	switch m.Remote.Kind {
	case KindSection:
		return say("there is no heading {{.Name}}", "Name", quoted(m.Remote.Name))
	case KindLabel:
		return say("there is no label {{.Name}}", "Name", quoted(m.Remote.Name+"…"))
	default:
		return say("{{.Place}} is gone", "Place", m.Where())
	}
}

// CommandFor returns the comment command by which people give a field, "" if there is
// none: "root-cause" for `/capa root-cause <text>`.
func CommandFor(f register.Field) string {
	for _, v := range verbs() {
		if v.field == f && !v.value {
			return v.name
		}
	}
	return ""
}

// IsLabel reports whether a field is kept in a label.
func (p *Profile) IsLabel(f register.Field) bool {
	m, ok := p.Field(f)
	return ok && m.Remote.Kind == KindLabel
}

// ShowCure is the remedy for a value of the field that issues of the binding cannot show.
func (p *Profile) ShowCure(f register.Field) message.Text {
	if f == register.FieldState {
		return say("map a status to the state in the configuration of {{.Binding}}", "Binding", p.Binding)
	}
	switch p.info(f).Type {
	case register.TypePerson:
		return say("give the person an account of {{.Binding}} in the configuration", "Binding", p.Binding)
	case register.TypeEnum:
		return say("add the value to the mapping of {{.Binding}}", "Binding", p.Binding)
	default:
		return say("see the mapping of {{.Binding}}", "Binding", p.Binding)
	}
}

// Told translates a value in a tracker's history into the register's words. It is false if the
// history spells the value differently from the field, or if it cannot be read.
func (p *Profile) Told(f register.Field, words string) (value string, ok bool) {
	if f == register.FieldState {
		i := p.entry(connectors.Status{Name: words}, nil)
		if i < 0 {
			return "", false
		}
		return string(p.States[i].State), true
	}
	m, ok := p.Field(f)
	if !ok || !p.HasOwnHistory(f) {
		return "", false
	}
	if p.info(f).Type == register.TypeSet && strings.Contains(strings.TrimSpace(words), " ") {
		return "", false // several labels, which Jira's history puts into one line, or one of several words
	}
	raw, pr := p.raw(m, connectors.Value{Text: words}, nil)
	if pr.Code != "" {
		return "", false
	}
	return p.lift(m, raw)
}
