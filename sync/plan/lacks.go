package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// mostRows bounds the table of a notice: nobody reads more, and a comment has a
// greatest length.
const mostRows = 12

// mostWords bounds what one cell enumerates.
const mostWords = 8

// What stands around the name of a place.
const (
	heading      = "under the heading "
	ofBody       = " of the description"
	otherTracker = "in the other tracker: "
)

// A row is a line of the table of what is missing.
type row struct {
	what, rule, how string
	lacks           int // how many it stands for
}

// table lists what is missing, a row for each lack. Where that would be too long
// there is a row for each rule.
func (m *merge) table(b *strings.Builder, s *Side, vs []register.Violation) {
	var each, grouped []row
	for _, v := range vs {
		rule := v.Rule.ID + ", clause " + register.Clause(v.Rule.Requirement, m.in.Policy.Edition)
		var whats, hows []string
		for _, l := range v.Lacks {
			how := m.howTo(s, l.Field, v.Rule.ID)
			each = append(each, row{l.What, rule, how, 1})
			whats = append(whats, l.What)
			hows = append(hows, how)
		}
		grouped = append(grouped, row{together(whats), rule, places(hows), len(v.Lacks)})
	}
	rows := each
	if len(each) > mostRows {
		rows = grouped
	}
	b.WriteString("| Missing | Asked by | How to give it |\n|---|---|---|\n")
	for i, r := range rows {
		if i == mostRows {
			left := 0
			for _, r := range rows[i:] {
				left += r.lacks
			}
			fmt.Fprintf(b, "\n… and %d more, see the register.\n", left)
			break
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell(r.what), r.rule, cell(r.how))
	}
}

// together says several lacks of one rule as one: "Owner, Grade and Risk are
// missing".
func together(whats []string) string {
	const missing = " is missing"
	var names, rest []string
	for _, w := range whats {
		if name, ok := strings.CutSuffix(w, missing); ok {
			names = append(names, name)
		} else {
			rest = append(rest, w)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		rest = slices.Insert(rest, 0, names[0]+missing)
	default:
		rest = slices.Insert(rest, 0, and(names)+" are missing")
	}
	return some(rest, "; ")
}

// places says several places as one: "under the headings **A** and **B** of the
// description".
func places(hows []string) string {
	var here, there, rest []string
	for _, h := range hows {
		if name, ok := strings.CutPrefix(h, heading); ok {
			here = with(here, strings.TrimSuffix(name, ofBody))
		} else if name, ok := strings.CutPrefix(h, otherTracker); ok {
			there = with(there, name)
		} else {
			rest = with(rest, h)
		}
	}
	switch len(here) {
	case 0:
	case 1:
		rest = append(rest, heading+here[0]+ofBody)
	default:
		rest = append(rest, "under the headings "+and(here)+ofBody)
	}
	if len(there) > 0 {
		rest = append(rest, otherTracker+and(there))
	}
	return some(rest, "; ")
}

// with adds a word that is not there yet.
func with(words []string, w string) []string {
	if slices.Contains(words, w) {
		return words
	}
	return append(words, w)
}

// some joins words and counts those that are too many.
func some(words []string, sep string) string {
	if n := len(words); n > mostWords {
		words = append(slices.Clone(words[:mostWords]), fmt.Sprintf("and %d more", n-mostWords))
	}
	return strings.Join(words, sep)
}

// howTo says where the people of this issue can put a missing value.
func (m *merge) howTo(s *Side, f register.Field, rule string) string {
	const elsewhere = "ask the ISMS manager"
	p := s.Profile
	switch {
	case rule == "G14":
		return "wait; nothing else to do"
	case (rule == "G15" || rule == "G16") && p.Commands:
		return "somebody who neither owns the record nor did its actions comments `/capa effective <what was checked>`"
	case rule == "G15" || rule == "G16":
		return decision(p, register.SubjectEffectiveness, register.Effective, "somebody who neither owns the record nor did its actions")
	case f == register.FieldState:
		return "move the issue to another status"
	}
	if fm, ok := p.Field(f); ok && p.Gives(f) {
		return place(fm)
	}
	if c := mapping.CommandFor(f); c != "" && p.Commands && p.AuthorityOver(f) != mapping.AuthorityRegister {
		return "comment `/capa " + c + " <text>`"
	}
	if info, ok := register.Info(f); ok && m.elsewhere(s, f) {
		return otherTracker + info.Label
	}
	return elsewhere
}

// elsewhere reports whether people can give a field on another issue of the record.
func (m *merge) elsewhere(s *Side, f register.Field) bool {
	for i := range m.in.Sides {
		if o := &m.in.Sides[i]; o.Binding != s.Binding && !o.Orphan && o.Profile.Gives(f) {
			return true
		}
	}
	return slices.ContainsFunc(m.in.Twins, func(t Twin) bool { return t.Profile.Gives(f) })
}

// decision says by which transition of the issue something is decided.
func decision(p *mapping.Profile, about register.Subject, outcome register.Outcome, who string) string {
	i := slices.IndexFunc(p.Approvals, func(a mapping.ApprovalMap) bool { return a.Subject == about && a.Outcome == outcome })
	if i < 0 {
		return "reviewed in the other tracker by " + who
	}
	return who + " moves the issue to **" + p.Approvals[i].To + "**"
}

func place(fm mapping.FieldMap) string {
	switch fm.Remote.Kind {
	case mapping.KindSection:
		return heading + "**" + fm.Remote.Name + "**" + ofBody
	case mapping.KindField:
		return "in the field **" + fm.Remote.Name + "**"
	case mapping.KindLabel:
		return "a label `" + fm.Remote.Name + "…`"
	default:
		return "in the " + string(fm.Remote.Kind)
	}
}

// cell makes a text fit for a cell of a table, where it pings nobody.
func cell(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	s = strings.ReplaceAll(s, "|", `\|`)
	return strings.ReplaceAll(s, "@", "@\u200b")
}
