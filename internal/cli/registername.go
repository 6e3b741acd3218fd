package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// names explains the names of a record, for the help of the commands that take one.
const names = `A record has the name NC-2026-0007, and that of each issue that is bound to it as a
record or as an action: its key (ISMS-3, acme/isms#17, and '#17' alone, in quotes, where
one repository is configured) or its address. Upper and lower case do not matter.`

// oneName asks for exactly one name.
func oneName(c *cobra.Command, args []string) error {
	return oneArg("one name of a record", c.CommandPath()+" NC-2026-0007, or the key or address of its issue")(c, args)
}

// find returns the record that a name means, or a fault that says what was tried.
func (s *session) find(ctx context.Context, r *reading, name string) (store.Row, error) {
	row, err := r.register.Find(ctx, name)
	if unknown, ok := errors.AsType[*service.UnknownError](err); ok {
		return row, unknownName(unknown)
	}
	if several, ok := errors.AsType[*service.AmbiguousError](err); ok {
		return row, severalRecords(several)
	}
	return row, err
}

func unknownName(e *service.UnknownError) *fault {
	f := &fault{Code: "CLI-013", Exit: ExitFailed, What: "there is no record " + e.Name, Remedy: "conformd register list", Err: e}
	switch {
	case len(e.Aside) > 0:
		f.What = "no record is known for " + e.Name
		f.Why = "the issue " + strings.Join(e.Aside, ", the issue ")
		f.Remedy = "name the record in the issue; conformd takes it in at its next poll"
	case len(e.Elsewhere) > 0:
		f.Why = "the address is at another host; the register knows " + strings.Join(e.Elsewhere, " and ")
		f.Remedy = "give that address, or the key of the issue"
	case len(e.Tried) > 0:
		f.Why = "it is misspelt, or another register's; looked for " + strings.Join(e.Tried, " and ")
	case strings.HasPrefix(e.Name, "#"):
		f.Why = "no repository is configured whose issue " + e.Name + " could be"
		f.Remedy = "give the whole key, such as acme/isms" + e.Name
	default:
		f.Why = "it is neither a number of the register, nor the key or address of an issue"
	}
	return f
}

func severalRecords(e *service.AmbiguousError) *fault {
	f := &fault{Code: "CLI-019", Exit: ExitUsage, What: e.Name + " means several records:", Remedy: "give the number of one of them", Err: e}
	for _, n := range e.Found {
		f.What += "\n  " + service.Words(n)
	}
	return f
}
