package cli

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/response"
)

func (s *session) responseCommand() *cobra.Command {
	var out string
	c := s.jsonFlag(&cobra.Command{
		Use: "response NAME", Short: "The answer to a finding as a page for the certification body", Args: oneName,
		Long: `Writes one page (HTML) with the finding, correction, causes, actions, evidence, effectiveness,
dates and decisions as the register has them now. It needs nothing else: a browser prints it or
saves it as PDF. What is not known yet is said. Read it before you send it; it names people.
conformd register sent notes what was sent.

` + names,
		Example: "  conformd register response NC-2026-0007 -o response.html\n  conformd register response NC-2026-0007 --json",
		RunE:    func(c *cobra.Command, a []string) error { return s.registerResponse(c.Context(), a[0], out) },
	})
	c.Flags().StringVarP(&out, "output", "o", "", "file to write, in place of one that is there; standard output if it is not given")
	return c
}

func (s *session) registerResponse(ctx context.Context, name, out string) error {
	r, row, err := s.readRecord(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	e, err := r.register.Entry(ctx, row)
	if err != nil {
		return err
	}
	last, err := r.register.LastEntry(ctx, row.Record.ID, row.Version)
	if err != nil {
		return err
	}
	answer := response.New(response.Source{Record: e.Record, View: e.View, Names: e.Names, At: time.Now(), Version: e.Version, Entry: last})
	if s.json {
		return s.printJSON(answer)
	}
	page, err := answer.HTML()
	if err != nil {
		return err
	}
	if err := s.deliver(out, "the response", page); err != nil || out == "" {
		return err
	}
	s.say("%s, SHA-256 %x", oneLine(out), sha256.Sum256(page))
	s.next("send it, then: conformd register sent %s --to BODY --file %s", e.Record.Ref, oneLine(out))
	return nil
}
