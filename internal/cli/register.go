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
)

func (s *session) registerCommand() *cobra.Command {
	list := s.registerListCommand()
	show := s.jsonFlag(&cobra.Command{
		Use: "show NAME", Short: "One record: fields, actions, decisions, issues, and what it needs", Args: oneName,
		Long:    "Shows a record as the register has it.\n\n" + names,
		Example: "  conformd register show NC-2026-0007\n  conformd register show isms-3\n  conformd register show https://github.com/acme/isms/issues/17",
		RunE:    func(c *cobra.Command, a []string) error { return s.registerShow(c.Context(), a[0]) },
	})
	return group("register", "The register of nonconformities and actions", "  conformd register list", append([]*cobra.Command{list, show, s.historyCommand(), s.registerExportCommand()}, s.actCommands()...)...)
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
func (s *session) registerSummary(ctx context.Context, r *reading, entries []service.Entry, narrowed string) error {
	counts, err := r.register.Counts(ctx)
	if err != nil {
		return err
	}
	if narrowed != "" {
		s.say("%s%s; the whole register: %s", present.Count(len(entries), "record", "records"), narrowed, counts)
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
