package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// An act is a command that does something to the register as a person.
type act struct {
	as, key, reason string
}

// atTerminal explains --as, for the help of the commands that take it.
const atTerminal = `PERSON is one of people and is who sits at this terminal: the account of the operating
system must be the person's os_user. Roles decide who may do what, here as in the trackers;
what is refused changes nothing and stands in the audit log. The daemon may be running; it
brings the trackers in step.`

// actCommands are the commands that act on a record.
func (s *session) actCommands() []*cobra.Command {
	return []*cobra.Command{
		s.newCommand(), s.setCommand(), s.moveCommand(), s.triageCommand(), s.approveCommand(), s.reviewCommand(),
		s.rejectCommand(), s.reopenCommand(), s.amendCommand(), s.keepCommand(), s.linkCommand(), s.unlinkCommand(), s.extendCommand(), s.acceptCommand(),
		s.recurrenceCommand(), s.adoptCommand(), s.declineCommand(), s.deferCommand(), s.promoteCommand(), s.responseCommand(), s.sentCommand(),
	}
}

// acting gives a command the flags of an act.
func (s *session) acting(c *cobra.Command, x *act, reason string) *cobra.Command {
	s.jsonFlag(c)
	c.Long = strings.TrimSpace(c.Long + "\n\n" + atTerminal)
	c.Flags().StringVar(&x.as, "as", "", "the id of the person who acts (needed)")
	c.Flags().StringVar(&x.key, "key", "", "makes a repetition harmless: what was done with a key is done once")
	if reason != "" {
		c.Flags().StringVar(&x.reason, "reason", "", reason)
	}
	return c
}

func (s *session) newCommand() *cobra.Command {
	var x act
	var kind, title string
	var values []string
	c := &cobra.Command{
		Use: "new", Short: "File a record that has no issue", Args: noArgs,
		Long:    "Files a record at conformd itself. A binding with create_twin gets an issue for it.",
		Example: `  conformd register new --as irene --title "Leaver accounts stay enabled" --set problem="Three accounts" --set identified_at=2026-07-01`,
	}
	c.Flags().StringVar(&kind, "kind", string(register.Nonconformity), "nonconformity, potential_nonconformity, improvement, observation, signal, objective, measure, control_check, audit or management_review")
	c.Flags().StringVar(&title, "title", "", "what it is called (needed)")
	c.Flags().StringArrayVar(&values, "set", nil, "FIELD=VALUE of a further field; may be repeated")
	c.RunE = func(c *cobra.Command, _ []string) error {
		given, err := s.pairs(values)
		if err != nil {
			return err
		}
		if strings.TrimSpace(title) == "" {
			return misuse("the record has no title", `give it with --title "Leaver accounts stay enabled"`)
		}
		if info, _ := register.Info(register.FieldKind); !slices.Contains(info.Enum, kind) {
			return misuse("no kind "+kind, "the kinds are "+strings.Join(info.Enum, ", "))
		}
		if _, ok := given[register.FieldReporter]; ok {
			return misuse("the reporter is whoever files the record", "leave out --set reporter, or file it --as that person")
		}
		given[register.FieldTitle] = title
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			for f, v := range given {
				if given[f], err = typed(r, f, v); err != nil {
					return service.Acted{}, err
				}
			}
			return acts.File(ctx, by, service.Filing{Kind: register.Kind(kind), Values: given, Why: typedHere})
		})
	}
	return s.acting(c, &x, "")
}

// typedHere is the reason in the log for a value that a person gave to a command.
const typedHere = "given at conformd's own command line"

// proposes makes the command that gives a field a value.
func proposes(f register.Field) func(register.Author, string) register.Command {
	return func(by register.Author, v string) register.Command {
		return register.Propose{By: by, Field: f, Value: v, Why: typedHere}
	}
}

