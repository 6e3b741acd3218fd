package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func (s *session) tokenCommand() *cobra.Command {
	return group("token", "Tokens with which programs speak for a person", "  conformd user token list", s.tokenNewCommand(), s.tokenListCommand(), s.tokenRevokeCommand())
}

func (s *session) tokenNewCommand() *cobra.Command {
	var as, name, until string
	var scopes []string
	c := s.jsonFlag(&cobra.Command{
		Use: "new", Short: "Make a token for yourself and print it once", Args: noArgs,
		Long: `Makes a token with which a program sends requests to /api/v1 in your name, and prints it. It is
not shown again. The audit log says that it was made. Every token reads; with act it does what
you may do in the register, and with approve also what asks people in the pages to sign in anew.

PERSON is one of people and is who sits at this terminal: the account of the operating system
must be the person's os_user.`,
		Example: "  conformd user token new --as erik --name \"weekly report\" --until 2026-12-18\n  conformd user token new --as irene --name import --scope act --until 2026-12-18",
		RunE: func(c *cobra.Command, _ []string) error {
			ask := signin.TokenAsk{Name: name, Until: until}
			for _, x := range scopes {
				ask.Scopes = append(ask.Scopes, access.Scope(x))
			}
			return s.tokenNew(c.Context(), as, ask)
		},
	})
	c.Flags().StringVar(&as, "as", "", "the id of the person for whom the program speaks (needed)")
	c.Flags().StringVar(&name, "name", "", "which program has the token (needed)")
	c.Flags().StringVar(&until, "until", "", "the last day on which it counts, within a year (needed)")
	c.Flags().StringArrayVar(&scopes, "scope", nil, "act or approve, beyond read; may be repeated")
	return c
}

func (s *session) tokenNew(ctx context.Context, as string, ask signin.TokenAsk) error {
	if as == "" {
		return misuse("it is not said for whom the program speaks", "name yourself: --as irene")
	}
	who, err := account()
	if err != nil {
		return err
	}
	return s.beside(ctx, func(a *app.App) error {
		made, err := a.NewToken(ctx, as, ask, who)
		if no, ok := errors.AsType[*signin.RefusedError](err); ok {
			return misuse(no.What, no.Remedy)
		}
		if err != nil {
			return denied(err)
		}
		if s.json {
			return s.printJSON(struct {
				shownToken
				Secret string `json:"secret"`
			}{shown(made.Token, time.Now()), made.Secret})
		}
		s.say("the token %s of %s for %s, with %s, until %s; it is not shown again:", made.ID, made.Person, oneLine(made.Name), made.Scopes, made.Until)
		return s.print("%s\n", made.Secret)
	})
}

// A shownToken is a token as the list shows it.
type shownToken struct {
	ID     string    `json:"id"`
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Scopes []string  `json:"scopes"`
	Until  string    `json:"until"`
	Made   time.Time `json:"made_at"`
	Used   string    `json:"last_used,omitempty"`
	State  string    `json:"state"` // counts, ended or revoked
}

func shown(k store.Token, now time.Time) shownToken {
	x := shownToken{k.ID, k.Person, k.Name, strings.Fields(k.Scopes), k.Until, k.Made, k.Used, "counts"}
	switch {
	case !k.Revoked.IsZero():
		x.State = "revoked"
	case !signin.Counts(k, now):
		x.State = "ended"
	}
	return x
}

func (s *session) tokenListCommand() *cobra.Command {
	var person string
	c := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "The tokens of programs, with the day on which each was used last", Args: noArgs,
		Example: "  conformd user token list\n  conformd user token list --person erik --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.tokenList(c.Context(), person) },
	})
	c.Flags().StringVar(&person, "person", "", "only those of this person")
	return c
}

func (s *session) tokenList(ctx context.Context, person string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if person != "" {
		if person, err = typed(r, register.FieldOwner, person); err != nil {
			return err
		}
	}
	all, err := r.store.Tokens(ctx, person)
	if err != nil {
		return err
	}
	list := make([]shownToken, len(all))
	table := [][]string{{"TOKEN", "PERSON", "FOR", "MAY", "UNTIL", "LAST USED", "STATE"}}
	for i, k := range all {
		x := shown(k, time.Now())
		list[i] = x
		table = append(table, []string{x.ID, oneLine(x.Person), oneLine(x.Name), k.Scopes, x.Until, x.Used, x.State})
	}
	if s.json {
		return s.printJSON(map[string]any{"tokens": list})
	}
	if len(all) > 0 {
		if err := s.table(table); err != nil {
			return err
		}
	}
	s.say("%s", present.Count(len(all), "token", "tokens"))
	return nil
}

func oneToken(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return misuse("it is not said which token", "give its id; conformd user token list shows the ids")
}

func (s *session) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a token of anybody at once", Args: oneToken,
		Long:    "Ends a token. The daemon refuses it from the next request on, and the audit log says that it was revoked.",
		Example: "  conformd user token revoke k3v7q2m9xa",
		RunE: func(c *cobra.Command, args []string) error {
			return s.beside(c.Context(), func(a *app.App) error {
				if err := a.RevokeToken(c.Context(), args[0]); err != nil {
					return denied(err)
				}
				s.say("%s is revoked", args[0])
				return nil
			})
		},
	}
}
