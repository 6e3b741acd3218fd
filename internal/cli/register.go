package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) registerCommand() *cobra.Command {
	var scope string
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "All records: where each stands, what it needs, what to look at", Args: noArgs,
		Long: `Lists all records of the register. NEEDED names what a record needs: to close, where
people closed its issue, and else for its next step. ATTENTION counts conflicts, values
that cannot be read, and writes that a brake stops; "register show" says more.`,
		Example: "  conformd register list\n  conformd register list --scope payments\n  conformd register list --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.registerList(c.Context(), scope) },
	})
	list.Flags().StringVar(&scope, "scope", "", "only records about this part of the ISMS")
	show := s.jsonFlag(&cobra.Command{
		Use: "show NAME", Short: "One record: fields, actions, decisions, issues, and what it needs", Args: oneName,
		Long:    "Shows a record as the register has it.\n\n" + names,
		Example: "  conformd register show NC-2026-0007\n  conformd register show isms-3\n  conformd register show https://github.com/acme/isms/issues/17",
		RunE:    func(c *cobra.Command, a []string) error { return s.registerShow(c.Context(), a[0]) },
	})
	return group("register", "The register of nonconformities and actions", "  conformd register list", append([]*cobra.Command{list, show, s.historyCommand(), s.registerExportCommand()}, s.actCommands()...)...)
}

// An entry is a record as the commands print it in JSON.
type entry struct {
	register.Record
	Version int64 `json:"version"`
	// Things are the causes, corrections, actions and evidence with their ids.
	Things register.Things `json:"things"`
	present.View
	Issues    []issueLink       `json:"issues"`
	Conflicts []plan.Conflict   `json:"conflicts"` // that a person must decide
	People    map[string]string `json:"people"`    // names of the people and accounts that it mentions, by id
	Unmapped  []unmapped        `json:"unmapped,omitempty"`
}

type issueLink struct {
	Binding string `json:"binding"`
	Key     string `json:"key"`
	URL     string `json:"url,omitempty"`
	State   string `json:"state"`
}

// An unmapped is an account that belongs to nobody in the register, with what to do.
type unmapped struct {
	present.Stranger
	Hint string `json:"hint"`
}

func newEntry(e service.Entry) entry {
	r := e.Record
	out := entry{Record: r, Version: e.Version, Things: r.Things(), View: e.View, Issues: []issueLink{}, Conflicts: []plan.Conflict{}, People: map[string]string{}}
	for _, l := range e.Links {
		i := issueLink{Binding: l.Binding, Key: l.Ref.Key, State: string(l.State)}
		if l.Issue != nil {
			i.URL = l.Issue.URL
		}
		out.Issues = append(out.Issues, i)
	}
	for _, c := range e.Open() {
		out.Conflicts = append(out.Conflicts, c.Conflict)
	}
	for _, id := range present.Mentioned(r) {
		out.People[id] = e.Names.Person(id)
	}
	for _, x := range e.Strangers {
		out.Unmapped = append(out.Unmapped, unmapped{x, x.Hint()})
	}
	return out
}

// about reports whether a record is about a part of the ISMS; every record is about "".
func about(r register.Record, scope string) bool {
	return scope == "" || slices.ContainsFunc(strings.Split(r.Fields[register.FieldScope], "\n"), func(part string) bool { return strings.EqualFold(part, scope) })
}

func (s *session) registerList(ctx context.Context, scope string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	rows, err := r.store.Records(ctx)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row store.Row) bool { return !about(row.Record, scope) })
	entries, err := r.register.Entries(ctx, rows)
	if err != nil {
		return err
	}
	if s.json {
		out := make([]entry, len(entries))
		for i, e := range entries {
			out[i] = newEntry(e)
		}
		return s.printJSON(out)
	}
	table := [][]string{{"NUMBER", "GRADE", "STATE", "OWNER", "ISSUES", "NEEDED", "ATTENTION", "TITLE"}}
	for _, e := range entries {
		table = append(table, row(e))
	}
	if err := s.table(table); err != nil {
		return err
	}
	return s.registerSummary(ctx, r, entries, scope)
}

// row is a record in the list.
func row(e service.Entry) []string {
	r := e.Record
	keys := make([]string, len(e.Links))
	for i, l := range e.Links {
		keys[i] = l.Ref.Key
		if l.State == store.IssueOrphaned {
			keys[i] += " (gone)"
		}
	}
	look := strings.Join(e.View.Attention(), ", ")
	if look != "" {
		look = "! " + look
	}
	return []string{
		r.Ref, dash(register.StepName(register.FieldGrade, r.Fields[register.FieldGrade])), standing(r), dash(e.Names.Short(r.Fields[register.FieldOwner])), dash(strings.Join(keys, " ")),
		dash(e.View.Brief()), dash(look), short(oneLine(r.Fields[register.FieldTitle]), 60),
	}
}

// registerSummary says under the list how many records there are, where writing is
// stopped, and who is not mapped.
func (s *session) registerSummary(ctx context.Context, r *reading, entries []service.Entry, scope string) error {
	counts, err := r.register.Counts(ctx)
	if err != nil {
		return err
	}
	if scope != "" {
		s.say("%s about %s; the whole register: %s", present.Count(len(entries), "record", "records"), oneLine(scope), counts)
	} else {
		s.say("%s", counts)
	}
	var records []register.Record
	for _, e := range entries {
		records = append(records, e.Record)
	}
	for _, l := range present.SmallOrgCounts(records) {
		s.say("%s %s", s.style.yellow("!"), l)
	}
	stops, err := r.register.Stops(ctx)
	if err != nil {
		return err
	}
	s.sayStops(stops)
	var strangers []string
	for _, e := range entries {
		for _, x := range e.Strangers {
			strangers = with(strangers, x.Hint())
		}
	}
	const most = 5
	for i, hint := range strangers {
		if i == most {
			s.say("%s %d more accounts are not mapped: conformd register list --json names them", s.style.yellow("!"), len(strangers)-most)
			break
		}
		s.say("%s %s", s.style.yellow("!"), oneLine(hint))
	}
	if len(entries) > 0 {
		s.next("conformd register show %s", entries[0].Record.Ref)
	}
	return nil
}

// standing says where a record stands, with a sign before the words.
func standing(r register.Record) string {
	return present.Sign(r.State, r.Requested) + " " + present.Standing(r.State, r.Requested)
}

func dash(v string) string {
	if v == "" {
		return "-"
	}
	return v
}

// with adds a line that is not there yet.
func with(lines []string, l string) []string {
	if slices.Contains(lines, l) {
		return lines
	}
	return append(lines, l)
}
