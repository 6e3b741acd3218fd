package cli

import (
	"context"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/mcpserver"
	"github.com/conformd/conformd/internal/service"
)

func (s *session) mcpCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "mcp", Short: "Let an assistant program read the register (Model Context Protocol)", Args: noArgs,
		Long: `Serves the Model Context Protocol on standard input and output, for an assistant program that starts
this command. It can search and show records, their history, what is due, conflicts and figures. It
has nothing that writes.

The program reads in the name of a person who sits at this terminal. Each call stands in the audit
log (log.read) with the person and with what the program calls itself. Texts that people wrote in
trackers are marked as data in each answer.

` + atTerminal,
		Example: `  conformd mcp --as irene -c /etc/conformd/conformd.yaml

In the settings of the assistant program:
  {"mcpServers": {"conformd": {"command": "conformd", "args": ["mcp", "--as", "irene", "-c", "/etc/conformd/conformd.yaml"]}}}`,
		RunE: func(c *cobra.Command, _ []string) error { return s.serveMCP(c.Context(), x) },
	}
	c.Flags().StringVar(&x.as, "as", "", "the id of the person for whom the program reads (needed)")
	return c
}

func (s *session) serveMCP(ctx context.Context, x act) error {
	// Who may not read is told before the program begins, and not with its first call.
	if err := s.asPerson(ctx, x, func(*app.App, *reading, service.By) error { return nil }); err != nil {
		return err
	}
	d := mcpserver.Desk{Version: s.version().Version, Answer: func(ctx context.Context, c mcpserver.Call, answer func(*service.Register) (any, error)) (out any, err error) {
		// The register is open for one call at a time: the daemon can start, stop and be upgraded meanwhile.
		err = s.asPerson(ctx, x, func(a *app.App, r *reading, by service.By) error {
			if err := a.NoteReading(ctx, by, app.Reading(c)); err != nil {
				return err
			}
			out, err = answer(r.register)
			return err
		})
		return out, err
	}}
	return mcpserver.New(d).Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(s.Stdin), Writer: nopCloser{s.streams.Stdout}})
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
