package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// terminal gives Irene, the ISMS manager, an account of the operating system.
func terminal(c string) string {
	return strings.Replace(c, "name: Irene Ismail", "name: Irene Ismail\n    os_user: irene-os", 1)
}

func irene() app.Account { return app.Account{Name: "irene-os", ID: "1001"} }

// entries returns the entries of the log with a verb, oldest first.
func (h *house) entries(v audit.Verb) (out []audit.Entry) {
	h.Helper()
	leaves, err := auditdb.Leaves(h.Context(), h.app.Store.Reader(), 0, 10_000)
	if err != nil {
		h.Fatal(err)
	}
	for _, l := range leaves {
		e, err := audit.ParseEntry(l.Bytes)
		if err != nil {
			h.Fatal(err)
		}
		if e.Verb == v {
			out = append(out, e)
		}
	}
	return out
}

// after returns the value after of a field in an entry.
func after(e audit.Entry, field string) string {
	for _, c := range e.Changes {
		if c.Field == field && c.After != nil {
			return c.After.Value
		}
	}
	return ""
}

// A guard that is switched off in the configuration alone is in force still, after any
// number of starts; after a person has adopted that, it is not. The log names who and why.
func TestPolicyOfTheDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terminal)
	h.look()
	off := func(c string) string {
		return strings.Replace(c, "register:\n", "register:\n  guards: [{id: G07, enabled: false}]\n", 1)
	}
	h.restart(off)
	h.look()
	h.restart(func(c string) string { return c })
	h.look()
	if h.app.Reconciler.Policy.Disabled["G07"] {
		t.Fatal("G07 is off, and nobody adopted that")
	}
	started := h.entries(audit.DaemonStarted)
	last := started[len(started)-1]
	if after(last, "policy.version") != "1" || after(last, "configured.differences") != "G07 is switched off" || !strings.Contains(last.Reason, "version 1 stays in force") {
		t.Errorf("the start says %+v, want that version 1 stays in force and why", last)
	}
	v, changed, err := h.app.Adopt(t.Context(), "irene", irene(), " the cause is found elsewhere ")
	if err != nil || v.Number != 2 || v.Author != "irene" || len(changed) != 1 || changed[0].Words != "G07 is switched off" {
		t.Fatalf("Adopt = %+v, %v, %v", v, changed, err)
	}
	if h.app.Reconciler.Policy.Disabled["G07"] {
		t.Error("G07 is off while the daemon runs that was started under version 1")
	}
	if _, changed, err := h.app.Adopt(t.Context(), "irene", irene(), "again"); err != nil || len(changed) > 0 {
		t.Errorf("Adopt again = %v, %v, want nothing", changed, err)
	}
	h.restart(func(c string) string { return c })
	h.look()
	if !h.app.Reconciler.Policy.Disabled["G07"] {
		t.Error("G07 is in force after a start, and its end was adopted")
	}
	adopted := h.entries(audit.PolicyAdopted)
	if len(adopted) != 2 {
		t.Fatalf("%d entries of adopted policies, want 2", len(adopted))
	}
	e := adopted[1]
	if e.Actor != (audit.Actor{Kind: audit.Operator, ID: "irene", How: audit.ByLocal, Account: "os:1001"}) || e.Reason != "the cause is found elsewhere" || e.Subject.Version != 2 {
		t.Errorf("the entry says %+v", e)
	}
	if after(e, "account") != "os:1001" || after(e, "policy.rules.G07") != "off" || after(e, "policy.differences") != "G07 is switched off" || after(e, "policy.digest") != v.Digest {
		t.Errorf("the entry changes %+v", e.Changes)
	}
	if i := slices.IndexFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == "account_name" }); i < 0 || e.Changes[i].After.Commitment == "" {
		t.Errorf("the name of the account is not committed to: %+v", e.Changes)
	}
}

func TestWhoMayAdopt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c string) string {
		c = strings.Replace(terminal(c), "name: Erik Engel", "name: Erik Engel\n    os_user: erik-os", 1)
		c = strings.Replace(c, "name: Olga Owens\n    roles: []", "name: Olga Owens\n    os_user: olga-os\n    roles: [auditor]", 1)
		return strings.Replace(c, "name: Rita Review\n    roles: [reviewer]", "name: Rita Review\n    os_user: \"1007\"\n    roles: [top_management]", 1)
	})
	h.look()
	h.restart(func(c string) string { return strings.Replace(c, "minor: 0", "minor: 9", 1) })
	for _, c := range []struct {
		as, reason string
		account    app.Account
		want       string
	}{
		{"mallory", "x", irene(), "is not in the register's list of people"},
		{"erik", "x", app.Account{Name: "erik-os", ID: "1002"}, "erik may not put a policy in force"},
		{"olga", "x", app.Account{Name: "olga-os", ID: "1003"}, "without the role auditor"},
		{"irene", "x", app.Account{Name: "erik-os", ID: "1002"}, "this terminal runs as erik-os, but people names another os_user for irene"},
		{"irene", "x", app.Account{ID: "1001"}, "this terminal runs as 1001"},
		{"irene", "x", app.Account{Name: "irene-os", ID: "1007"}, "several people have the account irene-os"},
		{"irene", " \n", irene(), "with a reason"},
		{"irene", strings.Repeat("x", 9000), irene(), "the reason has 9000 bytes"},
	} {
		_, _, err := h.app.Adopt(t.Context(), c.as, c.account, c.reason)
		denied, ok := errors.AsType[*app.NotAllowedError](err)
		if !ok || !strings.Contains(denied.What, c.want) || denied.Remedy == "" {
			t.Errorf("Adopt as %s on %s = %v, want %q", c.as, c.account, err, c.want)
		}
	}
	if n := len(h.entries(audit.PolicyAdopted)); n != 1 {
		t.Errorf("%d entries of adopted policies after refusals, want the first alone", n)
	}
	if v, _, err := h.app.Adopt(t.Context(), "rita", app.Account{ID: "1007"}, "by number"); err != nil || v.Number != 2 {
		t.Errorf("Adopt by the number of an account = %+v, %v, want version 2", v, err)
	}
}

