package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) configCommand() *cobra.Command {
	var offline bool
	validate := s.jsonFlag(&cobra.Command{
		Use: "validate", Short: "Check the configuration and name every mistake", Args: noArgs,
		Example: "  conformd config validate -c conformd.yaml\n  conformd config validate --offline     without reading the secrets",
		RunE: func(cmd *cobra.Command, _ []string) error {
			load := config.Load
			if offline {
				load = config.LoadOffline
			}
			c, err := load(s.path(), s.lookup)
			var es config.Errors
			switch {
			case errors.As(err, &es):
				if !offline {
					s.lookUp(cmd.Context(), es)
				}
				return s.mistakes(es)
			case err != nil:
				return err
			}
			ends, err := app.DeadEnds(c)
			if err != nil {
				return err
			}
			warnings := append(listenWarnings(c), s.policyWarnings(cmd.Context())...)
			if s.json {
				return s.printJSON(map[string]any{"valid": true, "file": s.path(), "digest": c.Digest(), "mistakes": []any{}, "dead_ends": append([]app.DeadEnd{}, ends...), "warnings": append([]string{}, warnings...)})
			}
			for _, w := range warnings {
				s.say("%s %s", s.style.yellow("!"), w)
			}
			for _, d := range ends {
				s.say("%s %s: rule %s demands %q (field %s), and people have no place to give it; add it to the fields of the binding, or switch the rule off", s.style.yellow("!"), d.Binding, d.Rule, d.Label, d.Field)
			}
			if err := s.print("%s %s is valid: %s, %s, digest %s\n", s.style.green("✓"), s.path(), present.Count(len(c.Bindings), "binding", "bindings"), present.Count(len(c.People), "person", "people"), c.Digest()); err != nil {
				return err
			}
			s.next("conformd plan")
			return nil
		},
	})
	validate.Flags().BoolVar(&offline, "offline", false, "do not read the secrets")
	schema := &cobra.Command{
		Use: "schema", Short: "JSON Schema of the configuration, for editors", Args: noArgs,
		Example: "  conformd config schema > conformd.schema.json",
		RunE: func(*cobra.Command, []string) error {
			b, err := config.Schema()
			if err != nil {
				return err
			}
			return s.print("%s", b)
		},
	}
	show := &cobra.Command{
		Use: "show", Short: "The configuration in force, with defaults, without secrets", Args: noArgs,
		Example: "  conformd config show -c conformd.yaml",
		RunE: func(*cobra.Command, []string) error {
			c, err := config.LoadOffline(s.path(), s.lookup)
			if err != nil {
				return err
			}
			b, err := c.Redacted()
			if err != nil {
				return err
			}
			return s.print("%s", b)
		},
	}
	return group("config", "The configuration file", "  conformd config validate", validate, schema, show)
}

// lookUp writes the ids of accounts that have a login alone into the remedies of these
// mistakes, where the trackers can be asked.
func (s *session) lookUp(ctx context.Context, es config.Errors) {
	if !slices.ContainsFunc(es, func(e config.Error) bool { return e.Code == config.CodeLoginAlone }) {
		return
	}
	c, err := config.LoadToLookUp(s.path(), s.lookup)
	if err != nil {
		return // the other mistakes come first
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	found, err := app.Accounts(ctx, c)
	if err != nil {
		s.say("%s not every login could be looked up: %v", s.style.yellow("!"), err)
	}
	for i, e := range es {
		if u, ok := found[e.Key]; ok && e.Code == config.CodeLoginAlone {
			es[i].Remedy = fmt.Sprintf("write id: %q beside it, which is the account of %s today; make sure that it is the right person's", u.ID, cmp.Or(u.Name, u.Login))
		}
	}
}

// mistakes prints every mistake: where, which key, what is wrong and the remedy.
func (s *session) mistakes(es config.Errors) error {
	if s.json {
		type mistake struct {
			Code   config.Code `json:"code"`
			File   string      `json:"file"`
			Line   int         `json:"line,omitempty"`
			Column int         `json:"column,omitempty"`
			Key    string      `json:"key,omitempty"`
			What   string      `json:"what"`
			Remedy string      `json:"remedy,omitempty"`
		}
		out := []mistake{}
		for _, e := range es {
			out = append(out, mistake(e))
		}
		if err := s.printJSON(map[string]any{"valid": false, "file": s.path(), "mistakes": out}); err != nil {
			return err
		}
		return silent(ExitUsage)
	}
	return invalid(es)
}