// pairs reads FIELD=VALUE.
func (s *session) pairs(values []string) (map[register.Field]string, error) {
	out := map[register.Field]string{}
	for _, p := range values {
		name, v, ok := strings.Cut(p, "=")
		if !ok {
			return nil, misuse(p+" names no field with a value", "write FIELD=VALUE, as in risk=high")
		}
		f, err := s.fieldNamed(name)
		if err != nil {
			return nil, err
		}
		out[f] = v
	}
	return out, nil
}

// fieldNamed returns the field with a name or label: of conformd, or of the organisation.
func (s *session) fieldNamed(name string) (register.Field, error) {
	bySystem := func(f register.Field) bool { return f == register.FieldState || register.Derived(f) }
	if f, ok := register.FieldNamed(name); ok && !bySystem(f) {
		return f, nil
	}
	var own []register.CustomField
	if c, err := config.LoadOffline(s.path(), s.lookup); err == nil { // else the command says what is wrong with it
		own = c.CustomFields()
	}
	if f, ok := register.CustomNamed(own, name); ok {
		return f, nil
	}
	var known []string
	for _, info := range register.Fields() {
		if !bySystem(info.Field) {
			known = append(known, string(info.Field))
		}
	}
	for _, f := range own {
		known = append(known, f.Name)
	}
	return "", misuse("no field "+name, "the fields are "+strings.Join(known, ", "))
}

func (s *session) setCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "set NAME FIELD VALUE", Short: "Give a field of a record a value", Args: cobra.ExactArgs(3),
		Long: `Gives a field a value. VALUE - reads it from standard input, @FILE from a file, as a value
that begins with a dash must be given. What triage
has decided (kind, grade, risk, source, requirement, owner), and who the reporter is, takes a
person with the role and a reason.

` + names,
		Example: `  conformd register set NC-2026-0007 root_cause @cause.md --as erik
  conformd register set NC-2026-0007 grade minor --as irene --reason "no data was reached"`,
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		f, err := s.fieldNamed(a[1])
		if err != nil {
			return err
		}
		v, err := s.value(a[2])
		if err != nil {
			return err
		}
		return s.actOnField(c.Context(), x, a[0], f, v, func(by register.Author, v string) register.Command {
			if x.reason != "" {
				return register.Determine{By: by, Field: f, Value: v, Reason: x.reason}
			}
			return proposes(f)(by, v)
		})
	}
	return s.acting(c, &x, "why, for a value that triage or a closing has decided")
}

// value reads a value that may stand in a file.
func (s *session) value(arg string) (string, error) {
	const most = 1 << 20
	read := func(r io.Reader) (string, error) {
		b, err := io.ReadAll(io.LimitReader(r, most+1))
		if err == nil && len(b) > most {
			err = fmt.Errorf("the value has more than %d bytes", most)
		}
		return strings.TrimRight(string(b), "\n"), err
	}
	switch {
	case arg == "-":
		return read(os.Stdin)
	case strings.HasPrefix(arg, "@"):
		f, err := os.Open(arg[1:])
		if err != nil {
			return "", err
		}
		v, err := read(f)
		return v, errors.Join(err, f.Close())
	default:
		return arg, nil
	}
}

func (s *session) moveCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "move NAME STATE", Short: "Ask for a state; the record goes as far as the rules allow", Args: cobra.ExactArgs(2),
		Long:    "Asks for a state, as moving an issue does: analysis, planning, implementing, verifying or closed.\nWhat is missing is said. A record that is closed or rejected is reopened with a reason by a person\nwith the role; anybody else asks for it, and the record stays where it is.\n\n" + names,
		Example: "  conformd register move NC-2026-0007 verifying --as erik",
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		to := register.State(a[1])
		if !to.Valid() || to == register.Accepted {
			return misuse("no state "+a[1], "the states are reported, analysis, planning, implementing, verifying, closed and rejected; an exception has a command of its own, conformd register accept")
		}
		return s.actOn(c.Context(), x, a[0], func(by register.Author) register.Command {
			return register.Move{By: by, To: to, Why: x.reason}
		})
	}
	return s.acting(c, &x, "why, for a record that is closed or rejected")
}

