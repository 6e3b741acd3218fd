package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) dayStatusCommand() *cobra.Command {
	var x dayCall
	c := s.jsonFlag(&cobra.Command{
		Use: "status --audit NAME", Short: "What the auditor asked for, when it was answered, and what is open", Args: noArgs,
		Long: `Lists the issues with the label ` + auditor.RequestLabel + ` that were filed since the day was opened, and
older ones that were not closed by then: when each was filed, when another person than the
one who asked or filed it commented first, and when it was closed, by the tracker's clock.
It reads and changes nothing. Of a day that is closed it shows what the receipt has.`,
		Example: "  conformd audit day status --audit AUD-2026-0001\n  conformd audit day status --audit AUD-2026-0001 --binding gh-isms --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.dayStatus(c.Context(), x) },
	})
	c.Flags().StringVar(&x.audit, "audit", "", "the record of the audit, by its number or the name of its issue (needed)")
	c.Flags().StringVar(&x.binding, "binding", "", "only the requests in this binding")
	return c
}

func (s *session) dayStatus(ctx context.Context, x dayCall) error {
	return s.onDay(ctx, x, false, func(a *app.App, row store.Row) error {
		day, err := a.Auditor().Day(ctx, row.Record)
		if err != nil {
			return err
		}
		var asked auditor.Asked
		if day.Closed == 0 {
			asked, err = s.requests(ctx, a, x.binding, day)
		} else {
			err = json.Unmarshal(day.Receipt, &asked)
		}
		if err != nil {
			return err
		}
		if s.json {
			return s.printJSON(struct {
				auditor.Day
				auditor.Asked
			}{day, asked})
		}
		if err := s.dayText(day); err != nil {
			return err
		}
		if day.Closed != 0 {
			s.say("the day was closed with entry %d of the log; the requests are those of its receipt", day.Closed)
		}
		return s.requestsText(asked)
	})
}

// requests reads the requests of a day at the trackers.
func (s *session) requests(ctx context.Context, a *app.App, only string, day auditor.Day) (auditor.Asked, error) {
	sources := a.Sources()
	if only != "" {
		ids := make([]string, len(sources))
		for i, x := range sources {
			ids[i] = x.Binding
		}
		if !slices.Contains(ids, only) {
			return auditor.Asked{}, misuse(fmt.Sprintf("there is no binding %q", only), "the bindings are "+strings.Join(ids, ", "))
		}
		sources = slices.DeleteFunc(sources, func(x auditor.Source) bool { return x.Binding != only })
	}
	done := s.progress(ctx, "reading")
	defer done()
	return a.Auditor().Requests(ctx, sources, day.OpenedAt, time.Now())
}

func (s *session) requestsText(asked auditor.Asked) error {
	table := [][]string{{"ISSUE", "ASKED", "ANSWERED", "AFTER", "BY", "CLOSED", "REQUEST"}}
	unanswered, open := 0, 0
	for _, r := range asked.Requests {
		closed := minuteOf(r.Closed)
		switch {
		case !r.Done:
			open++
		case r.Closed == "":
			closed = "yes"
		}
		if r.Answered == "" {
			unanswered++
		}
		table = append(table, []string{r.Issue, minuteOf(r.Asked), minuteOf(r.Answered), waited(r.Asked, r.Answered), dash(r.AnsweredBy), closed, short(oneLine(r.Title), 60)})
	}
	if len(table) > 1 {
		if err := s.print("\n"); err != nil {
			return err
		}
		if err := s.table(table); err != nil {
			return err
		}
	}
	s.say("%s in %s, %d without an answer, %d not closed", present.Count(len(asked.Requests), "request", "requests"), strings.Join(asked.Bindings, ", "), unanswered, open)
	for _, r := range asked.Requests {
		if r.Record != "" {
			s.say("%s %s is a request, and the record %s too: the binding %s selects it; have the selection leave out the label %s", s.style.yellow("!"), oneLine(r.Issue), r.Record, oneLine(r.Binding), auditor.RequestLabel)
		}
	}
	return nil
}

// minuteOf shows a moment of a receipt, "-" for none.
func minuteOf(stamp string) string {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return dash("")
	}
	return present.Minute(t)
}

// waited says how long a request waited for its answer.
func waited(asked, answered string) string {
	from, err := time.Parse(time.RFC3339, asked)
	to, none := time.Parse(time.RFC3339, answered)
	if err != nil || none != nil {
		return dash("")
	}
	minutes := int(to.Sub(from).Minutes())
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d days", minutes/60/24)
}

