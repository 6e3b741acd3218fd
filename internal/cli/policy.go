package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func (s *session) policyCommand() *cobra.Command {
	show := s.jsonFlag(&cobra.Command{
		Use: "show", Short: "The policy in force, who adopted it, and how the configured one differs", Args: noArgs,
		Long: `Shows the policy in force: rules, waiting times, roles and exceptions; every version
with who adopted it, when and why; and how the configured policy differs. The first
start adopts what is configured; every later change takes a person, with policy adopt.`,
		Example: "  conformd policy show\n  conformd policy show --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.policyShow(c.Context()) },
	})
	var exitCode bool
	diff := s.jsonFlag(&cobra.Command{
		Use: "diff [VERSION [VERSION]]", Short: "What policy adopt would change, or how two versions differ", Args: cobra.MaximumNArgs(2),
		Long: `Says in words, a line each, how the configured policy differs from the one that was
adopted last; with one version, from that version; with two, the second from the first.`,
		Example: "  conformd policy diff\n  conformd policy diff --exit-code   3 if the configured policy is not adopted\n  conformd policy diff 1 2",
		RunE:    func(c *cobra.Command, a []string) error { return s.policyDiff(c.Context(), a, exitCode) },
	})
	diff.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 3 if there are differences")
	impact := s.jsonFlag(&cobra.Command{
		Use: "impact", Short: "The records that the configured policy would hold or let go; touches none", Args: noArgs,
		Long: `Lists the records that the configured policy would have held where the adopted one did
not, closed ones first, and those that it would let go. It touches none of them. Adopting
moves none back either: entering a state asks the rules, staying does not.`,
		Example: "  conformd policy impact",
		RunE:    func(c *cobra.Command, _ []string) error { return s.policyImpact(c.Context()) },
	})
	var as, reason string
	adopt := s.jsonFlag(&cobra.Command{
		Use: "adopt", Short: "Put the configured policy in force, as a person and with a reason", Args: noArgs,
		Long: `Puts the configured policy in force with the next start of the daemon. A daemon that is
running goes on under the present one until it is started again, so that the log says of
each run under which policy it was made. PERSON is one of people, with the role
isms_manager or top_management, and is who sits at this terminal: the account of the
operating system must be the person's os_user. Person, account, reason and every
difference stand in the audit log.`,
		Example: `  conformd policy adopt --as olga --reason "minor findings are checked after 30 days, management review of March"`,
		RunE:    func(c *cobra.Command, _ []string) error { return s.policyAdopt(c.Context(), as, reason) },
	})
	adopt.Flags().StringVar(&as, "as", "", "the id of the person who adopts it (needed)")
	adopt.Flags().StringVar(&reason, "reason", "", "why (needed)")
	return group("policy", "The policy in force: what it says, who adopted it, and the impact of another one",
		"  conformd policy show\n  conformd policy diff", show, diff, impact, adopt)
}

// A policyVersion is a version of the policy as it is printed in JSON.
type policyVersion struct {
	store.Adopted
	Policy *register.PolicyDocument `json:"policy,omitempty"`
}

func (s *session) policies(ctx context.Context) (app.PolicyState, *store.Store, error) {
	c, st, err := s.readStore(ctx)
	if err != nil {
		return app.PolicyState{}, nil, err
	}
	p, err := app.Policies(ctx, c, st)
	if err != nil {
		return p, nil, errors.Join(err, st.Close())
	}
	return p, st, nil
}

func (s *session) policyShow(ctx context.Context) error {
	p, st, err := s.policies(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	ds, err := p.Differences()
	if err != nil {
		return err
	}
	now := p.InForce()
	doc, err := p.Document(now)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{
			"in_force": policyVersion{now, &doc}, "adopted": policyVersion{Adopted: p.Last()}, "versions": append([]store.Adopted{}, p.Versions...),
			"configured": map[string]any{"digest": p.Configured.Digest(), "policy": p.Configured}, "differences": append([]register.Difference{}, ds...),
		})
	}
	if err := s.print("%s\n", policyText(now, doc)); err != nil {
		return err
	}
	if err := s.policyVersions(p, now); err != nil {
		return err
	}
	return s.sayPolicy(p)
}

