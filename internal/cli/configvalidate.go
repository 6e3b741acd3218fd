package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) validateCommand() *cobra.Command {
	var offline, online bool
	c := s.jsonFlag(&cobra.Command{
		Use: "validate", Short: "Check the configuration and name every mistake", Args: noArgs,
		Long: `Checks the configuration and names every mistake with its line and the remedy. With
--online it also asks the trackers whether each person's account exists, is not
conformd's own and has the login that is written, and which repositories the patterns
stand for now.`,
		Example: "  conformd config validate -c conformd.yaml\n  conformd config validate --offline     without reading the secrets\n  conformd config validate --online      also asks the trackers for people's accounts",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if offline && online {
				return &fault{Code: "CLI-002", Exit: ExitUsage, What: "--offline reads no secret, and --online needs them", Remedy: "give one of the two"}
			}
			return s.validate(cmd.Context(), offline, online)
		},
	})
	c.Flags().BoolVar(&offline, "offline", false, "do not read the secrets")
	c.Flags().BoolVar(&online, "online", false, "ask the trackers for the accounts of all people and the repositories of patterns")
	return c
}

func (s *session) validate(ctx context.Context, offline, online bool) error {
	load := config.Load
	if offline {
		load = config.LoadOffline
	}
	c, err := load(s.path(), s.lookup)
	if es, ok := errors.AsType[config.Errors](err); ok {
		if !offline {
			s.lookUp(ctx, es)
		}
		return s.mistakes(es)
	}
	if err != nil {
		return err
	}
	v := validity{config: c, compared: &app.Compared{}}
	if v.ends, err = app.DeadEnds(c); err != nil {
		return err
	}
	if online {
		if v.compared, err = s.compare(ctx, c); err != nil {
			return err
		}
		if len(v.compared.Mistakes) > 0 {
			return s.mistakes(v.compared.Mistakes)
		}
	}
	v.warnings = append(listenWarnings(c), s.policyWarnings(ctx)...)
	for _, w := range append(c.Warnings(), v.compared.Warnings...) {
		v.warnings = append(v.warnings, w.Error())
	}
	return s.tellValid(v, online)
}

// A validity is what is said of a configuration without mistakes.
type validity struct {
	config   *config.Config
	ends     []app.DeadEnd
	compared *app.Compared
	warnings []string
}

func (s *session) tellValid(v validity, online bool) error {
	if s.json {
		return s.printJSON(map[string]any{
			"valid": true, "file": s.path(), "digest": v.config.Digest(), "mistakes": []any{}, "dead_ends": append([]app.DeadEnd{}, v.ends...),
			"warnings": append([]string{}, v.warnings...), "patterns": append([]app.Matched{}, v.compared.Patterns...),
		})
	}
	for _, w := range v.warnings {
		s.say("%s %s", s.style.yellow("!"), w)
	}
	for _, d := range v.ends {
		s.say("%s %s: rule %s demands %q (field %s), and people have no place to give it; add it to the fields of the binding, or switch the rule off", s.style.yellow("!"), d.Binding, d.Rule, d.Label, d.Field)
	}
	for _, m := range v.compared.Patterns {
		s.say("%s of %s stands for %s: %s", m.Pattern, m.Binding, present.Count(len(m.Repositories), "repository", "repositories"), strings.Join(m.Repositories, ", "))
	}
	if online {
		s.say("%s found", present.Count(v.compared.Accounts, "account", "accounts"))
	}
	if err := s.print("%s %s is valid: %s, %s, digest %s\n", s.style.green("✓"), s.path(), bindings(v.config), present.Count(len(v.config.People), "person", "people"), v.config.Digest()); err != nil {
		return err
	}
	s.next("conformd plan")
	return nil
}

// bindings says how many bindings a configuration has, and how many patterns, whose
// bindings are known once the trackers were asked.
func bindings(c *config.Config) string {
	out := present.Count(len(c.Bindings), "binding", "bindings")
	if n := len(c.Patterns); n > 0 {
		out += " and " + present.Count(n, "pattern", "patterns") + " of repositories"
	}
	return out
}

// compare asks the trackers what they say of the configuration.
func (s *session) compare(ctx context.Context, c *config.Config) (*app.Compared, error) {
	done := s.progress(ctx, "asking the trackers for accounts")
	found, err := app.Compare(ctx, c)
	done()
	if err != nil {
		if len(found.Mistakes) > 0 {
			s.say("%s %v", s.style.yellow("!"), err)
			return found, nil
		}
		return found, &fault{
			Code: "CLI-072", Exit: ExitFailed, What: "not every account could be asked for: " + err.Error(),
			Why: "a tracker is out of reach, refuses the credential, or is at its limit", Remedy: "try again; conformd config validate alone asks no tracker", Err: err,
		}
	}
	return found, nil
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
			es[i].Remedy = app.WriteID(u, "beside it")
		}
	}
}
