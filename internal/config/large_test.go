package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// large returns a configuration as an organisation of 300 people and 40 repositories
// writes it: one record project and one record repository, and 38 repositories of teams.
func large() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("webhooks: {listen: \"127.0.0.1:8485\"}")
	line("register:")
	line("  roles:")
	line("    - {act: reopen, roles: [isms_manager, top_management]}")
	line("people:")
	roles := map[int]string{0: "isms_manager, admin", 1: "isms_manager", 2: "reviewer", 3: "reviewer", 4: "risk_owner", 5: "top_management", 6: "auditor"}
	for n := range 300 {
		role := ""
		if roles[n] != "" {
			role = ", roles: [" + roles[n] + "]"
		}
		line(`  - {id: p%03[1]d, name: Person %[1]d%[2]s, accounts: [{site: jira, id: "5b10%06[1]d"}, {site: github, id: "%[3]d", login: login-%[1]d}]}`, n, role, 1000+n)
	}
	line("trackers:")
	line("  - {id: jira, kind: jira, url: https://acme.atlassian.net, auth: {kind: basic, user: bot@acme.example, token: {env: T}}, webhook: {secrets: [{env: T}]}}")
	line("  - {id: github, kind: github, url: https://api.github.com, auth: {kind: app, app_id: 1, installation_id: 2, private_key: {env: T}}, webhook: {secrets: [{env: T}]}}")
	line("mappings:")
	line("  - id: jira-nonconformity")
	line("    states:")
	for _, s := range []string{"reported", "analysis", "planning", "implementing", "verifying", "closed"} {
		line("      - {status: %s, state: %[1]s}", s)
	}
	line("    fields:")
	line("      - {field: title, from: {kind: title}}")
	for _, f := range []string{"problem", "evidence", "correction", "root_cause", "action_plan", "effectiveness_plan"} {
		line("      - {field: %s, from: {kind: field, name: NC %[1]s}}", f)
	}
	line("  - id: github-nonconformity")
	line("    states: [{status: open, state: reported}, {status: closed, state: closed}]")
	line("    fields:")
	line("      - {field: title, from: {kind: title}}")
	for _, f := range []string{"problem", "evidence", "correction", "root_cause", "action_plan", "effectiveness_plan"} {
		line("      - {field: %s, from: {kind: section, name: NC %[1]s}}", f)
	}
	line("  - id: github-action")
	line("    labels: [capa-action]")
	line("    states: [{status: open, state: in_progress}, {status: closed, state: done}]")
	line("    fields:")
	line("      - {field: title, from: {kind: title}}")
	line("      - {field: owner, from: {kind: assignee}}")
	line("bindings:")
	line("  - {id: jira-isms, tracker: jira, project: ISMS, issue_type: Nonconformity, mapping: jira-nonconformity, create_twin: true}")
	line("  - {id: gh-isms, tracker: github, repository: acme/isms, labels: [capa], mapping: github-nonconformity}")
	line("  - id: gh-actions")
	line("    tracker: github")
	line("    role: action")
	line("    enforcement: observe")
	line("    mapping: github-action")
	line("    repositories:")
	for n := range 39 {
		line("      - acme/service-%02d", n)
	}
	return b.String()
}