func (s *session) dayCloseCommand() *cobra.Command {
	var x dayCall
	c := s.jsonFlag(&cobra.Command{
		Use: "close --audit NAME -o FILE.zip", Short: "Close the audit day and write its receipt", Args: noArgs,
		Long: `Reads the requests a last time, notes in the audit log that the day ends, and writes the
receipt: period, population, sample with versions at the opening and at the closing, and
requests with their times. The log holds the receipt, so that the signed tree vouches for
it. conform-verify checks the ZIP on another machine, and draws the sample again.

A request that is open stays open, and is in the receipt as that. If a tracker cannot be
read, the day stays open. audit day receipt writes the receipt again.`,
		Example: "  conformd audit day close --audit AUD-2026-0001 -o receipt.zip --as irene\n  conform-verify --key acme.pub --against checkpoint-open receipt.zip",
		RunE:    func(c *cobra.Command, _ []string) error { return s.dayClose(c.Context(), x) },
	})
	f := c.Flags()
	f.StringVar(&x.audit, "audit", "", "the record of the audit, by its number or the name of its issue (needed)")
	f.StringVar(&x.binding, "binding", "", "only the requests in this binding")
	f.StringVarP(&x.out, "out", "o", "", "file to write, in place of one that is there (needed)")
	f.StringVar(&x.person, "as", "", "your id in people (needed)")
	return c
}

func (s *session) dayClose(ctx context.Context, x dayCall) error {
	if err := receiptFile(x.out, "close"); err != nil {
		return err
	}
	return s.onDay(ctx, x, true, func(a *app.App, row store.Row) error {
		day, err := a.Auditor().Day(ctx, row.Record)
		if err != nil {
			return err
		}
		var asked auditor.Asked
		if day.Closed == 0 { // else closing refuses it
			if asked, err = s.requests(ctx, a, x.binding, day); err != nil {
				return err
			}
		}
		if day, err = a.Auditor().CloseDay(ctx, row.Record.Ref, asked); err != nil {
			return err
		}
		return s.writeReceipt(ctx, a, day, x.out)
	})
}

func (s *session) dayReceiptCommand() *cobra.Command {
	var x dayCall
	c := s.jsonFlag(&cobra.Command{
		Use: "receipt --audit NAME -o FILE.zip", Short: "Write the receipt of the last audit day again", Args: noArgs,
		Long: `Writes the receipt of the last day of an audit again, as the log holds it, with proofs for
the log as it is now.`,
		Example: "  conformd audit day receipt --audit AUD-2026-0001 -o receipt.zip",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := receiptFile(x.out, "receipt"); err != nil {
				return err
			}
			return s.onDay(c.Context(), x, false, func(a *app.App, row store.Row) error {
				day, err := a.Auditor().Day(c.Context(), row.Record)
				if err == nil && day.Closed == 0 {
					err = &auditor.DayError{What: "the audit day of " + day.Audit + " is open and has no receipt", Remedy: "conformd audit day close --audit " + day.Audit + " -o receipt.zip"}
				}
				if err != nil {
					return err
				}
				return s.writeReceipt(c.Context(), a, day, x.out)
			})
		},
	})
	c.Flags().StringVar(&x.audit, "audit", "", "the record of the audit, by its number or the name of its issue (needed)")
	c.Flags().StringVarP(&x.out, "out", "o", "", "file to write, in place of one that is there (needed)")
	return c
}

func receiptFile(out, verb string) error {
	if strings.EqualFold(filepath.Ext(out), ".zip") {
		return nil
	}
	return misuse("audit day "+verb+" needs a file to write, with the ending .zip", "conformd audit day "+verb+" --audit AUD-2026-0001 -o receipt.zip")
}

func (s *session) writeReceipt(ctx context.Context, a *app.App, day auditor.Day, out string) error {
	b, err := a.Auditor().DayReceipt(ctx, day, s.version().Version, keysOf(a))
	if err != nil {
		return err
	}
	if err := regular.Replace(out, b.ZIP); err != nil {
		return err
	}
	if s.json {
		return s.printJSON(b.Manifest)
	}
	var r export.Receipt
	if err := json.Unmarshal(day.Receipt, &r); err != nil {
		return err
	}
	s.say("%s: receipt of the audit day of %s with %s, which entry %d of the log holds", oneLine(out), day.Audit, present.Count(len(r.Requests), "request", "requests"), day.Closed)
	s.next("conform-verify %s", oneLine(out))
	return s.print("%s\n", out)
}
