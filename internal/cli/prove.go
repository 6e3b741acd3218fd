package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/cheats"
)

func (s *session) proveCommand() *cobra.Command {
	return s.jsonFlag(&cobra.Command{
		Use: "prove", Short: "Whether the rules hold those who want to get past them", Args: noArgs,
		Long: "Plays every way that is known of closing a record without its evidence against the rules of the\n" +
			"configuration, or those conformd ships, and says of each whether it is held, flagged or slips.\n" +
			"Honest records are played, too, and must not be stopped. Nothing is read or written beside the\n" +
			"configuration. Exit code 3 if something slipped or was stopped.",
		Example: "  conformd rules prove\n  conformd rules prove --json",
		RunE: func(*cobra.Command, []string) error {
			p, err := s.configured()
			if err != nil {
				return err
			}
			proof, err := cheats.Prove(p)
			if err != nil {
				return err
			}
			if err := s.printProof(proof, p); err != nil {
				return err
			}
			if !proof.Sound() {
				return silent(ExitFindings)
			}
			return nil
		},
	})
}

// configured returns the policy of the configuration, adopted or not. Without any
// configuration file it is that which conformd ships.
func (s *session) configured() (register.Policy, error) {
	c, err := config.LoadOffline(s.path(), s.lookup)
	if err == nil {
		return app.Policy(c)
	}
	if es, ok := errors.AsType[config.Errors](err); ok && s.config == "" && len(es) == 1 && es[0].Code == config.CodeUnreadable {
		s.say("no configuration: these are the rules that conformd ships")
		return register.DefaultPolicy(), nil
	}
	return register.Policy{}, err
}

func (s *session) printProof(proof cheats.Proof, p register.Policy) error {
	if s.json {
		return s.printJSON(proof)
	}
	rows := [][]string{{"STORY", "WHAT COMES OF IT", "CLAUSE"}}
	for _, l := range proof.Lines {
		rows = append(rows, []string{l.Name, cameOf(l), l.Clause})
	}
	if err := s.table(rows); err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range proof.Lines {
		if l.Outcome == cheats.Slipped || l.Outcome == cheats.Stopped {
			fmt.Fprintf(&b, "\n%s %s\n  %s\n", l.Name, strings.ToUpper(string(l.Outcome)), l.Tells)
			for _, says := range l.Says {
				fmt.Fprintf(&b, "  - %s\n", says)
			}
		}
	}
	if off := switchedOff(p); off != "" {
		fmt.Fprintf(&b, "\nSwitched off: %s\n", off)
	}
	fmt.Fprintf(&b, "\n%d cheats: %d held, %d flagged, %d slipped. %d honest records: %d stopped.\n",
		proof.Total, proof.Held, proof.Flagged, proof.Slipped, proof.Honest, proof.Stopped)
	return s.print("%s", b.String())
}

// cameOf says what came of a story, to people.
func cameOf(l cheats.Line) string {
	switch l.Outcome {
	case cheats.Slipped:
		return "SLIPPED"
	case cheats.Passed:
		return "closed, as it should be"
	case cheats.Stopped:
		return "STOPPED by " + strings.Join(l.By, ", ")
	default:
		return string(l.Outcome) + " by " + strings.Join(l.By, ", ")
	}
}

// switchedOff names the rules that are not in force.
func switchedOff(p register.Policy) string {
	var off []string
	for _, r := range p.Rules {
		if p.Disabled[r.ID] {
			off = append(off, r.ID)
		}
	}
	return strings.Join(off, ", ")
}
