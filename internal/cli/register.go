package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) registerCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "All records, with what each still lacks", Args: cobra.NoArgs,
		Example: "  conformd register list\n  conformd register list --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.registerList(c.Context()) },
	})
	show := s.jsonFlag(&cobra.Command{
		Use: "show NAME", Short: "One record: fields, actions, decisions, issues, and what is missing", Args: oneName,
		Long:    "Shows a record as the register has it.\n\n" + names,
		Example: "  conformd register show NC-2026-0007\n  conformd register show isms-3\n  conformd register show https://github.com/acme/isms/issues/17",
		RunE:    func(c *cobra.Command, a []string) error { return s.registerShow(c.Context(), a[0]) },
	})
	return group("register", "The register of nonconformities and actions", "  conformd register list", list, show, s.historyCommand())
}

// mostConflicts bounds what is read of a record: more than it has fields are over.
const mostConflicts = 100

// An entry is a record as the commands print it.
type entry struct {
	register.Record
	Version   int64                `json:"version"`
	Attention string               `json:"attention,omitempty"`
	Issues    []issueLink          `json:"issues"`
	Missing   []register.Violation `json:"missing"`
	Conflicts []plan.Conflict      `json:"conflicts"` // that a person must decide
}

type issueLink struct {
	Binding string `json:"binding"`
	Key     string `json:"key"`
	URL     string `json:"url,omitempty"`
	State   string `json:"state"`
}

func (r *reading) entry(ctx context.Context, row store.Row) (entry, error) {
	e := entry{Record: row.Record, Version: row.Version, Attention: row.Problem, Issues: []issueLink{}, Missing: []register.Violation{}, Conflicts: []plan.Conflict{}}
	links, err := r.store.Links(ctx, row.Record.ID)
	if err != nil {
		return e, err
	}
	for _, l := range links {
		i := issueLink{Binding: l.Binding, Key: l.Ref.Key, State: string(l.State)}
		if l.Issue != nil {
			i.URL = l.Issue.URL
		}
		e.Issues = append(e.Issues, i)
	}
	e.Missing = append(e.Missing, register.Missing(row.Record, r.now, r.policy)...)
	conflicts, err := r.store.ConflictsOf(ctx, row.Record.ID, mostConflicts)
	if err != nil {
		return e, err
	}
	for _, c := range conflicts {
		if c.Closed.IsZero() {
			e.Conflicts = append(e.Conflicts, c.Conflict)
		}
	}
	return e, nil
}

func (s *session) registerList(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	rows, err := r.store.Records(ctx)
	if err != nil {
		return err
	}
	out := make([]entry, 0, len(rows))
	table := [][]string{{"NUMBER", "GRADE", "STATE", "OWNER", "ISSUES", "MISSING", "TITLE"}}
	held := 0
	for _, row := range rows {
		e, err := r.entry(ctx, row)
		if err != nil {
			return err
		}
		out = append(out, e)
		if e.Requested != "" {
			held++
		}
		var keys, ids []string
		for _, i := range e.Issues {
			keys = append(keys, i.Key)
		}
		for _, m := range e.Missing {
			ids = append(ids, m.Rule.ID)
		}
		table = append(table, []string{e.Ref, dash(string(e.Grade())), s.mark(e.Record) + " " + present.Standing(e.State, e.Requested) + differs(e), dash(e.Fields[register.FieldOwner]), dash(strings.Join(keys, " ")), dash(strings.Join(ids, " ")), short(e.Fields[register.FieldTitle], 60)})
	}
	if s.json {
		return s.printJSON(out)
	}
	if err := s.table(table); err != nil {
		return err
	}
	s.say("%s, %d held back until their evidence is there", plural(len(rows), "record", "records"), held)
	stopped, err := stops(ctx, r.store)
	if err != nil {
		return err
	}
	for _, x := range stopped {
		s.say("%s writing to %s is stopped: %s", s.style.yellow("!"), x.Binding, x.why())
	}
	if len(rows) > 0 {
		s.next("conformd register show %s", rows[0].Record.Ref)
	}
	return nil
}

