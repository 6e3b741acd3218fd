package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) dueCommand() *cobra.Command {
	var at, until, owner string
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Milestones and actions that are to do by a date, and those that were missed", Args: noArgs,
		Long: `Lists the milestones of open records that are not met and the actions that are not done, the
earliest date first: when each is due, the date that was set first, how often it was
extended, whether it was missed, and to whom that is escalated (notices.escalation).
--at judges the register as it stands now on another day, such as the day of a review, and
--until leaves later dates out.`,
		Example: "  conformd due list\n  conformd due list --owner erik\n  conformd due list --until 2026-12-31 --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.dueList(c.Context(), at, until, owner) },
	})
	list.Flags().StringVar(&at, "at", "", "the day, today if it is not given")
	list.Flags().StringVar(&until, "until", "", "the last date to list, all if it is not given")
	list.Flags().StringVar(&owner, "owner", "", "only what this person is to do, or what their records need")
	return group("due", "What is to do by when", "  conformd due list", list, s.dueCalendarCommand())
}

func (s *session) dueList(ctx context.Context, at, until, owner string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	q := service.DueQuery{At: time.Now(), Until: until}
	if at != "" {
		if q.At, err = dayOf(r, "--at", at); err != nil {
			return err
		}
	}
	if until != "" {
		day, err := dayOf(r, "--until", until)
		if err != nil {
			return err
		}
		q.Until = day.Format(time.DateOnly)
	}
	if owner != "" {
		if q.Person, err = typed(r, register.FieldOwner, owner); err != nil {
			return err
		}
	}
	due, err := r.register.Due(ctx, q)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(due)
	}
	names, err := r.register.Names(ctx)
	if err != nil {
		return err
	}
	missed, extended := 0, 0
	table := [][]string{{"DUE", "FIRST", "NUMBER", "WHAT", "WHO", "STANDING", "TITLE"}}
	for _, d := range due.Items {
		if d.Missed {
			missed++
		}
		if d.Extended > 0 {
			extended++
		}
		table = append(table, []string{d.Due, d.Original, d.Record, short(oneLine(d.What()), 40), dash(oneLine(names.Person(d.Who))), dash(present.DueStanding(d.DueItem, d.Escalated...)), short(oneLine(d.Name), 60)})
	}
	if len(due.Items) > 0 {
		if err := s.table(table); err != nil {
			return err
		}
	}
	s.say("%s on %s: %d missed, %d still to come, %d extended", present.Count(len(due.Items), "date", "dates"), due.At, missed, len(due.Items)-missed, extended)
	if n := len(due.Undated); n > 0 {
		s.say("%s %s without a date: the daemon has not worked on it since there is a time matrix, or no row of that is about it", present.Count(n, "open record", "open records"), map[bool]string{true: "is", false: "are"}[n == 1])
	}
	return nil
}

// dayOf reads a day as a person writes dates in a field.
func dayOf(r *reading, flag, text string) (time.Time, error) {
	v, err := typed(r, register.FieldDue, text)
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return day, misuse(flag+" "+text+" is not a date", "write it like 2026-12-31")
	}
	return day, nil
}