// decides returns a command that is a decision; to is where the record goes with it.
func (s *session) decides(c *cobra.Command, subject register.Subject, to register.State, reason string) *cobra.Command {
	var x act
	c.RunE = func(c *cobra.Command, a []string) error {
		outcome := register.Approved
		if subject == register.SubjectRejection {
			outcome = register.Rejected
		}
		if len(a) > 1 {
			outcome = register.Outcome(a[1])
		}
		judge := service.Judge(subject, outcome, x.reason, "")
		if to == "" || outcome == register.Ineffective || outcome == register.Partially {
			return s.actOn(c.Context(), x, a[0], judge)
		}
		return s.actOn(c.Context(), x, a[0], judge, func(by register.Author) register.Command {
			by.Event = ""
			return register.Move{By: by, To: to}
		})
	}
	return s.acting(c, &x, reason)
}

func (s *session) triageCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "triage NAME", Short: "Confirm what a record is: kind, grade, risk, source, requirement and owner are decided", Args: oneName,
		Long:    "Confirms a record. Later changes of what was decided are proposals, wherever they are made.\n\n" + names,
		Example: "  conformd register triage NC-2026-0007 --as irene",
	}, register.SubjectTriage, register.Analysis, "a word on it")
}

func (s *session) approveCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "approve NAME", Short: "Approve the plan of a record as it is now", Args: oneName,
		Long:    "Approves cause, actions, criteria and reviewer as they are. When one of them changes, the\napproval counts no longer.\n\n" + names,
		Example: "  conformd register approve NC-2026-0007 --as irene",
	}, register.SubjectPlan, register.Implementing, "a word on it")
}

func (s *session) reviewCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "review NAME effective|partially|ineffective", Short: "Say whether the actions worked, and what shows it", Args: cobra.ExactArgs(2),
		Long:    "Reviews the effect of the actions. The reviewer was never involved in the record.\n\n" + names,
		Example: `  conformd register review NC-2026-0007 effective --as rita --reason "exports of October and November hold no leaver account"`,
	}, register.SubjectEffectiveness, register.Closed, "what was checked and what it showed (needed)")
}

func (s *session) rejectCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "reject NAME", Short: "End a record that is no nonconformity, or a duplicate", Args: oneName,
		Long:    "Rejects a record. A duplicate names the record that it is one of.\n\n" + names,
		Example: `  conformd register reject NC-2026-0007 --as irene --reason "duplicate of NC-2026-0003"`,
	}, register.SubjectRejection, register.StateRejected, "why (needed)")
}

func (s *session) reopenCommand() *cobra.Command {
	return s.decides(&cobra.Command{
		Use: "reopen NAME", Short: "Take up a closed, accepted or rejected record again", Args: oneName,
		Long:    "Reopens a record: it goes back to analysis, and needs a new plan and a new review. It revokes\nthe exception of an accepted record.\n\n" + names,
		Example: `  conformd register reopen NC-2026-0007 --as irene --reason "the accounts are enabled again"`,
	}, register.SubjectReopening, "", "why (needed)")
}

func (s *session) amendCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "amend NAME FIELD [VALUE]", Short: "Change what a closed record says, or take in what a tracker proposes", Args: cobra.RangeArgs(2, 3),
		Long:    "Amends a record with a reason. Without VALUE it takes what a tracker proposes. VALUE - reads it\nfrom standard input, @FILE from a file.\n\n" + names,
		Example: `  conformd register amend NC-2026-0007 root_cause --as irene --reason "the interview of Monday shows it"`,
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		f, err := s.fieldNamed(a[1])
		if err != nil {
			return err
		}
		v := ""
		if len(a) > 2 {
			if v, err = s.value(a[2]); err != nil {
				return err
			}
		}
		return s.actOnField(c.Context(), x, a[0], f, v, func(by register.Author, v string) register.Command {
			return register.Determine{By: by, Field: f, Value: v, Reason: x.reason}
		})
	}
	return s.acting(c, &x, "why (needed)")
}

