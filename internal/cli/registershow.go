package cli

import (
	"context"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/terminal"
	"github.com/conformd/conformd/register"
)

func (s *session) registerShow(ctx context.Context, name string) error {
	r, row, err := s.readRecord(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	e, err := r.register.Entry(ctx, row)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(e.Document())
	}
	t := &entryText{session: s, Entry: e, edition: r.register.Policy.Edition}
	return s.print("%s", t.text())
}

// An entryText prints one record.
type entryText struct {
	*session
	service.Entry
	edition register.Edition
	b       strings.Builder
}

func (t *entryText) line(parts ...string) { t.b.WriteString(strings.Join(parts, "") + "\n") }

func (t *entryText) text() string {
	r := t.Record
	look := strings.Join(t.View.Attention(), ", ")
	t.line(t.style.bold(r.Ref + "  " + oneLine(r.Fields[register.FieldTitle])))
	t.line(standing(r), words(", ", look), "  (", kind(r.Kind()), ", recorded ", present.Minute(r.Recorded), ")")
	t.fields()
	t.causes()
	t.milestones()
	t.list("Exceptions", t.View.Exceptions)
	t.list("Sent", t.View.Sent)
	t.list("Values", t.View.Values)
	t.list("Recurrences", t.View.RecurrenceOf)
	t.actions()
	t.evidence()
	t.decisions()
	t.involved()
	t.links()
	t.issues()
	t.needs()
	t.waiting()
	t.conflicts()
	t.attention()
	return t.b.String()
}

// fields prints what the register holds, and beside each field what its issues do not
// tell or do not take.
func (t *entryText) fields() {
	t.line("\nFields")
	for _, f := range t.Fields() {
		v, problems := t.Record.Fields[f.Field], t.View.Of(f.Field)
		switch f.Field {
		case register.FieldMissing:
			v = "" // the needs are told below
		case register.FieldState:
			v = string(t.Record.State)
		}
		told := f.Field == register.FieldTitle || f.Field == register.FieldState // in the heading
		if (v == "" || told) && len(problems) == 0 {
			continue
		}
		label := f.Label
		if c := register.Clauses(f.Requirement, t.Record, t.edition); c != "" {
			label += " (" + c + ")"
		}
		t.line("  ", label, ": ", strings.ReplaceAll(dash(plain(t.Names.Value(f.Field, v))), "\n", "\n    "))
		t.problems(problems)
	}
	t.problems(t.View.Of(""))
}

func (t *entryText) problems(ps []present.Problem) {
	for _, p := range ps {
		t.line("    ", t.style.yellow("!"), " ", plain(p.String()))
	}
}

// causes prints the root causes and the corrections by their ids, and which actions are for
// each cause.
func (t *entryText) causes() {
	things := t.Record.Things()
	list := func(heading string, n int, line func(i int) (id, text, more string)) {
		if n > 0 {
			t.line("\n", heading)
		}
		for i := range n {
			id, text, more := line(i)
			t.line("  ", id, "  ", short(oneLine(text), 100), words("  for it: ", more))
		}
	}
	list("Root causes", len(things.Causes), func(i int) (string, string, string) {
		c := things.Causes[i]
		return c.ID, c.Text, strings.Join(c.Answers(things.Actions), ", ")
	})
	if review := t.Record.Similarity(); review.Words() != "" {
		t.line("\nSimilar ones")
		t.line("  ", short(oneLine(review.Words()), 200))
	}
	list("Corrections", len(things.Corrections), func(i int) (string, string, string) {
		c := things.Corrections[i]
		return c.ID, c.Words(t.Names.Person), ""
	})
}

// evidence prints each piece of evidence by its id, with what it is of and who gave it.
func (t *entryText) evidence() {
	all := t.Record.Evidence()
	if len(all) > 0 {
		t.line("\nEvidence")
	}
	for _, e := range all {
		at := ""
		if !e.At.IsZero() {
			at = present.Minute(e.At)
		}
		t.line("  ", e.ID, "  ", short(oneLine(e.URI+e.Text), 100), "  of ", oneLine(present.EvidenceOf(e)), words("  by ", oneLine(t.Names.Person(e.By))), words(", ", at))
	}
}

func (t *entryText) actions() {
	as := t.Record.AllActions()
	if len(as) > 0 {
		t.line("\nActions")
	}
	for _, a := range as {
		t.line("  ", actionMark(a.State), " ", oneLine(a.ID), "  ", present.Words(string(a.State)), "  ", oneLine(a.Title), words("  for ", a.Addressed()), words("  by ", oneLine(t.Names.Person(a.Assignee))), words("  due ", a.Due), words("  evidence ", a.Evidence))
	}
}

func (t *entryText) decisions() {
	if len(t.Record.Approvals) > 0 {
		t.line("\nDecisions")
	}
	for _, a := range t.Record.Approvals {
		m := "✓"
		counts, says := present.Stands(a, t.Record)
		if !counts {
			m = "✗"
		} else {
			says = ""
		}
		t.line("  ", m, " ", present.Decision(a), " by ", oneLine(t.Names.Person(a.By)), ", ", present.Minute(a.At),
			words(", covers ", present.Covered(a)), words(", ", plain(says)), words("\n      ", short(plain(a.Reason), 100)))
	}
	for _, u := range t.Record.SmallOrg {
		t.line("  ", t.style.yellow("!"), " ", oneLine(present.SmallOrg(u, t.Names)))
	}
}

