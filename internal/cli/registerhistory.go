package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// The bounds of one page of a history.
const (
	eventsShown = 50
	mostEvents  = 1000
)

func (s *session) historyCommand() *cobra.Command {
	limit, before := whole(eventsShown), whole(service.Newest)
	c := s.jsonFlag(&cobra.Command{
		Use: "history NAME", Short: "What happened to a record, newest first: who, what, where, and what was written", Args: oneName,
		Long: `Tells the entries of the audit log about a record and its issues, newest first: who did
something and how that is known, the values before and after, and what conformd wrote to
the trackers because of it. Each event names its entries in the log.

` + names,
		Example: "  conformd register history NC-2026-0007\n  conformd register history ISMS-3 --limit 10\n  conformd register history acme/isms#17 --before 351 --json",
		RunE: func(c *cobra.Command, a []string) error {
			if limit < 1 || limit > mostEvents {
				return misuse(fmt.Sprintf("--limit is %d", limit), fmt.Sprintf("give a whole number from 1 to %d", mostEvents))
			}
			if before < 0 {
				return misuse(fmt.Sprintf("--before is %d", before), "give the number of an entry of the log, as the page before ended with")
			}
			return s.registerHistory(c.Context(), a[0], int64(before), int(limit))
		},
	})
	c.Flags().Var(&limit, "limit", fmt.Sprintf("how many events to show, at most %d", mostEvents))
	c.Flags().Var(&before, "before", "only events that begin before this entry of the log")
	c.Flags().Lookup("before").DefValue = "" // the end of the log
	return c
}

// whole is a whole number on the command line.
type whole int64

// String returns the number.
func (w *whole) String() string { return strconv.FormatInt(int64(*w), 10) }

// Set reads a number.
func (w *whole) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return errors.New("it is a whole number, such as 50")
	}
	*w = whole(n)
	return nil
}

// Type names the value in the help.
func (w *whole) Type() string { return "number" }

func (s *session) registerHistory(ctx context.Context, name string, before int64, limit int) error {
	r, row, err := s.readRecord(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	page, err := r.register.History(ctx, row.Record.ID, row.Record.Ref, before, limit)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(page)
	}
	if err := s.print("%s", s.historyText(row.Record, page)); err != nil {
		return err
	}
	if page.Next == 0 {
		s.say("%s, and no older ones", present.Count(len(page.Events), "event", "events"))
		return nil
	}
	more := ""
	if limit != eventsShown {
		more = fmt.Sprintf(" --limit %d", limit)
	}
	s.say("%s; the older ones: conformd register history %s --before %d%s", present.Count(len(page.Events), "event", "events"), page.Ref, page.Next, more)
	return nil
}

func (s *session) historyText(r register.Record, p service.Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", s.style.bold(r.Ref+"  "+short(oneLine(r.Fields[register.FieldTitle]), 100)), standing(r))
	for _, e := range p.Events {
		b.WriteString("\n")
		s.eventText(&b, e)
	}
	return b.String()
}

func (s *session) eventText(b *strings.Builder, e present.Event) {
	mark := " "
	if e.Attention {
		mark = s.style.yellow("!")
	}
	fmt.Fprintf(b, "%s %s %s%s: %s\n", utc(e.Recorded), mark, s.style.bold(oneLine(e.Who)), in(e.How), e.What)
	line := func(sign, text string) { fmt.Fprintf(b, "    %s%s\n", sign, text) }
	if e.OtherTime() {
		line("  ", "happened "+utc(e.Occurred)+", by the tracker's clock")
	}
	for _, c := range e.Changes {
		line("· ", oneLine(c.Words()))
	}
	if e.Reason != "" {
		line("  “", e.Reason+"”")
	}
	if h := e.Holding(); h != "" {
		line(s.style.green("✓")+" ", h)
	}
	for _, r := range e.Broken() {
		sign, said := s.style.red("✗"), r.ID
		if r.OK {
			sign = s.style.green("✓")
		}
		line(sign+" ", said+words(": ", r.Why))
	}
	for _, w := range e.Writes {
		when := ""
		if w.Recorded.Sub(e.Recorded) >= time.Minute {
			when = utc(w.Recorded) + ": "
		}
		line("→ ", when+w.What)
	}
	if e.Times > 1 {
		line("  ", fmt.Sprintf("%d times, the last time %s", e.Times, utc(e.Last)))
	}
	line("  ", present.Entries(e.Entries))
}

// in puts words into brackets.
func in(words string) string {
	if words == "" {
		return ""
	}
	return " (" + words + ")"
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
