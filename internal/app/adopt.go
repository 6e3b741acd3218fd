package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// An Account is an account of the operating system: who sits at the terminal.
type Account struct {
	Name string // "" where the system has no name for it
	ID   string // its number (Unix), its security identifier (Windows)
}

// String returns the name of the account, else its number.
func (a Account) String() string { return cmp.Or(a.Name, a.ID) }

// is reports whether the os_user of a person means this account.
func (a Account) is(osUser string) bool { return osUser != "" && (osUser == a.Name || osUser == a.ID) }

// A NotAllowedError refuses an act at the terminal: the person may not do it, or the
// account of the operating system is not theirs.
type NotAllowedError struct{ What, Remedy string }

// Error says what is wrong.
func (e *NotAllowedError) Error() string { return e.What }

// mostReason is the longest reason in bytes. One entry of the log holds it together with all
// differences.
const mostReason = 8192

// Adopt puts the configured policy in force from the next start, as a decision of the person
// to whom this account of the operating system belongs. It returns the version and what it
// changes. If the configured policy is adopted already, it returns the present version and
// changes nothing. The error may be a [NotAllowedError].
func (a *App) Adopt(ctx context.Context, as string, account Account, reason string) (v store.Adopted, changed []register.Difference, err error) {
	if err := mayAdopt(a.Config, as, account); err != nil {
		return v, nil, err
	}
	beside := []audit.FieldChange{{Field: "account", After: audit.NewText("os:" + account.ID)}}
	if account.Name != "" {
		beside = append(beside, audit.FieldChange{Field: "account_name", After: audit.Personal(account.Name)})
	}
	return a.adoptAs(ctx, audit.Actor{Kind: audit.Operator, ID: as, How: audit.ByLocal, Account: "os:" + account.ID}, audit.TriggerManual, beside, reason)
}

// AdoptSignedIn is Adopt for a person who is signed in to the pages.
func (a *App) AdoptSignedIn(ctx context.Context, by audit.Actor, reason string) (v store.Adopted, changed []register.Difference, err error) {
	if err := adoptable(a.Config, by.ID); err != nil {
		return v, nil, err
	}
	return a.adoptAs(ctx, by, audit.TriggerPage, nil, reason)
}

func (a *App) adoptAs(ctx context.Context, actor audit.Actor, trigger audit.Trigger, beside []audit.FieldChange, reason string) (v store.Adopted, changed []register.Difference, err error) {
	switch reason = strings.TrimSpace(reason); {
	case reason == "":
		return v, nil, &NotAllowedError{"a policy is adopted with a reason", `say why: --reason "minor findings are checked within the month, decided in the review of March"`}
	case len(reason) > mostReason:
		return v, nil, &NotAllowedError{fmt.Sprintf("the reason has %d bytes", len(reason)), fmt.Sprintf("say it in at most %d, and name the document that has the rest", mostReason)}
	}
	policies, err := Policies(ctx, a.Config, a.Store)
	if err != nil {
		return v, nil, err
	}
	err = a.Store.Write(ctx, func(t *store.Tx) error {
		last, err := t.LastPolicy(ctx)
		if err != nil {
			return err
		}
		if last.Number != policies.Last().Number {
			return fmt.Errorf("version %d of the policy was adopted at this moment by another command: read conformd policy diff, and adopt again", last.Number)
		}
		// The log must know this person before it says that they adopted a policy.
		if err := a.adoptPeople(ctx, t, actor, trigger); err != nil {
			return err
		}
		if v = last; last.Digest == policies.Configured.Digest() {
			return nil
		}
		v, changed, err = a.adoptPolicy(ctx, t, policies, audit.Entry{
			Actor: actor, Origin: audit.Origin{Trigger: trigger}, Changes: beside, Reason: reason,
		})
		return err
	})
	return v, changed, err
}

// mayAdopt checks that a person may put a policy in force, and that they sit at the terminal.
func mayAdopt(c *config.Config, as string, account Account) error {
	if err := adoptable(c, as); err != nil {
		return err
	}
	return AtTerminal(c, as, account)
}

