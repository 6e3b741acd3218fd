package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) linkCommand() *cobra.Command {
	return s.linking(&cobra.Command{
		Use: "link NAME --split-from OTHER", Short: "Say that a record is a duplicate, a part or a recurrence of another one", Args: oneName,
		Long: `Links a record to another one, which must be in the register. A link to itself, a second
duplicate and a circle are refused. conformd itself links a record to what its rejection
or its source reference names.

` + names,
		Example: `  conformd register link NC-2026-0009 --split-from NC-2026-0007 --as irene --reason "the second site has an owner of its own"`,
	}, func(by register.Author, kind register.LinkKind, to, reason string) register.Command {
		return register.AddLink{By: by, Kind: kind, Name: to, Reason: reason}
	})
}

func (s *session) unlinkCommand() *cobra.Command {
	return s.linking(&cobra.Command{
		Use: "unlink NAME --split-from OTHER", Short: "End a link of a record to another one", Args: oneName,
		Long:    "Ends a link. It stays in the record and in the log, with who ended it and why.\n\n" + names,
		Example: `  conformd register unlink NC-2026-0009 --split-from NC-2026-0007 --as irene --reason "they have different causes"`,
	}, func(by register.Author, kind register.LinkKind, to, reason string) register.Command {
		return register.RemoveLink{By: by, Kind: kind, Name: to, Reason: reason}
	})
}

// linking gives a command the flags that name a link.
func (s *session) linking(c *cobra.Command, command func(by register.Author, kind register.LinkKind, to, reason string) register.Command) *cobra.Command {
	var x act
	given := map[register.LinkKind]*string{}
	for _, k := range register.LinkKinds() {
		given[k] = c.Flags().String(strings.ReplaceAll(string(k), "_", "-"), "", "the record that it is a "+k.Words()+", by any of its names")
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		var kind register.LinkKind
		to, n := "", 0
		for _, k := range register.LinkKinds() {
			if v := *given[k]; v != "" {
				kind, to, n = k, v, n+1
			}
		}
		if n != 1 {
			return misuse("it is not said which link is meant", "give one of --duplicate-of, --split-from and --recurrence-of")
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			name, err := other(ctx, r, to)
			if err != nil {
				return service.Acted{}, err
			}
			return acts.Do(ctx, row.Record.ID, by, func(by register.Author) register.Command { return command(by, kind, name, x.reason) })
		})
	}
	return s.acting(c, &x, "why (needed)")
}

// other returns the number of the record with a name; a name that no record has stays as it is.
func other(ctx context.Context, r *reading, name string) (string, error) {
	row, err := r.register.Find(ctx, name)
	if unknown := (*service.UnknownError)(nil); errors.As(err, &unknown) {
		return name, nil
	}
	return row.Record.Ref, err
}
