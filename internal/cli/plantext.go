package cli

import (
	"fmt"
	"strings"

	"github.com/conformd/conformd/register"
)

// planText prints a preview: "+" is new, "~" changes, "!" waits for a person.
func (s *session) planText(p *preview) string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	for _, d := range p.Records {
		sign := s.style.yellow("~")
		switch {
		case len(d.Conflicts) > 0:
			sign = s.style.red("!")
		case d.New:
			sign = s.style.green("+")
		}
		line("%s %s  %s  %s", sign, d.Ref, short(d.Title, 60), strings.ReplaceAll(d.Issues, ", ", " ↔ "))
		if d.New {
			line("    register    new, %s filled in", plural(len(d.Register), "field", "fields"))
		} else {
			for _, c := range d.Register {
				s.planField(line, "register", c)
			}
		}
		for _, w := range d.Writes {
			for _, c := range w.Fields {
				s.planField(line, w.Binding, c)
			}
			for _, l := range w.AddLabels {
				line("    %-11s label %s", w.Binding, s.style.green("+ "+l))
			}
			for _, l := range w.RemoveLabels {
				line("    %-11s label %s", w.Binding, s.style.red("- "+l))
			}
			if w.Comment != "" {
				first, _, _ := strings.Cut(w.Comment, "\n")
				line("    %-11s comment: %s", w.Binding, strings.TrimLeft(first, "# "))
			}
			if w.Reaction != "" {
				line("    %-11s reaction %s to a command", w.Binding, w.Reaction)
			}
			line("    %-11s because: %s", "", w.Reason)
			if w.Withheld != "" {
				line("    %-11s not written: %s", "", w.Withheld)
			}
		}
		for _, c := range d.Creates {
			not := ""
			if c.Withheld != "" {
				not = ", not written: " + c.Withheld
			}
			line("    %-11s %s with %s%s", c.Binding, s.style.green("+ new issue"), plural(c.Fields, "field", "fields"), not)
		}
		for _, c := range d.Conflicts {
			line("    CONFLICT: %s was changed to different values", label(c.Field))
			for _, v := range c.Values {
				line("        %-11s %q", v.Place, short(plain(v.Value), 70))
			}
			line("        → goes to the conflicts inbox; nothing is overwritten")
		}
		for _, x := range d.Problems {
			line("    %s %s", s.style.yellow("!"), x)
		}
		if len(d.Held) > 0 {
			line("    held back by %s", strings.Join(d.Held, ", "))
		}
	}
	if len(p.Records) > 0 {
		line("")
	}
	for _, x := range p.Stopped {
		line("%s writing to %s is stopped: %s", s.style.red("!"), x.Binding, x.why())
	}
	for _, x := range p.WouldStop {
		line("%s writing to %s would be stopped: %s", s.style.red("!"), x.Binding, x.why())
	}
	if len(p.Stopped)+len(p.WouldStop) > 0 {
		line("  None of it is written before a person has looked: conformd brake list, conformd brake release")
	}
	c := p.Counts
	line("Compared %s: %d new, %d to change, %s to create, %s, %d held back, %d the same.", plural(c.Compared, "record", "records"),
		c.New, c.Change, plural(c.Create, "issue", "issues"), plural(c.Conflicts, "conflict", "conflicts"), c.Held, c.Same)
	line("Nothing was changed.")
	return b.String()
}

func (s *session) planField(line func(string, ...any), place string, c difference) {
	from := ""
	if c.From != "" {
		from = "  (from " + c.From + ")"
	}
	line("    %-11s %s%s", place, label(c.Field), from)
	if c.Before != "" {
		line("        %s", s.style.red("- "+short(plain(c.Before), 90)))
	}
	line("        %s", s.style.green("+ "+short(plain(c.After), 90)))
}

func label(f register.Field) string {
	if i, ok := register.Info(f); ok {
		return i.Label
	}
	return string(f)
}