// adoptable checks that a person may put a policy in force.
func adoptable(c *config.Config, as string) error {
	i := slices.IndexFunc(c.People, func(p config.Person) bool { return p.ID == as })
	if i < 0 {
		return notAPerson(as)
	}
	p := c.People[i]
	if !adopter(p) {
		return &NotAllowedError{
			fmt.Sprintf("%s may not put a policy in force: that takes the role %s or %s, without the role %s", as, register.RoleISMSManager, register.RoleTop, register.RoleAuditor),
			whoAdopts(c),
		}
	}
	return nil
}

// whoAdopts says who can put a policy in force.
func whoAdopts(c *config.Config) string {
	if who := adopters(c); len(who) > 0 {
		return "ask a person who may: " + strings.Join(who, ", ")
	}
	return "the configuration has no such person: give the role to one of people"
}

// notAPerson is the error for an id that people in the configuration does not have.
func notAPerson(id string) error {
	return &NotAllowedError{fmt.Sprintf("%q is not in the register's list of people", id), "name a person by the id that people has in the configuration: --as olga"}
}

// AtTerminal checks that a person of the configuration sits at the terminal: the account of
// the operating system is theirs alone. The error is a NotAllowedError.
func AtTerminal(c *config.Config, as string, account Account) error {
	i := slices.IndexFunc(c.People, func(p config.Person) bool { return p.ID == as })
	if i < 0 {
		return notAPerson(as)
	}
	p := c.People[i]
	at := 0
	for _, q := range c.People {
		if account.is(q.OSUser) {
			at++
		}
	}
	switch {
	case p.OSUser == "":
		return &NotAllowedError{
			fmt.Sprintf("conformd cannot tell that you are %s: people has no os_user for %s", as, as),
			fmt.Sprintf("add os_user: NAME to %s in people, with the account of the operating system that %s uses here; this terminal runs as %s", as, as, account),
		}
	case !account.is(p.OSUser):
		return &NotAllowedError{
			fmt.Sprintf("this terminal runs as %s, but people names another os_user for %s", account, as),
			fmt.Sprintf("let %s run the command, or name yourself with --as", as),
		}
	case at > 1:
		return &NotAllowedError{
			fmt.Sprintf("several people have the account %s of this terminal as their os_user", account),
			"give each of them an os_user of their own: a name and a number may mean the same account",
		}
	}
	return nil
}

// adopter reports whether a person may put a policy in force. An auditor may not: who audits
// the register does not make its rules (ISO/IEC 27001, 9.2.2 b).
func adopter(p config.Person) bool {
	has := func(role string) bool { return slices.Contains(p.Roles, role) }
	return (has(register.RoleISMSManager) || has(register.RoleTop)) && !has(register.RoleAuditor)
}

// adopters are the people who may put a policy in force.
func adopters(c *config.Config) (out []string) {
	for _, p := range c.People {
		if adopter(p) {
			out = append(out, p.ID)
		}
	}
	return out
}

// firstPolicy is the reason in the log for the policy that the first start adopts by itself.
const firstPolicy = "the first policy, as configured"

// adoptPolicy puts the configured policy in force; e says who does it and why. The entry
// compares the first policy with the one that conformd ships.
func (a *App) adoptPolicy(ctx context.Context, t *store.Tx, policies PolicyState, e audit.Entry) (store.Adopted, []register.Difference, error) {
	last := policies.Last()
	before := register.DefaultPolicy().Document()
	if last.Number > 0 {
		var err error
		if before, err = policies.Document(last); err != nil {
			return last, nil, err
		}
	}
	now := policies.Configured
	ds := register.Differences(before, now)
	digest := audit.FieldChange{Field: fieldDigest, After: audit.NewText(now.Digest())}
	if last.Number > 0 {
		digest.Before = audit.NewText(last.Digest)
	}
	e.Changes = append(e.Changes, digest)
	if len(ds) > 0 {
		e.Changes = append(e.Changes, audit.FieldChange{Field: fieldDifferences, After: audit.NewText(words(ds))})
	}
	e.Changes = append(e.Changes, changes("policy.", ds)...)
	v, err := t.AdoptPolicy(ctx, store.Adopted{Document: string(now.Encode()), Digest: now.Digest(), Author: e.Actor.ID, Reason: e.Reason}, func(v store.Adopted) audit.Entry {
		e.Verb, e.Subject = audit.PolicyAdopted, a.subject(v.Number)
		return e
	})
	return v, ds, err
}