// mark is a sign for the state; the words stand beside it.
func (s *session) mark(r register.Record) string {
	switch {
	case r.Requested != "":
		return "!"
	case r.State.Ended():
		return "✓"
	default:
		return "·"
	}
}

func differs(e entry) string {
	if len(e.Conflicts) == 0 {
		return ""
	}
	return ", " + plural(len(e.Conflicts), "conflict", "conflicts")
}

func dash(v string) string {
	if v == "" {
		return "-"
	}
	return v
}

func (s *session) registerShow(ctx context.Context, name string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	_, row, err := s.find(ctx, r, name)
	if err != nil {
		return err
	}
	e, err := r.entry(ctx, row)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(e)
	}
	return s.print("%s", s.entryText(r, e))
}

func (s *session) entryText(r *reading, e entry) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line(s.style.bold(e.Ref + "  " + e.Fields[register.FieldTitle]))
	line(s.mark(e.Record), " ", present.Standing(e.State, e.Requested), differs(e), "  (", string(e.Kind()), ", recorded ", e.Recorded.UTC().Format("2006-01-02 15:04 UTC"), ")")
	line("\nFields")
	for _, f := range register.Fields() {
		v := e.Fields[f.Field]
		if v == "" || f.Field == register.FieldTitle || f.Field == register.FieldMissing {
			continue
		}
		label := f.Label
		if c := register.Clause(f.Requirement, r.policy.Edition); c != "" {
			label += " (" + c + ")"
		}
		line("  ", label, ": ", strings.ReplaceAll(plain(v), "\n", "\n    "))
	}
	if as := e.AllActions(); len(as) > 0 {
		line("\nActions")
		for _, a := range as {
			line("  ", actionMark(a.State), " ", string(a.State), "  ", a.Title, words("  by ", a.Assignee), words("  due ", a.Due), words("  evidence ", a.Evidence))
		}
	}
	if len(e.Approvals) > 0 {
		line("\nDecisions")
		for _, a := range e.Approvals {
			m := "✓"
			if a.Refused != "" {
				m = "✗"
			}
			line("  ", m, " ", string(a.Subject), " ", string(a.Outcome), " by ", a.By, ", ", a.At.UTC().Format("2006-01-02 15:04 UTC"), words(", does not count: ", a.Refused), words("\n      ", short(a.Reason, 100)))
		}
	}
	line("\nIssues")
	for _, i := range e.Issues {
		line("  ", i.Binding, "  ", i.Key, "  ", i.URL, orphaned(i.State))
	}
	if len(e.Missing) > 0 {
		line("\nMissing")
		for _, m := range e.Missing {
			for _, l := range m.Lacks {
				c := register.Clause(m.Rule.Requirement, r.policy.Edition)
				line("  ", s.style.red("✗"), " ", m.Rule.ID, words(", clause ", c), ": ", l.What)
			}
		}
	}
	if len(e.Conflicts) > 0 {
		line("\nTo decide: put the value that is right into both trackers")
		for _, c := range e.Conflicts {
			info, _ := register.Info(c.Field)
			line("  ! ", info.Label)
			for _, v := range c.Values {
				line("      ", v.Place, ": ", short(strings.ReplaceAll(plain(strings.TrimSpace(v.Value)), "\n", " "), 100))
			}
		}
	}
	if e.Attention != "" {
		line("\nNeeds attention\n  ! ", e.Attention)
	}
	return b.String()
}

// plain takes out the zero-width spaces that keep copied names from pinging people.
func plain(s string) string { return strings.ReplaceAll(s, "\u200b", "") }

func words(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func orphaned(state string) string {
	if state == string(store.LinkOrphaned) {
		return "  (gone or out of reach)"
	}
	return ""
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