// A policy that was changed in the database is not the one that the log tells of: nothing
// starts with it.
func TestPolicyChangedInTheDatabase(t *testing.T) {
	t.Parallel()
	other := register.DefaultPolicy()
	other.Disabled = map[string]bool{"G07": true}
	doc := other.Document()
	for _, c := range []struct{ change, want string }{
		{"UPDATE adopted SET document = replace(document, '\"G07\",\"revision\":0,\"enabled\":true', '\"G07\",\"revision\":0,\"enabled\":false')", "its rules have another digest"},
		{fmt.Sprintf("UPDATE adopted SET document = '%s', digest = '%s' WHERE about = 'policy'", doc.Encode(), doc.Digest()), "that entry names another digest"},
		{"UPDATE adopted SET entry = 0", "that entry tells of something else"},
		{"UPDATE adopted SET entry = 999", "there is no such entry"},
		{"UPDATE adopted SET number = 7", "that entry tells of something else"},
	} {
		h := newHouse(t, nil)
		h.look()
		if res, err := h.app.Store.DB().ExecContext(t.Context(), c.change); err != nil {
			t.Fatal(err)
		} else if n, err := res.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s: %d rows, %v", c.change, n, err)
		}
		err := h.app.Started(t.Context())
		if tampered, ok := errors.AsType[*app.PolicyTamperedError](err); !ok || !strings.Contains(tampered.Error(), c.want) {
			t.Errorf("%s: Started = %v, want %q", c.change, err, c.want)
		}
	}
}

// Under a policy with a rule that it does not know, conformd does not work; a person may
// put the configured one in force.
func TestPolicyOfALaterProgram(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terminal)
	h.look()
	later := register.DefaultPolicy().Document()
	later.Rules = append(later.Rules, register.PolicyRule{ID: "G99", Enabled: true, Severity: register.Must, To: register.Closed})
	if err := h.app.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AdoptPolicy(t.Context(), store.Adopted{Document: string(later.Encode()), Digest: later.Digest(), Author: "irene"}, func(v store.Adopted) audit.Entry {
			return audit.Entry{
				Verb: audit.PolicyAdopted, Actor: audit.Actor{Kind: audit.Operator, ID: "irene", How: audit.ByLocal}, Subject: audit.Subject{Type: audit.SubjectDaemon, ID: h.app.Origin, Version: v.Number},
				Changes: []audit.FieldChange{{Field: "policy.digest", After: audit.NewText(v.Digest)}},
			}
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.restart(func(c string) string { return c })
	for name, do := range map[string]func() error{
		"Started":    func() error { return h.app.Started(t.Context()) },
		"Configured": func() error { return h.app.Configured(t.Context()) },
	} {
		if unreadable, ok := errors.AsType[*app.PolicyUnreadableError](do()); !ok || !strings.Contains(unreadable.Error(), "version 2 of the policy") || !strings.Contains(unreadable.Error(), "G99") {
			t.Errorf("%s = %v, want that G99 of version 2 is not known", name, unreadable)
		}
	}
	v, changed, err := h.app.Adopt(t.Context(), "irene", irene(), "back to the older program")
	if err != nil || v.Number != 3 || !slices.ContainsFunc(changed, func(d register.Difference) bool { return d.Words == "G99 is gone" }) {
		t.Fatalf("Adopt = %+v, %v, %v, want version 3 without G99", v, changed, err)
	}
	h.restart(func(c string) string { return c })
	h.look()
}

// Many people fit into entries of the log, all of them; a start without a change says
// nothing of people.
func TestManyPeopleAreAdopted(t *testing.T) {
	t.Parallel()
	const many = 300
	h := newHouse(t, func(c string) string {
		var b strings.Builder
		for n := range many {
			fmt.Fprintf(&b, "  - {id: person-with-a-long-id-%d, roles: [reviewer], accounts: [{site: github, id: \"70%04d\"}, {site: jira, login: somebody.of.the.organisation.%d}]}\n", n, n, n)
		}
		return strings.Replace(strings.Replace(c, "people:\n", "people:\n"+b.String(), 1), "login: somebody", "id: somebody", many)
	})
	h.look()
	told := map[string]bool{}
	es := h.entries(audit.PeopleAdopted)
	for _, e := range es {
		for _, c := range e.Changes {
			told[c.Field] = true
		}
	}
	for n := range many {
		for _, part := range []string{"", ".roles", ".accounts.github", ".accounts.jira"} {
			if f := fmt.Sprintf("people.person-with-a-long-id-%d%s", n, part); !told[f] {
				t.Fatalf("no entry has %s", f)
			}
		}
	}
	if len(es) < 2 {
		t.Errorf("%d entries, want several", len(es))
	}
	h.restart(func(c string) string { return c })
	h.look()
	h.restart(func(c string) string { return strings.Replace(c, "id: person-with-a-long-id-7,", "id: person-7,", 1) })
	h.look()
	es = h.entries(audit.PeopleAdopted)[len(es):]
	if len(es) != 1 || !strings.Contains(after(es[0], "people.differences"), "person-with-a-long-id-7 is gone") || after(es[0], "people.person-7.accounts.github") != "700007" {
		t.Errorf("the entries after a change are %+v, want one that tells of it", es)
	}
}
