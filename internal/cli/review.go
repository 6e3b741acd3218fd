package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// managementReviewCommand holds the commands of management reviews (ISO/IEC 27001, 9.3).
func (s *session) managementReviewCommand() *cobra.Command {
	return group("review", "Management reviews: open one, give its inputs, judge, decide, sign", `  conformd review open --period 2026-H2 --as irene
  conformd review input MR-2026-0001 b "The company bought Example GmbH." --as irene
  conformd review sign MR-2026-0001 --as tom --reason "inputs, figures and decisions were discussed on 15 January"`,
		s.reviewOpenCommand(), s.reviewInputCommand(), s.reviewJudgeCommand(), s.reviewDecideCommand(), s.reviewHoldCommand(), s.reviewFreezeCommand(), s.reviewSignCommand())
}

func (s *session) reviewOpenCommand() *cobra.Command {
	var x act
	var o service.Opening
	c := &cobra.Command{
		Use: "open", Short: "Open the management review of a period", Args: noArgs,
		Long: `Files a management review without an issue. It begins with the decisions of the reviews before: its
input a lists each with how far it is. A person with the role for triage takes it in at once.
conformd report management-review shows what the register has for each input.`,
		Example: "  conformd review open --period 2026-H2 --as irene\n  conformd review open --period 2026 --planned-for 2027-01-15 --prepares irene --as irene",
	}
	f := c.Flags()
	f.StringVar(&o.Period, "period", "", "the period that is reviewed: 2026-H2, 2026 or 2026-Q3 (needed)")
	f.StringVar(&o.PlannedFor, "planned-for", "", "the day of the meeting; a month after the period if it is not given")
	f.StringVar(&o.Prepares, "prepares", "", "the id of the person who prepares it; who opens it if it is not given")
	f.StringVar(&o.Title, "title", "", `what it is called; "Management review 2026-H2" if it is not given`)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.Period == "" {
			return misuse("it is not said which period is reviewed", "conformd review open --period 2026-H2 --as irene")
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			var err error
			for f, v := range map[register.Field]*string{register.FieldPlannedFor: &o.PlannedFor, register.FieldOwner: &o.Prepares} {
				if *v != "" {
					if *v, err = typed(r, f, *v); err != nil {
						return service.Acted{}, err
					}
				}
			}
			rows, err := r.store.Records(ctx)
			if err != nil {
				return service.Acted{}, err
			}
			return acts.OpenReview(ctx, by, o, rows)
		})
	}
	return s.acting(c, &x, "")
}

func (s *session) reviewInputCommand() *cobra.Command {
	var x act
	var nothing bool
	c := &cobra.Command{
		Use: "input NAME INPUT [TEXT]", Short: "Supply an input of a management review, or say that there is nothing to report", Args: cobra.RangeArgs(2, 3),
		Long: inputsHelp() + "\n\nTEXT - reads it from standard input, @FILE from a file. No input may stay blank.\n\n" + names,
		Example: `  conformd review input MR-2026-0001 b "The company bought Example GmbH in May." --as irene
  conformd review input MR-2026-0001 c --nothing --as irene`,
	}
	c.Flags().BoolVar(&nothing, "nothing", false, "there is nothing to report")
	c.RunE = func(c *cobra.Command, a []string) error {
		f, ok := reviewInput(a[1])
		switch {
		case !ok:
			return misuse("no input "+a[1], "the inputs are a, b, c, d1, d2, d3, d4, e, f and g")
		case nothing == (len(a) > 2):
			return misuse("it is not said what the input is", "give either the text or --nothing")
		}
		v := register.NothingToReport
		if !nothing {
			var err error
			if v, err = s.value(a[2]); err != nil {
				return err
			}
		}
		return s.actOnField(c.Context(), x, a[0], f, v, proposes(f))
	}
	return s.acting(c, &x, "")
}

// inputsHelp lists the inputs.
func inputsHelp() string {
	out := []string{"Gives one of the inputs of the standard (ISO/IEC 27001, 9.3.2):"}
	for _, f := range register.ReviewInputs() {
		info, _ := register.Info(f)
		out = append(out, fmt.Sprintf("  %-2s  %s", strings.TrimPrefix(string(f), "input_"), info.Label))
	}
	return strings.Join(out, "\n")
}

// reviewInput returns the input that people call "d1".
func reviewInput(name string) (register.Field, bool) {
	f := register.Field("input_" + strings.ToLower(strings.TrimSpace(name)))
	return f, slices.Contains(register.ReviewInputs(), f)
}

func (s *session) reviewJudgeCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "judge NAME suitability|adequacy|effectiveness TEXT", Short: "Write one of the three judgements about the ISMS", Args: cobra.ExactArgs(3),
		Long:    "Writes what top management judges. The three are judged apart, and each in words of its own. TEXT - reads\nit from standard input, @FILE from a file.\n\n" + names,
		Example: `  conformd review judge MR-2026-0001 suitability "The scope fits the company after the merger." --as tom`,
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		f := register.Field(strings.ToLower(a[1]))
		if !slices.Contains(register.Judgements(), f) {
			return misuse("no judgement "+a[1], "the judgements are suitability, adequacy and effectiveness")
		}
		v, err := s.value(a[2])
		if err != nil {
			return err
		}
		return s.actOnField(c.Context(), x, a[0], f, v, proposes(f))
	}
	return s.acting(c, &x, "")
}

