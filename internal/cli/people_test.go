//go:build unix

package cli_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/cli"
)

// A person with a role is known by an id. Whoever has a login alone is told the id to
// write where the tracker can be asked, and how to find it where not.
func TestALoginAloneIsLookedUp(t *testing.T) {
	p := newWorkplace(t)
	b, err := os.ReadFile(p.conf)
	if err != nil {
		t.Fatal(err)
	}
	account := regexp.MustCompile(`\{site: (\S+), id: "([^"]+)", login: rita\}`)
	ids := map[string]string{}
	for _, m := range account.FindAllStringSubmatch(string(b), -1) {
		ids[m[1]] = m[2]
	}
	if len(ids) != 2 {
		t.Fatalf("the accounts of rita are %v, want one in each tracker", ids)
	}
	p.write(p.conf, account.ReplaceAllString(string(b), "{site: $1, login: rita}"))
	for _, command := range [][]string{{"run", "--once"}, {"plan"}, {"config", "validate", "--offline"}} {
		said := p.run(cli.ExitUsage, command...)
		if n := strings.Count(said, "CFG-021"); n != 2 || !strings.Contains(said, "add id beside login; conformd config validate looks it up") {
			t.Errorf("%q names %d logins, want 2 and how to find the ids: %s", command, n, said)
		}
	}
	said := p.run(cli.ExitUsage, "config", "validate")
	for binding, id := range ids {
		if want := `write id: "` + id + `" beside it: the login belongs to the account of Rita Review now`; !strings.Contains(said, want) {
			t.Errorf("%s: %s, want %q", binding, said, want)
		}
	}
	p.write(p.conf, strings.ReplaceAll(account.ReplaceAllString(string(b), "{site: $1, login: rita}"), "login: rita", "login: nobody-of-that-name"))
	said = p.run(cli.ExitUsage, "config", "validate")
	if !strings.Contains(said, "not every login could be looked up") || !strings.Contains(said, "add id beside login") || strings.Contains(said, "write id:") {
		t.Errorf("logins that nobody has: %s", said)
	}
}

// What the trackers know of accounts is asked for on demand, and told like other mistakes.
func TestAccountsAreComparedOnline(t *testing.T) {
	p := newWorkplace(t)
	if said := p.run(cli.ExitDone, "config", "validate", "--online"); !strings.Contains(said, "8 accounts found") {
		t.Errorf("nothing is wrong: %s", said)
	}
	b, err := os.ReadFile(p.conf)
	if err != nil {
		t.Fatal(err)
	}
	p.write(p.conf, strings.Replace(string(b), `id: "2002", login: erik`, `id: "1001", login: conformd`, 1))
	if said := p.run(cli.ExitUsage, "config", "validate", "--online"); !strings.Contains(said, "CFG-023 people[1].accounts[1]: conformd itself signs in with this account at github") {
		t.Errorf("conformd's own account: %s", said)
	}
	if said := p.run(cli.ExitUsage, "config", "validate", "--online", "--json"); !strings.Contains(said, `"code": "CFG-023"`) {
		t.Errorf("as JSON: %s", said)
	}
	p.run(cli.ExitDone, "config", "validate")
	p.write(p.conf, regexp.MustCompile(`kind: github\n    url: http://127\.0\.0\.1:\d+`).ReplaceAllString(string(b), "kind: github\n    url: http://127.0.0.1:1"))
	if said := p.run(cli.ExitFailed, "config", "validate", "--online"); !strings.Contains(said, "CLI-072") || !strings.Contains(said, "the tracker github could not be asked") {
		t.Errorf("a tracker that is out of reach: %s", said)
	}
	p.run(cli.ExitUsage, "config", "validate", "--online", "--offline")
}
