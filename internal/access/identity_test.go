package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/access"
)

const issuer = "https://login.acme.example"

func noon() time.Time { return time.Date(2026, 12, 18, 12, 0, 0, 0, time.UTC) }

func rules() access.Rules {
	return access.Rules{
		Issuer: issuer,
		People: []access.Person{
			{ID: "irene", Name: "Irene Ivers", Roles: []string{"isms_manager", "admin"}, Subject: "1"},
			{ID: "rita", Name: "Rita Review", Roles: []string{"reviewer"}, Subject: "2"},
			{ID: "erik", Name: "Erik Engel", Subject: "3"},
			{ID: "vera", Name: "Vera Vogel", Roles: []string{"auditor"}, Subject: "4", Until: noon().Add(12 * time.Hour)},
			{ID: "nobody", Name: "No Subject"},
		},
		Groups: []access.GroupRole{
			{Group: "isms", Role: access.ISMSManager},
			{Group: "staff", Role: access.Viewer},
			{Group: "ops", Role: access.Admin},
			{Group: "audit", Role: access.Auditor, Until: noon().Add(12 * time.Hour)},
		},
	}
}

// The table says who an identity is, in words.
func TestWho(t *testing.T) {
	at := func(subject string, groups ...string) access.Identity {
		return access.Identity{Issuer: issuer, Subject: subject, Name: "From the token", Groups: groups}
	}
	local := func(person string) access.Identity {
		return access.Identity{Issuer: access.Local, Subject: person}
	}
	for _, c := range []struct {
		name    string
		id      access.Identity
		later   time.Duration
		roles   []access.Role
		person  string
		refusal access.Refusal
	}{
		{"a manager in her group", at("1", "isms"), 0, []access.Role{access.Engineer, access.ISMSManager, access.Admin}, "irene", ""},
		{"a manager who left the group decides nothing", at("1"), 0, []access.Role{access.Engineer, access.Admin}, "irene", ""},
		{"a role without a mapped group counts by people alone", at("2"), 0, []access.Role{access.Engineer, access.Reviewer}, "rita", ""},
		{"a group alone makes no manager", at("9", "isms"), 0, nil, "", access.Unknown},
		{"nor does it make one of an engineer", at("3", "isms"), 0, []access.Role{access.Engineer}, "erik", ""},
		{"a group alone makes a viewer", at("9", "staff"), 0, []access.Role{access.Viewer}, "", ""},
		{"and an admin, who decides nothing", at("9", "ops"), 0, []access.Role{access.Admin}, "", ""},
		{"an auditor by people", at("4"), 0, []access.Role{access.Auditor}, "vera", ""},
		{"an auditor after the last day", at("4"), 12 * time.Hour, nil, "", access.Ended},
		{"an auditor after the last day stays out by any group", at("4", "staff"), 12 * time.Hour, nil, "", access.Ended},
		{"an auditor by a group", at("9", "audit"), 0, []access.Role{access.Auditor}, "", ""},
		{"an auditor by a group after its last day", at("9", "audit"), 12 * time.Hour, nil, "", access.Ended},
		{"who audits has no other role", at("1", "isms", "audit"), 0, []access.Role{access.Auditor}, "irene", ""},
		{"a subject that nobody has", at("9"), 0, nil, "", access.Unknown},
		{"no subject is not that of a person without one", at(""), 0, nil, "", access.Unknown},
		{"a subject of another provider", access.Identity{Issuer: "https://evil.example", Subject: "1", Groups: []string{"ops"}}, 0, nil, "", access.NotIssuer},
		{"a password of a person", local("rita"), 0, []access.Role{access.Engineer, access.Reviewer}, "rita", ""},
		{"a password is in no group", local("irene"), 0, []access.Role{access.Engineer, access.Admin}, "irene", ""},
		{"a password of somebody who left", local("gone"), 0, nil, "", access.Unknown},
		{"a provider that calls itself local", access.Identity{Issuer: access.Local, Subject: "1", Groups: []string{"ops"}}, 0, nil, "", access.Unknown},
	} {
		w, refusal := rules().Who(c.id, noon().Add(c.later))
		if diff := cmp.Diff(c.roles, w.Roles); diff != "" || w.Person != c.person || refusal != c.refusal {
			t.Errorf("%s: %+v, %q; roles (-want +got):\n%s", c.name, w, refusal, diff)
		}
	}
	if w, _ := rules().Who(at("1"), noon()); w.Name != "Irene Ivers" {
		t.Errorf("the name of one of people is %q, want that of the configuration", w.Name)
	}
}

// Without a provider no identity of one is anybody.
func TestNoProviderKnowsNobody(t *testing.T) {
	r := rules()
	r.Issuer = ""
	for _, id := range []access.Identity{{Issuer: issuer, Subject: "1"}, {Subject: "1"}, {}} {
		if w, refusal := r.Who(id, noon()); refusal == access.NotRefused {
			t.Errorf("%+v is %+v, want nobody", id, w)
		}
	}
}

// A person without the role in people decides nothing, in any group. An auditor has no other role.
func TestNoGroupDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules()
		for _, role := range access.Roles() {
			r.Groups = append(r.Groups, access.GroupRole{Group: "all", Role: role})
		}
		groups := rapid.SliceOf(rapid.SampledFrom([]string{"isms", "staff", "ops", "audit", "all", "other"})).Draw(t, "groups")
		subject := rapid.SampledFrom([]string{"1", "2", "3", "4", "9", ""}).Draw(t, "subject")
		w, refusal := r.Who(access.Identity{Issuer: issuer, Subject: subject, Groups: groups}, noon())
		if (refusal == access.NotRefused) != (len(w.Roles) > 0) {
			t.Fatalf("%+v with the refusal %q", w, refusal)
		}
		if w.Has(access.Auditor) && len(w.Roles) > 1 {
			t.Fatalf("an auditor has the roles %v", w.Roles)
		}
		for _, role := range []access.Role{access.ISMSManager, access.Reviewer, access.RiskOwner, access.Top} {
			i := slices.IndexFunc(r.People, func(p access.Person) bool { return p.ID == w.Person })
			if w.Has(role) && (i < 0 || !slices.Contains(r.People[i].Roles, string(role))) {
				t.Fatalf("%s is %s without the role in people", w.Person, role)
			}
		}
	})
}