// changes returns differences in the form in which an entry holds them.
func changes(prefix string, ds []register.Difference) []audit.FieldChange {
	text := func(d register.Difference, value string) *audit.Text {
		switch {
		case value == "":
			return nil
		case d.Personal:
			return audit.Personal(value)
		default:
			return audit.NewText(value)
		}
	}
	out := make([]audit.FieldChange, len(ds))
	for i, d := range ds {
		out[i] = audit.FieldChange{Field: prefix + d.Key, Before: text(d, d.Before), After: text(d, d.After)}
	}
	return out
}

func (a *App) subject(version int64) audit.Subject {
	return audit.Subject{Type: audit.SubjectDaemon, ID: a.Origin, Ref: a.Origin, Version: version}
}

// underPolicy makes the daemon work under the policy that was adopted last.
func (a *App) underPolicy(ctx context.Context) error {
	var err error
	if a.policies, err = Policies(ctx, a.Config, a.Store); err != nil {
		return err
	}
	p, err := a.policies.Policy(a.policies.Last())
	if a.unworkable = err; err != nil {
		return nil // conformd policy adopt, which removes this problem, must work with this App
	}
	a.Reconciler.Policy, a.Reconciler.SmallOrg = p, p.SmallOrg
	if v := a.policies.Last(); v.Number > 0 { // else the configured one is in force
		for _, b := range a.Bindings {
			b.Profile.Scales = choices(a.Config, p)
		}
	}
	return nil
}

// begin notes in the log with which policy and which people the daemon starts. If no policy
// was adopted yet, it adopts the configured one.
func (a *App) begin(ctx context.Context, t *store.Tx) error {
	if a.unworkable != nil {
		return a.unworkable
	}
	v, err := t.LastPolicy(ctx)
	if err != nil {
		return err
	}
	if v.Number != a.policies.Last().Number {
		return fmt.Errorf("version %d of the policy was adopted at this moment: start again", v.Number)
	}
	daemon := audit.Actor{Kind: audit.Daemon, How: audit.ByNone}
	if err := a.adoptPeople(ctx, t, daemon, audit.TriggerStart); err != nil {
		return err
	}
	var ds []register.Difference
	if v.Number == 0 {
		v, _, err = a.adoptPolicy(ctx, t, a.policies, audit.Entry{Actor: daemon, Origin: audit.Origin{Trigger: audit.TriggerStart}, Reason: firstPolicy})
	} else {
		ds, err = a.policies.Differences()
	}
	if err != nil {
		return err
	}
	if err := t.BeginPolicy(ctx, v.Number); err != nil {
		return err
	}
	e := a.entry(audit.DaemonStarted)
	e.Changes = []audit.FieldChange{
		{Field: fieldVersion, After: audit.NewText(fmt.Sprint(v.Number))},
		{Field: fieldDigest, After: audit.NewText(v.Digest)},
	}
	if len(ds) > 0 {
		e.Reason = fmt.Sprintf("the configured policy is not adopted; version %d stays in force", v.Number)
		e.Changes = append(e.Changes,
			audit.FieldChange{Field: "configured.digest", After: audit.NewText(a.policies.Configured.Digest())},
			audit.FieldChange{Field: "configured.differences", After: audit.NewText(words(ds))})
		a.Log.Warn("the configured policy is not adopted: the adopted one stays in force", zap.String("code", CodePolicyNotAdopted),
			zap.Int64("version", v.Number), zap.String("differences", words(ds)), zap.String("remedy", PolicyRemedy))
	}
	t.Audit(e)
	return nil
}