func (s *session) reviewDecideCommand() *cobra.Command {
	var x act
	var d service.ReviewDecision
	c := &cobra.Command{
		Use: "decide NAME TEXT", Short: "Add a decision of a management review", Args: cobra.ExactArgs(2),
		Long: `Adds a decision: an opportunity for improvement, a change to the ISMS, or resources (9.3.3), with who
carries it out and by when. It becomes an action of the review. --record files an improvement for it, which goes
its own way through the register and its trackers; the decision then names it.

` + names,
		Example: `  conformd review decide MR-2026-0001 "Name a deputy for backups" --type resource --who ben --due 2026-09-30 --as irene
  conformd review decide MR-2026-0001 "Test restores each month" --type improvement --who ana --due 2026-12-31 --record --as irene`,
	}
	f := c.Flags()
	f.StringVar(&d.Type, "type", "", "improvement, isms_change or resource (needed)")
	f.StringVar(&d.Who, "who", "", "the id of the person who carries it out (needed)")
	f.StringVar(&d.Due, "due", "", "by when (needed)")
	f.BoolVar(&d.Record, "record", false, "file an improvement for it")
	c.RunE = func(c *cobra.Command, a []string) error {
		d.Text = strings.Join(strings.Fields(a[1]), " ")
		switch {
		case !slices.Contains([]string{string(register.ImprovementAction), string(register.ChangeAction), string(register.ResourceAction)}, d.Type):
			return misuse("it is not said what the decision is", "--type is improvement, isms_change or resource")
		case d.Text == "" || d.Who == "" || d.Due == "":
			return misuse("a decision has words, somebody who carries it out and a day", `conformd review decide MR-2026-0001 "Name a deputy" --type resource --who ben --due 2026-09-30 --as irene`)
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			var err error
			for f, v := range map[register.Field]*string{register.FieldDue: &d.Due, register.FieldOwner: &d.Who} {
				if *v, err = typed(r, f, *v); err != nil {
					return service.Acted{}, err
				}
			}
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			return acts.DecideReview(ctx, row.Record, by, d)
		})
	}
	return s.acting(c, &x, "")
}

func (s *session) reviewHoldCommand() *cobra.Command {
	var x act
	var on string
	var attendees []string
	c := &cobra.Command{
		Use: "hold NAME --on DATE --attendee NAME", Short: "Say when a management review was held, and who attended", Args: oneName,
		Long:    "Notes the day of the meeting and the names of those who attended, as they were then.\n\n" + names,
		Example: `  conformd review hold MR-2026-0001 --on 2027-01-15 --attendee "Tom Top" --attendee "Irene Ismail" --as irene`,
	}
	c.Flags().StringVar(&on, "on", "", "the day of the meeting (needed)")
	c.Flags().StringArrayVar(&attendees, "attendee", nil, "the name of somebody who attended; may be repeated (needed)")
	c.RunE = func(c *cobra.Command, a []string) error {
		if on == "" || len(attendees) == 0 {
			return misuse("it is not said when it was held and who attended", `conformd review hold MR-2026-0001 --on 2027-01-15 --attendee "Tom Top" --as irene`)
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			day, err := typed(r, register.FieldHeldOn, on)
			if err != nil {
				return service.Acted{}, err
			}
			names, err := typed(r, register.FieldAttendees, strings.Join(attendees, "\n"))
			if err != nil {
				return service.Acted{}, err
			}
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			return acts.Do(ctx, row.Record.ID, by,
				func(by register.Author) register.Command { return proposes(register.FieldHeldOn)(by, day) },
				func(by register.Author) register.Command { return proposes(register.FieldAttendees)(by, names) })
		})
	}
	return s.acting(c, &x, "")
}

func (s *session) reviewFreezeCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "freeze NAME", Short: "Freeze the figures that a management review has before it", Args: oneName,
		Long: `Computes the figures of the review's period as of now and writes their digest to the audit log. The figures
themselves need not be kept: the log gives the same ones for that moment at any later time, and conformd report
management-review compares them with the digest.

` + names,
		Example: "  conformd review freeze MR-2026-0001 --as irene",
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			frozen, err := r.register.Freezing(ctx, row.Record)
			if err != nil {
				return service.Acted{}, asked(err, "conformd review freeze")
			}
			return acts.Do(ctx, row.Record.ID, by, func(by register.Author) register.Command {
				frozen.By = by
				return frozen
			})
		})
	}
	return s.acting(c, &x, "")
}

func (s *session) reviewSignCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "sign NAME", Short: "Sign a management review as it is; it is closed by that", Args: oneName,
		Long: `Signs for top management what the review says: inputs, judgements, decisions, attendees and figures. A
review with a blank is not signed: the refusal names each. What was signed stands; a later change is an amendment.

` + names,
		Example: `  conformd review sign MR-2026-0001 --as tom --reason "inputs, figures and decisions were discussed on 15 January"`,
	}, register.SubjectSigning, "", "a statement (needed)")
}
