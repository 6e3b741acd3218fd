package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
)

func (s *session) userCommand() *cobra.Command {
	setup := s.jsonFlag(&cobra.Command{
		Use: "setup [PERSON]", Short: "Print a one-time link with which a person sets a password for the pages", Args: onePerson,
		Long: `Prints a link with which a person sets a password for the pages. It works once, within 30
minutes, and takes the place of an earlier link of that person. Whoever opens it is that
person in the pages: give it to nobody else. The audit log says that it was made.

A new password ends the sessions that began with the old one. Where people sign in with a
provider (sign_in.oidc), only admins have a password, for the day on which the provider
fails.`,
		Example: "  conformd user setup          # for the only admin of people\n  conformd user setup dana",
		RunE: func(c *cobra.Command, args []string) error {
			person := ""
			if len(args) > 0 {
				person = args[0]
			}
			return s.beside(c.Context(), func(a *app.App) error { return s.invite(c.Context(), a, person) })
		},
	})
	return group("user", "People who sign in to the pages, and their programs", "  conformd user setup", setup, s.tokenCommand())
}

// onePerson refuses more than one argument.
func onePerson(c *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return misuse(fmt.Sprintf("%s takes one person at most, and got %d", name(c), len(args)), "conformd user setup dana")
}

func (s *session) invite(ctx context.Context, a *app.App, person string) error {
	x, err := a.Invite(ctx, person)
	if err != nil {
		return denied(err)
	}
	if s.json {
		return s.printJSON(x)
	}
	s.say("for %s, once, until %s:", x.Person, x.Expires.UTC().Format("15:04 UTC"))
	return s.print("%s\n", x.URL)
}

// sayFirstLink prints the link with which the first admin sets a password, if nobody can sign in yet.
func (s *session) sayFirstLink(ctx context.Context, a *app.App) {
	x, remedy, err := a.FirstLink(ctx)
	switch {
	case err != nil:
		s.say("%s no link to set the first password could be made: %v", s.style.yellow("!"), err)
	case remedy != "":
		s.say("%s %s", s.style.yellow("!"), remedy)
	case x.URL != "":
		s.say("nobody has a password for the pages yet; %s sets one here, once, until %s:\n  %s", x.Person, x.Expires.UTC().Format("15:04 UTC"), x.URL)
	}
}
