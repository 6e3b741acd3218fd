package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A PolicyState holds the policies that were adopted and the one that the configuration asks
// for.
type PolicyState struct {
	Configured register.PolicyDocument
	Versions   []store.Adopted // the newest first; none before the first start
}

// Policies reads which policies were adopted. The error is a [PolicyTamperedError] if the
// audit log contradicts one.
func Policies(ctx context.Context, c *config.Config, st *store.Store) (PolicyState, error) {
	p, err := policy(c)
	if err != nil {
		return PolicyState{}, err
	}
	s := PolicyState{Configured: p.Document()}
	if s.Versions, err = st.Policies(ctx); err != nil {
		return s, err
	}
	for _, v := range s.Versions {
		if err := borneOut(ctx, st.Reader(), v); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Last returns the policy that was adopted last; its number is 0 if none was.
func (s PolicyState) Last() store.Adopted { return append(s.Versions, store.Adopted{})[0] }

// InForce returns the policy under which the daemon works, or worked last; its number is 0
// before the first start.
func (s PolicyState) InForce() store.Adopted {
	for _, v := range s.Versions {
		if !v.Began.IsZero() {
			return v
		}
	}
	return s.Last()
}

// Document returns a version as people adopted it. Version 0 is the configured policy, which
// the first start adopts.
func (s PolicyState) Document(v store.Adopted) (register.PolicyDocument, error) {
	if v.Number == 0 {
		return s.Configured, nil
	}
	return register.ReadPolicyDocument([]byte(v.Document))
}

// Policy returns the rules of a version. The error is a [PolicyUnreadableError].
func (s PolicyState) Policy(v store.Adopted) (register.Policy, error) {
	d, err := s.Document(v)
	if err != nil {
		return register.Policy{}, &PolicyUnreadableError{v.Number, err}
	}
	p, err := d.Policy()
	if err != nil {
		return p, &PolicyUnreadableError{v.Number, err}
	}
	return p, nil
}

// Differences returns how the configured policy differs from the one that was adopted
// last; nothing if that one is configured.
func (s PolicyState) Differences() ([]register.Difference, error) {
	d, err := s.Document(s.Last())
	if err != nil {
		return nil, &PolicyUnreadableError{s.Last().Number, err}
	}
	return register.Differences(d, s.Configured), nil
}

// CodePolicyNotAdopted names the problem that [PolicyState.Notices] tells of first.
const CodePolicyNotAdopted = "policy-not-adopted"

// PolicyRemedy says what to do about it.
const PolicyRemedy = `read conformd policy impact, then put it in force: conformd policy adopt --as PERSON --reason "…"; or write the adopted values into the configuration again`

// Notices says in words why the configured policy is not in force: it is not adopted (with
// each difference), or it waits for the next start. It is empty if the configured policy is
// in force.
func (s PolicyState) Notices() ([]string, error) {
	last, inForce := s.Last(), s.InForce()
	ds, err := s.Differences()
	if err != nil {
		return nil, err
	}
	var out []string
	if len(ds) > 0 {
		out = append(out, fmt.Sprintf("the configured policy is not adopted (%s); version %d of %s stays in force: %s",
			CodePolicyNotAdopted, last.Number, last.At.Format(time.DateOnly), words(ds)))
	}
	if last.Number != inForce.Number {
		out = append(out, fmt.Sprintf("version %d of the policy is adopted and begins with the next start; until then version %d is in force", last.Number, inForce.Number))
	}
	return out, nil
}

// words joins differences for people.
func words(ds []register.Difference) string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = d.Words
	}
	return strings.Join(out, "; ")
}

// A PolicyUnreadableError is an adopted policy under which this program cannot work, such
// as one with a rule that it does not have.
type PolicyUnreadableError struct {
	Number int64
	Err    error
}

// Error names the version and the reason.
func (e *PolicyUnreadableError) Error() string {
	return fmt.Sprintf("version %d of the policy is in force, and this conformd cannot work under it: %v", e.Number, e.Err)
}

// Unwrap returns why.
func (e *PolicyUnreadableError) Unwrap() error { return e.Err }

// A PolicyTamperedError says that an adopted policy in the database differs from its entry in
// the audit log.
type PolicyTamperedError struct {
	Number, Entry int64
	Why           string
}

// Error names the version and the entry.
func (e *PolicyTamperedError) Error() string {
	return fmt.Sprintf("version %d of the policy in the database contradicts entry %d of the audit log, which says what was adopted: %s", e.Number, e.Entry, e.Why)
}

// The fields of an entry that tells of an adopted policy.
const (
	fieldDigest      = "policy.digest"
	fieldDifferences = "policy.differences"
	fieldVersion     = "policy.version"
)

// borneOut compares an adopted policy with its entry in the audit log.
func borneOut(ctx context.Context, log auditdb.Tx, v store.Adopted) error {
	tampered := func(why string) error { return &PolicyTamperedError{v.Number, v.Entry, why} }
	if d, err := register.ReadPolicyDocument([]byte(v.Document)); err == nil && d.Digest() != v.Digest {
		return tampered("its rules have another digest")
	}
	leaves, err := auditdb.Leaves(ctx, log, v.Entry, 1)
	if err != nil {
		return err
	}
	if len(leaves) == 0 || leaves[0].Seq != v.Entry {
		return tampered("there is no such entry")
	}
	e, err := audit.ParseEntry(leaves[0].Bytes)
	if err != nil || e.Verb != audit.PolicyAdopted || e.Subject.Version != v.Number {
		return tampered("that entry tells of something else")
	}
	for _, c := range e.Changes {
		if c.Field == fieldDigest && c.After != nil && c.After.Value == v.Digest {
			return nil
		}
	}
	return tampered("that entry names another digest")
}