func (s *session) keepCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "keep NAME FIELD", Short: "Keep the value of the register against what a tracker proposes", Args: cobra.ExactArgs(2),
		Long:    "Decides against a proposal: the trackers show the value of the register again. FIELD state\ndecides against a request to reopen, or against an exception that is asked for, and the name of a\nmilestone against a later date of it.\n\n" + names,
		Example: `  conformd register keep NC-2026-0007 grade --as irene --reason "customer data was reached"`,
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		f, err := s.fieldNamed(a[1])
		if a[1] == string(register.FieldState) {
			f, err = register.FieldState, nil
		}
		if m, ok := register.MilestoneNamed(a[1]); ok {
			return s.actOn(c.Context(), x, a[0], func(by register.Author) register.Command {
				return register.KeepDate{By: by, Milestone: m, Reason: x.reason}
			})
		}
		if err != nil {
			return err
		}
		return s.actOn(c.Context(), x, a[0], func(by register.Author) register.Command {
			return register.Decline{By: by, Field: f, Reason: x.reason}
		})
	}
	return s.acting(c, &x, "why (needed)")
}

func (s *session) resolveCommand() *cobra.Command {
	var x act
	var take, value string
	c := &cobra.Command{
		Use: "resolve NAME FIELD", Short: "Decide which of the values of a conflict stands", Args: cobra.ExactArgs(2),
		Long: `Decides a conflict: the register takes the value of a place, or one of its own, and every
issue that shows another is brought in step. The values that do not stand remain in the
audit log.

` + names,
		Example: `  conformd conflicts resolve NC-2026-0007 root_cause --take ISMS-3 --as erik --reason "it is the later word"
  conformd conflicts resolve NC-2026-0007 title --value "Leavers keep accounts" --as erik --reason "both are half of it"`,
	}
	c.Flags().StringVar(&take, "take", "", `the place whose value stands: the key of an issue, a binding, or "register"`)
	c.Flags().StringVar(&value, "value", "", "a value of its own; - reads it from standard input, @FILE from a file")
	c.RunE = func(c *cobra.Command, a []string) error {
		f, err := s.fieldNamed(a[1])
		if err != nil {
			return err
		}
		if (take == "") == (value == "") {
			return misuse("it is not said which value stands", "give either --take PLACE or --value VALUE")
		}
		if value, err = s.value(value); err != nil {
			return err
		}
		return s.act(c.Context(), x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
			row, err := s.find(ctx, r, a[0])
			if err != nil {
				return service.Acted{}, err
			}
			return acts.Resolve(ctx, row.Record.ID, by, service.Choice{Field: f, Take: take, Value: value, Reason: x.reason}, r.register.Profiles)
		})
	}
	return s.acting(c, &x, "why (needed)")
}

// actOn does something to the record with a name.
func (s *session) actOn(ctx context.Context, x act, name string, commands ...func(register.Author) register.Command) error {
	return s.act(ctx, x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
		row, err := s.find(ctx, r, name)
		if err != nil {
			return service.Acted{}, err
		}
		return acts.Do(ctx, row.Record.ID, by, commands...)
	})
}

// actOnField lets a person give a field of a record a value, which is read as in an issue.
func (s *session) actOnField(ctx context.Context, x act, name string, f register.Field, v string, command func(register.Author, string) register.Command) error {
	return s.act(ctx, x, func(ctx context.Context, acts *service.Acts, r *reading, by service.By) (service.Acted, error) {
		value, err := typed(r, f, v)
		if err != nil {
			return service.Acted{}, err
		}
		row, err := s.find(ctx, r, name)
		if err != nil {
			return service.Acted{}, err
		}
		return acts.Do(ctx, row.Record.ID, by, func(a register.Author) register.Command { return command(a, value) })
	})
}

// typed returns a value as the register has it.
func typed(r *reading, f register.Field, v string) (string, error) {
	v, pr := app.Typing(r.config, r.register.Policy).Typed(f, v)
	if pr.Code != "" {
		return "", misuse(pr.What.String(), pr.Remedy.String())
	}
	return v, nil
}

