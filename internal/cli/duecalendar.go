package cli

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/register"
)

func (s *session) dueCalendarCommand() *cobra.Command {
	var owner, out string
	c := &cobra.Command{
		Use: "calendar --owner PERSON", Short: "The dates of one person as a file that calendar programs read", Args: noArgs,
		Long: `Writes the open milestones and actions of one person, and those of the records that the
person owns, as an iCalendar file with a whole-day event each. A calendar program that reads
the file again moves the events whose date was moved. The daemon serves the same calendar at a
secret address that the person makes in the pages, and at /due/PERSON.ics.`,
		Example: "  conformd due calendar --owner erik > erik.ics\n  conformd due calendar --owner erik -o erik.ics",
		RunE:    func(c *cobra.Command, _ []string) error { return s.dueCalendar(c.Context(), owner, out) },
	}
	c.Flags().StringVar(&owner, "owner", "", "the person")
	c.Flags().StringVarP(&out, "output", "o", "", "file to write, in place of one that is there; standard output if it is not given")
	return c
}

func (s *session) dueCalendar(ctx context.Context, owner, out string) error {
	if owner == "" {
		return misuse("it is not said whose calendar", "name a person: --owner erik")
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if owner, err = typed(r, register.FieldOwner, owner); err != nil {
		return err
	}
	calendar, err := r.register.Calendar(ctx, owner)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := calendar.Write(&b); err != nil {
		return err
	}
	return s.deliver(out, "the calendar", b.Bytes())
}

// deliver writes a file, in place of one that is there, or to standard output if none is named:
// the bytes as they are, with their own ends of lines. What names the file in an error.
func (s *session) deliver(file, what string, data []byte) error {
	if file == "" {
		_, err := s.streams.Stdout.Write(data)
		return err
	}
	if err := regular.Replace(file, data); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}