// waiting prints the changes that wait for a decision, with the commands that decide them.
func (t *entryText) waiting() {
	if len(t.View.Waiting) > 0 {
		t.line("\nWaiting for a decision; the register keeps its own values until then")
	}
	for _, x := range t.View.Waiting {
		t.line("  ", t.style.yellow("?"), " ", oneLine(x.String()))
	}
}

// milestones prints by when each milestone is due.
func (t *entryText) milestones() {
	if len(t.View.Milestones) > 0 {
		t.line("\nMilestones")
	}
	for _, d := range t.View.Milestones {
		mark := " "
		switch {
		case d.Missed:
			mark = t.style.yellow("!")
		case d.Met:
			mark = "✓"
		}
		t.line("  ", mark, " ", oneLine(present.Date(d)))
	}
}

// list prints lines under a heading, and nothing if there are none.
func (t *entryText) list(heading string, lines []string) {
	if len(lines) > 0 {
		t.line("\n", heading)
	}
	for _, x := range lines {
		t.line("  ", oneLine(x))
	}
}

// involved prints who may not review the record.
func (t *entryText) involved() {
	if len(t.View.Barred) > 0 {
		t.line("\nInvolved, and so not the reviewer")
	}
	for _, i := range t.View.Barred {
		t.line("  ", oneLine(i.String()))
	}
}

// links prints the records that this one refers to, and those that refer to it.
func (t *entryText) links() {
	if len(t.View.Linked) > 0 {
		t.line("\nLinks")
	}
	for _, l := range t.View.Linked {
		mark := "→"
		switch {
		case l.Ended != "":
			mark = "✗"
		case l.From:
			mark = "←"
		}
		t.line("  ", mark, " ", oneLine(l.String()), words("\n      ", short(plain(l.Reason), 100)))
	}
}

func (t *entryText) issues() {
	t.line("\nIssues")
	for _, l := range t.Links {
		url, gone := "", ""
		if l.Issue != nil {
			url = l.Issue.URL
		}
		if l.State == store.IssueOrphaned {
			gone = "  (gone or out of reach)"
		}
		t.line("  ", l.Binding, "  ", oneLine(l.Ref.Key), "  ", oneLine(url), gone)
	}
	if len(t.Links) == 0 {
		t.line("  none")
	}
}

// needs prints what the record needs, which rule asks for it, how to give it and who can.
func (t *entryText) needs() {
	if n := t.View.Next(); n != "" {
		t.line("\n", n)
	}
	list := func(heading, sign string, needs []present.Told) {
		if len(needs) == 0 {
			return
		}
		t.line("\n", heading)
		for _, n := range needs {
			t.line("  ", sign, " ", n.Rule, words(", clause ", n.Clause), ": ", plain(n.What))
			t.line("      ", plain(n.How), "  (waits for ", plain(n.WaitsFor), ")")
		}
	}
	list(t.View.NeededFor()+": "+present.Count(len(t.View.Needs), "thing", "things"), t.style.red("✗"), t.View.Needs)
	list("Recommended; it holds nothing back", "·", t.View.Advice)
}

func (t *entryText) conflicts() {
	open := t.Open()
	if len(open) > 0 {
		t.line("\nChanged to different values. ", present.Decide)
	}
	for _, c := range open {
		w := t.Conflict(c)
		t.line("  ", t.style.red("!"), " ", w.Label)
		for _, v := range w.Values {
			t.line("      ", v.Place, ": ", short(strings.ReplaceAll(plain(strings.TrimSpace(v.Text)), "\n", " "), 100))
		}
	}
}

// attention prints where the record stands behind a brake, what keeps work on it from
// being finished, and who is not mapped.
func (t *entryText) attention() {
	if len(t.View.Stops)+len(t.Strangers) == 0 && t.View.Stuck == "" {
		return
	}
	t.line("\nNeeds attention")
	mark := "  " + t.style.yellow("!") + " "
	for _, x := range t.View.Stops {
		t.line(mark, x.String())
		t.line("      until it goes on no change of this record is written to any tracker; look: ", present.Look, "; go on: ", x.Release())
	}
	if t.View.Stuck != "" && len(t.View.Stops) == 0 {
		t.line(mark, plain(t.View.Stuck))
	}
	for _, x := range t.Strangers {
		t.line(mark, oneLine(x.Hint()))
	}
}

// kind writes the kind of a record as people do: "potential nonconformity".
func kind(k register.Kind) string { return present.Words(string(k)) }

// plain shows in a text of several lines what a terminal must not be sent, without the
// zero-width characters that keep copied names from pinging people.
func plain(s string) string { return terminal.Safe(unguarded(s)) }

// oneLine is plain for a text that has one line, such as a title.
func oneLine(s string) string { return terminal.Line(unguarded(s)) }

func unguarded(s string) string { return strings.NewReplacer("\u200b", "", "\u2060", "").Replace(s) }

func words(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func actionMark(st register.ActionState) string {
	switch st {
	case register.ActionDone:
		return "✓"
	case register.ActionCancelled:
		return "✗"
	default:
		return "·"
	}
}