// act lets a person act, and says what came of it.
func (s *session) act(ctx context.Context, x act, do func(context.Context, *service.Acts, *reading, service.By) (service.Acted, error)) error {
	return s.asPerson(ctx, x, func(a *app.App, r *reading, by service.By) error {
		acted, err := do(ctx, a.Acts(), r, by)
		if err != nil {
			return refused(err)
		}
		return s.acted(ctx, a, acted)
	})
}

// asPerson lets a person who sits at this terminal do something to the register.
func (s *session) asPerson(ctx context.Context, x act, do func(*app.App, *reading, service.By) error) error {
	if x.as == "" {
		return misuse("it is not said who acts", "name yourself: --as irene")
	}
	who, err := account()
	if err != nil {
		return err
	}
	return s.beside(ctx, func(a *app.App) error {
		if err := app.AtTerminal(a.Config, x.as, who); err != nil {
			return denied(err)
		}
		questions, err := app.Register(ctx, a.Config, a.Store)
		if err != nil {
			return err
		}
		return do(a, &reading{config: a.Config, store: a.Store, register: questions}, service.By{Person: x.as, Account: "os:" + who.ID, Key: x.key})
	})
}

// refused tells why an act does not count.
func refused(err error) error {
	if no, ok := errors.AsType[*service.RefusedError](err); ok {
		return &fault{Code: "CLI-064", Exit: ExitFailed, What: "it does not count: " + no.Error(), Remedy: no.Refusal.Told.String(), Err: err}
	}
	return err
}

// denied tells what the operating system does not bear out.
func denied(err error) error {
	if no, ok := errors.AsType[*app.NotAllowedError](err); ok {
		return &fault{Code: "CLI-061", Exit: ExitFailed, What: no.What, Remedy: no.Remedy, Err: err}
	}
	return err
}

// acted says what came of an act: what changed, where the record stands, and what it needs.
func (s *session) acted(ctx context.Context, a *app.App, x service.Acted) error {
	r := x.Record
	if s.json {
		return s.printJSON(struct {
			Ref       string              `json:"record"`
			State     register.State      `json:"state"`
			Requested register.State      `json:"requested,omitempty"`
			Facts     []register.Fact     `json:"facts"`
			Proposals []register.Proposal `json:"proposals,omitempty"`
		}{r.Ref, r.State, r.Requested, append([]register.Fact{}, x.Facts...), r.Proposals})
	}
	if err := s.print("%s  %s\n", r.Ref, standing(r)); err != nil {
		return err
	}
	if len(x.Facts) == 0 {
		s.say("nothing changed: that was so already")
	}
	for _, f := range x.Facts {
		if f.Kind == register.FactRecurrence {
			s.say("%s", oneLine(present.Recurrence(*f.Recurrence, present.Names{})))
		}
		if f.Kind == register.FactProposed && f.Field == register.FieldState {
			s.say("you asked to reopen it; it stays %s until %s decides: conformd register reopen %s --reason …", r.State, a.Reconciler.Policy.Decides(r, *f.Proposal), r.Ref)
		} else if f.Kind == register.FactProposed {
			s.say("%s waits for somebody who may decide it: add --reason if you may", label(f.Field))
		}
		if f.Kind == register.FactVoided {
			s.say("%s: a decision about the record counts no longer", f.Why)
		}
	}
	about := slices.ContainsFunc(x.Facts, func(f register.Fact) bool { return f.Kind == register.FactAcceptance })
	if e, waits := register.AskedAcceptance(r); waits && about {
		s.say("the exception waits for %s: conformd register accept %s --until %s --reason …", a.Reconciler.Policy.Accepts(r), r.Ref, e.Until)
	}
	now := a.Acts().Context()
	var err error
	if now.Findings, err = a.Store.Findings(ctx, r); err != nil {
		return err
	}
	for _, v := range register.Missing(r, now, a.Reconciler.Policy) {
		for _, l := range v.Lacks {
			s.say("  %s %s", v.Rule.ID, oneLine(l.What.String()))
		}
	}
	return nil
}
