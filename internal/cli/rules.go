package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) rulesCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "The rules in force", Args: noArgs,
		Long: `Lists the rules in force: those of the adopted policy; those of the configuration before
the first start adopts it; without a configuration those that conformd ships.`,
		Example: "  conformd rules list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			rules, err := s.rules(cmd.Context())
			if err != nil {
				return err
			}
			if s.json {
				return s.printJSON(rules)
			}
			table := [][]string{{"RULE", "CLAUSE", "NEEDED FOR", "SEVERITY", "WHAT IT DEMANDS"}}
			for _, r := range rules {
				table = append(table, []string{r.ID, dash(r.Clause), string(r.To), string(r.Severity), r.Sentence})
			}
			if err := s.table(table); err != nil {
				return err
			}
			s.next("conformd rules explain %s", rules[0].ID)
			return nil
		},
	})
	explain := s.jsonFlag(&cobra.Command{
		Use: "explain RULE", Short: "What one rule demands and why", Args: oneArg("the id of one rule", "conformd rules explain G07; conformd rules list has them all"),
		Example: "  conformd rules explain G07",
		RunE: func(cmd *cobra.Command, a []string) error {
			rules, err := s.rules(cmd.Context())
			if err != nil {
				return err
			}
			for _, r := range rules {
				if !strings.EqualFold(r.ID, a[0]) {
					continue
				}
				if s.json {
					return s.printJSON(r)
				}
				return s.print("%s", ruleText(r))
			}
			return &fault{Code: "CLI-014", Exit: ExitFailed, What: "there is no rule " + a[0] + " in force", Why: "it is misspelt, or switched off by the policy", Remedy: "conformd rules list"}
		},
	})
	return group("rules", "The rules that hold a record back until its evidence is there", "  conformd rules list\n  conformd rules explain G07\n  conformd rules prove\n  conformd rules standards", list, explain, s.proveCommand(), s.standardsCommand())
}

// rules returns the rules in force. Without any configuration file they are those
// that conformd ships.
func (s *session) rules(ctx context.Context) ([]service.Rule, error) {
	p := register.DefaultPolicy()
	c, err := config.LoadOffline(s.path(), s.lookup)
	var es config.Errors
	switch {
	case err == nil:
		if p, err = s.inForce(ctx, c); err != nil {
			return nil, err
		}
	case s.config == "" && errors.As(err, &es) && len(es) == 1 && es[0].Code == config.CodeUnreadable:
		s.say("no configuration: these are the rules that conformd ships")
	default:
		return nil, err
	}
	return service.Rules(p), nil
}

// inForce returns the policy in force; where there is no register yet, the configured one,
// which the first start adopts.
func (s *session) inForce(ctx context.Context, c *config.Config) (register.Policy, error) {
	policies, st, err := s.policies(ctx)
	if _, unread := errors.AsType[*fault](err); unread {
		return app.Policy(c)
	}
	if err != nil {
		return register.Policy{}, err
	}
	p, err := policies.Policy(policies.InForce())
	return p, errors.Join(err, s.sayPolicy(policies), st.Close())
}

func ruleText(r service.Rule) string {
	var b strings.Builder
	b.WriteString(r.ID + "  " + r.Sentence + "\n\n")
	serves := r.Requirement
	if serves == "" {
		serves = "the organisation, which asks for the field"
	}
	b.WriteString("  serves      " + serves + words(", clause ", r.Clause) + "\n")
	if r.Meaning != "" {
		b.WriteString("  which asks  " + r.Meaning + "\n")
	}
	needed := " and every later state"
	if r.To.Rank() < 0 {
		needed = ""
	}
	b.WriteString("  needed for  " + string(r.To) + needed + "\n")
	b.WriteString("  severity    " + string(r.Severity) + "\n")
	b.WriteString("  kinds       " + list(r.Kinds) + "\n")
	if len(r.Grades) > 0 {
		b.WriteString("  grades      " + list(r.Grades) + "\n")
	}
	for i, d := range r.Rigour {
		name := ""
		if i == 0 {
			name = "rigour"
		}
		fmt.Fprintf(&b, "  %-10s  %s\n", name, d)
	}
	for _, c := range r.Cases {
		b.WriteString("  but for     " + c.When.Words() + ": " + c.Words() + "\n")
	}
	if r.ID == register.AcceptanceGuard().ID {
		b.WriteString("\nNo policy switches it off. How long an exception lasts at most is register.acceptance.\n")
		return b.String()
	}
	if len(r.Rigour) > 0 {
		b.WriteString("\nWhat it asks of which records is register.rigour; the first row that holds for a record counts.\n")
	}
	b.WriteString("\nTo change it:\n  register:\n    guards:\n      - {id: " + r.ID + ", severity: should}\nand put that in force: conformd policy adopt\n")
	return b.String()
}

func list[T ~string](xs []T) string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}
