package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func (s *session) recurrenceCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list [NAME]", Short: "Closed records that may have come up again, and what people answered", Args: cobra.MaximumNArgs(1),
		Long: `Lists the candidates for a recurrence: closed nonconformities that a new one has much in common
with. Without NAME it lists those of open records that nobody has answered, with NAME all of
that record.

` + names,
		Example: "  conformd register recurrence list\n  conformd register recurrence list NC-2026-0031",
		RunE:    func(c *cobra.Command, a []string) error { return s.recurrenceList(c.Context(), a) },
	})
	return group("recurrence", "Whether a closed nonconformity came up again", "  conformd register recurrence list", list,
		s.answering(&cobra.Command{
			Use: "confirm NAME OLD", Short: "Say that a record is a closed one again", Args: cobra.ExactArgs(2),
			Long: `Confirms that a record is a closed one again. It is linked to the closed one, its root cause must
say why the actions of that did not last, and the closed record gets a review that found them
ineffective and goes back to analysis. The person owns neither of them.

` + names,
			Example: `  conformd register recurrence confirm NC-2026-0031 NC-2026-0007 --as irene --reason "the same export shows leavers again"`,
		}, true),
		s.answering(&cobra.Command{
			Use: "refuse NAME OLD", Short: "Say that a record is another matter than a closed one", Args: cobra.ExactArgs(2),
			Long: `Says that a record is no recurrence of a closed one, and why. The owner of neither record says so.

` + names,
			Example: `  conformd register recurrence refuse NC-2026-0031 NC-2026-0007 --as irene --reason "these accounts are of a supplier and not of leavers"`,
		}, false))
}

// answering gives a command what it takes to answer a candidate.
func (s *session) answering(c *cobra.Command, again bool) *cobra.Command {
	var x act
	c.RunE = func(c *cobra.Command, a []string) error {
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			name, err := other(ctx, r, a[1])
			if err != nil {
				return service.Acted{}, err
			}
			return acts.Do(ctx, row.Record.ID, by, func(by register.Author) register.Command {
				return register.AnswerRecurrence{By: by, Name: name, Again: again, Reason: x.reason}
			})
		})
	}
	return s.acting(c, &x, "why (needed)")
}

// A candidate is a closed record that another one may be again, as it is listed.
type candidate struct {
	Of string `json:"record"` // number of the newer record
	register.Recurrence
}

func (s *session) recurrenceList(ctx context.Context, of []string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	var rows []store.Row
	if len(of) > 0 {
		row, err := s.find(ctx, r, of[0])
		if err != nil {
			return err
		}
		rows = []store.Row{row}
	} else if rows, err = r.store.Records(ctx); err != nil {
		return err
	}
	out := []candidate{}
	for _, row := range rows {
		for _, x := range row.Record.Recurrences {
			if len(of) > 0 || x.State == register.RecurrenceProposed && !row.Record.State.Ended() {
				out = append(out, candidate{row.Record.Ref, x})
			}
		}
	}
	if s.json {
		return s.printJSON(out)
	}
	table := [][]string{{"NUMBER", "OF", "STATE", "SINCE", "WHY"}}
	for _, x := range out {
		why, since := x.Why, x.Put
		if x.State != register.RecurrenceProposed {
			why, since = x.Reason, x.At
		}
		table = append(table, []string{x.Of, x.Ref, string(x.State), present.Minute(since), short(oneLine(why), 100)})
	}
	return s.table(table)
}
