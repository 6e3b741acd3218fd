package cli

import (
	"fmt"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// planText prints a preview: "+" is new, "~" changes, "!" waits for a person.
func (s *session) planText(p *preview) string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	for _, d := range p.Records {
		s.planRecord(line, d)
	}
	if len(p.Records) > 0 {
		line("")
	}
	for _, x := range p.Stopped {
		line("%s %s; %s", s.style.red("!"), x.Stop, x.Waiting())
	}
	for _, x := range p.WouldStop {
		line("%s writing to %s would be stopped: %s; %s", s.style.red("!"), x.Binding, x.Why, x.WouldWait())
	}
	if len(p.Stopped) > 0 {
		line("  Look: %s; then write them: conformd brake release", present.Look)
	}
	c := p.Counts
	waiting := ""
	if c.Waiting > 0 {
		waiting = present.Count(c.Waiting, "waits", "wait") + " behind a brake, "
	}
	line("Compared %s: %d new, %d to change, %s%d the same; %s to create, %s; %s.", present.Count(c.Compared, "record", "records"),
		c.New, c.Change, waiting, c.Same, present.Count(c.Create, "issue", "issues"), present.Count(c.Conflicts, "conflict", "conflicts"), present.WaitForEvidence(c.Held))
	line("Nothing was changed.")
	return b.String()
}

func (s *session) planRecord(line func(string, ...any), d *previewed) {
	sign := s.style.yellow("~")
	switch {
	case len(d.Conflicts) > 0:
		sign = s.style.red("!")
	case d.New:
		sign = s.style.green("+")
	}
	line("%s %s  %s  %s", sign, d.Ref, short(oneLine(d.Title), 60), strings.ReplaceAll(oneLine(d.Issues), ", ", " ↔ "))
	if d.New {
		line("    register    new, %s filled in", present.Count(len(d.Register), "field", "fields"))
	} else {
		for _, c := range d.Register {
			c.Before, c.After = d.entry.Names.Value(c.Field, c.Before), d.entry.Names.Value(c.Field, c.After)
			s.planField(line, "register", c)
		}
	}
	for _, w := range d.Writes {
		s.planWrite(line, d, w)
	}
	for _, c := range d.Creates {
		not := ""
		if c.Withheld != "" {
			not = ", not written: " + withheld(c.Withheld)
		}
		line("    %-11s %s with %s%s", c.Binding, s.style.green("+ new issue"), present.Count(c.Fields, "field", "fields"), not)
	}
	for _, c := range d.Conflicts {
		s.planConflict(line, d, c)
	}
	for _, x := range d.Problems {
		line("    %s %s", s.style.yellow("!"), plain(x.String()))
	}
	if d.Held {
		line("    %s; %s%s", d.Standing, present.Things(len(d.Needs)), words(": ", d.Brief()))
	}
}

func (s *session) planWrite(line func(string, ...any), d *previewed, w write) {
	for _, c := range w.Fields {
		c.Before, c.After = d.reg.Shown(d.entry.Names, w.Binding, c.Field, c.Before), d.reg.Shown(d.entry.Names, w.Binding, c.Field, c.After)
		s.planField(line, w.Binding, c)
	}
	for _, l := range w.AddLabels {
		line("    %-11s label %s", w.Binding, s.style.green("+ "+oneLine(l)))
	}
	for _, l := range w.RemoveLabels {
		line("    %-11s label %s", w.Binding, s.style.red("- "+oneLine(l)))
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
		line("    %-11s not written: %s", "", withheld(w.Withheld))
	}
}

// withheld says why something is planned and not written.
func withheld(why string) string {
	if why == string(plan.Observe) {
		return "enforcement is observe"
	}
	return why
}

func (s *session) planConflict(line func(string, ...any), d *previewed, c plan.Conflict) {
	if c.Winner != "" {
		line("    %s was changed to different values; the policy %s takes that of %s", label(c.Field), c.Policy, d.entry.Names.Place(c.Winner))
		return
	}
	line("    CONFLICT: %s was changed to different values. %s", label(c.Field), present.Decide)
	for _, v := range c.Values {
		line("        %s: %q", d.entry.Names.Place(v.Place), short(plain(d.entry.Names.Value(c.Field, v.Value)), 70))
	}
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