// sayPolicy says what stands between the configured policy and the one in force.
func (s *session) sayPolicy(p app.PolicyState) error {
	notices, err := p.Notices()
	if err != nil {
		return err
	}
	for _, n := range notices {
		s.say("%s %s", s.style.yellow("!"), n)
	}
	ds, err := p.Differences()
	if len(ds) > 0 {
		s.say("  what to do:     %s", app.PolicyRemedy)
	}
	return err
}

// warnOfPolicy says under which policy an App works, if it is not the configured one. What
// is wrong with the policies, the App itself has said.
func (s *session) warnOfPolicy(ctx context.Context, a *app.App) {
	if p, err := app.Policies(ctx, a.Config, a.Store); err == nil {
		_ = s.sayPolicy(p)
	}
}

// policyWarnings are what people must know of the policy before they start with a
// configuration: nothing where there is no register yet, or none that this conformd reads.
func (s *session) policyWarnings(ctx context.Context) []string {
	p, st, err := s.policies(ctx)
	if _, unread := errors.AsType[*fault](err); unread {
		return nil
	}
	if err == nil {
		var notices []string
		if notices, err = p.Notices(); err == nil {
			return append(notices, closing(st)...)
		}
		err = errors.Join(err, st.Close())
	}
	return []string{err.Error()}
}

// closing closes a store, and says what went wrong.
func closing(st *store.Store) []string {
	if err := st.Close(); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func (s *session) policyDiff(ctx context.Context, versions []string, exitCode bool) error {
	p, st, err := s.policies(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	before, after := p.Last(), p.Configured
	if len(versions) > 0 {
		if before, err = versionOf(p, versions[0]); err != nil {
			return err
		}
	}
	if len(versions) > 1 {
		to, err := versionOf(p, versions[1])
		if err != nil {
			return err
		}
		if after, err = p.Document(to); err != nil {
			return err
		}
	}
	from, err := p.Document(before)
	if err != nil {
		return err
	}
	ds := register.Differences(from, after)
	if s.json {
		err = s.printJSON(append([]register.Difference{}, ds...))
	} else {
		for _, d := range ds {
			if err := s.print("%s\n", d); err != nil {
				return err
			}
		}
		if len(ds) == 0 {
			s.say("no differences")
		}
	}
	if err == nil && exitCode && len(ds) > 0 {
		return silent(ExitFindings)
	}
	return err
}

// versionOf returns the version with a number.
func versionOf(p app.PolicyState, number string) (store.Adopted, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return store.Adopted{}, misuse("a version of the policy is a whole number, and got "+strconv.Quote(number), "conformd policy show lists the versions")
	}
	for _, v := range p.Versions {
		if v.Number == n {
			return v, nil
		}
	}
	return store.Adopted{}, &fault{Code: "CLI-063", Exit: ExitFailed, What: "there is no version " + number + " of the policy", Remedy: "conformd policy show lists the versions"}
}

func (s *session) policyImpact(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	p, err := app.Policies(ctx, r.config, r.store)
	if err != nil {
		return err
	}
	before, err := p.Policy(p.Last())
	if err != nil {
		return err
	}
	after, err := app.Policy(r.config)
	if err != nil {
		return err
	}
	rows, err := r.store.Records(ctx)
	if err != nil {
		return err
	}
	i, err := r.register.Impact(ctx, rows, before, after)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(i)
	}
	if err := s.print("%s", s.impactText(i)); err != nil {
		return err
	}
	s.say("%s would be held, %s let go; nothing was touched",
		present.Count(len(i.Held), "record", "records"), present.Count(len(i.LetGo), "record", "records"))
	return nil
}

func (s *session) policyAdopt(ctx context.Context, as, reason string) error {
	if as == "" {
		return misuse("policy adopt needs to know who you are", "give --as with your id in people, such as --as olga")
	}
	who, err := account()
	if err != nil {
		return err
	}
	return s.beside(ctx, func(a *app.App) error {
		v, changed, err := a.Adopt(ctx, as, who, reason)
		if err != nil {
			return denied(err)
		}
		if s.json {
			return s.printJSON(map[string]any{"version": v, "differences": append([]register.Difference{}, changed...)})
		}
		if len(changed) == 0 {
			s.say("the configured policy is version %d, adopted already: nothing to do", v.Number)
			return nil
		}
		for _, d := range changed {
			if err := s.print("%s\n", d); err != nil {
				return err
			}
		}
		s.say("%s version %d of the policy is adopted and begins with the next start of the daemon", s.style.green("✓"), v.Number)
		return nil
	})
}