// 300 people and 40 repositories fit into 500 lines, and come to one binding for each
// repository, with the credential of its site and its mapping.
func TestAnOrganisationFitsIntoFiveHundredLines(t *testing.T) {
	text := large()
	if n := strings.Count(text, "\n"); n >= 500 {
		t.Errorf("the file has %d lines, want less than 500", n)
	}
	c, err := parse("large.yaml", []byte(text), environment("T=hidden"), reading{secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.People) != 300 || len(c.Bindings) != 41 || len(c.Warnings()) != 0 {
		t.Fatalf("%d people, %d bindings, warnings %v; want 300, 41 and none", len(c.People), len(c.Bindings), c.Warnings())
	}
	repositories := 0
	for i := range c.Bindings {
		b := &c.Bindings[i]
		if b.Repo != "" {
			repositories++
		}
		if len(b.States) < 2 || len(b.Fields) < 2 || b.URL == "" || len(b.Webhook.Secrets) != 1 || b.Limits.PerHour != 500 {
			t.Errorf("%s is not whole: %+v", b.ID, b)
		}
		if b.Auth.Token.Reveal()+b.Auth.PrivateKey.Reveal() != "hidden" {
			t.Errorf("%s has no credential", b.ID)
		}
		for _, p := range c.People {
			if !slices.ContainsFunc(p.Accounts, func(a Account) bool { return c.HasAccount(b, a) }) {
				t.Fatalf("%s has no account in %s", p.ID, b.ID)
			}
		}
	}
	last := c.Bindings[40]
	if repositories != 40 || last.ID != "gh-actions/service-38" || last.Repo != "acme/service-38" || last.Role != "action" || last.Enforcement != "observe" || !slices.Equal(last.Labels, []string{"capa-action"}) {
		t.Errorf("%d repositories, the last is %+v", repositories, last)
	}
	if err := compiled(t).Validate(asJSON(t, []byte(text))); err != nil {
		t.Errorf("the file does not fit the schema: %v", err)
	}
}

// What an entry says goes before its mapping; what it does not say is that of the mapping.
func TestAnEntryGoesBeforeItsMapping(t *testing.T) {
	_, err := parse("c.yaml", []byte(`
trackers:
  - {id: github, kind: github, url: https://api.github.com, auth: {kind: token, token: {env: T}}}
mappings:
  - id: issues
    labels: [capa]
    own_labels: ["conformd:"]
    states: [{status: open, state: reported}, {status: closed, state: closed}]
    fields:
      - {field: title, from: {kind: title}}
      - {field: problem, from: {kind: body}}
      - {field: owner, from: {kind: assignee}}
bindings:
  - {id: plain, tracker: github, repository: acme/a, mapping: issues}
  - id: other
    tracker: github
    repository: acme/b
    mapping: issues
    labels: [isms]
    states: [{status: open, state: analysis}, {status: closed, state: closed}, {status: open, label: x, state: reported}]
    fields:
      - {field: problem, from: {kind: section, name: Problem}, authority: approval}
      - {field: grade, from: {kind: label, name: grade/}}
`), environment(), reading{})
	es, ok := err.(Errors) //nolint:errorlint // the type itself is what is shown
	if !ok || len(es) != 1 || es[0].Key != "bindings[1].states[2]" {
		t.Fatalf("parse = %v, want the state that never counts, where the entry has it", err)
	}
	text := strings.Replace(large(), "github-nonconformity}", "github-nonconformity, fields: [{field: problem, from: {kind: body}}, {field: due, from: {kind: section, name: Due}}], own_labels: [x]}", 1)
	c, err := parse("c.yaml", []byte(text), environment(), reading{})
	if err != nil {
		t.Fatal(err)
	}
	b := c.Bindings[1]
	var got []string
	for _, f := range b.Fields {
		got = append(got, f.Field+"="+f.From.Kind)
	}
	want := "title=title problem=body evidence=section correction=section root_cause=section action_plan=section effectiveness_plan=section due=section"
	if strings.Join(got, " ") != want || len(b.States) != 2 || !slices.Equal(b.Labels, []string{"capa"}) || !slices.Equal(b.OwnLabels, []string{"x"}) {
		t.Errorf("fields %q, %d states, labels %q, own labels %q", got, len(b.States), b.Labels, b.OwnLabels)
	}
}

// What is no mistake and may be meant otherwise is said with its line.
func TestWarnings(t *testing.T) {
	text := strings.Replace(large(), "name: Person 7,", "name: \"person  6\",", 1)
	text = strings.Replace(text, "mappings:\n", "  - {id: spare, kind: github, url: https://ghe.acme.example/api/v3, auth: {kind: token, token: {env: T}}}\nmappings:\n", 1)
	c, err := parse("c.yaml", []byte(text), environment(), reading{})
	if err != nil {
		t.Fatal(err)
	}
	want := `c.yaml:13:16: CFG-025 people[7].name: "person  6" is the name of p006, too; make them one entry if they are one person; otherwise write names that tell them apart
c.yaml:309:6: CFG-014 trackers[2].id: no binding uses the tracker "spare"; remove it, or add a binding with tracker: spare`
	if got := c.Warnings().Error(); got != want {
		t.Errorf("warnings:\n%s\nwant:\n%s", got, want)
	}
	for more, warned := range map[string]bool{
		"": true, "pages_without_login: true\n": false,
		"public_url: https://register.example\nsign_in: {oidc: {issuer: \"https://login.example\", client_id: conformd}}\n": false,
	} {
		c, err := parse("c.yaml", []byte(more+strings.Replace(large(), "isms_manager, admin", "isms_manager", 1)), environment(), reading{})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Warnings(); (len(got) == 1 && got[0].Code == CodeNoAdmin) != warned {
			t.Errorf("with %q the warnings are %v, want one: %t", more, got, warned)
		}
	}
}
