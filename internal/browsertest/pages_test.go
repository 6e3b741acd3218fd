package browsertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/register"
)

// A sight is a page as somebody sees it.
type sight struct {
	name, path string
	person     string // who is signed in, "" for nobody
	status     int64  // 0 in sights is 200
}

// sights lists the pages behind each route that a browser can open. A route that answers something
// other than a page has the reason instead.
func sights(f *fixture, records []register.Record, link string) (pages map[string][]sight, none map[string]string) {
	ref := func(state register.State) string {
		for _, r := range records {
			if r.State == state {
				return r.Ref
			}
		}
		return records[0].Ref
	}
	several := "/register/acts?ref=" + records[0].Ref + "&ref=" + records[1].Ref + "&ref=" + records[2].Ref
	pages = map[string][]sight{
		"GET /{$}": {{name: "dashboard", path: "/", person: "irene"}, {name: "dashboard of an engineer", path: "/", person: "erik"}},
		"GET /register": {
			{name: "register", path: "/register", person: "irene"},
			{name: "register searched", path: "/register?q=access", person: "erik"},
			{name: "register with columns", path: "/register?columns=due&columns=risk&sort=due", person: "irene"},
			{name: "register, all chosen", path: "/register?choose=all", person: "irene"},
			{name: "register, a view that lost a filter", path: "/register?view=overdue&state=done&show=late", person: "irene"},
			{name: "register without a match", path: "/register?q=zzzzzz", person: "erik"},
		},
		"GET /views": {
			{name: "views", path: "/views", person: "irene"},
			{name: "views of an auditor", path: "/views", person: "vera"},
			{name: "views, a list to save", path: "/views?save&show=late&sort=due", person: "irene"},
			{name: "views, a list to save for an engineer", path: "/views?save&q=access", person: "erik"},
		},
		"GET /register/acts": {
			{name: "several records", path: several, person: "irene"},
			{name: "several records, a value", path: several + "&do=set%3Aowner", person: "irene"},
			{name: "several records, a preview", path: several + "&do=set%3Aowner&value=rita&reason=Erik+leaves+in+May&preview=1", person: "irene"},
			{name: "several records, a fault", path: several + "&do=set%3Adue&value=soon&preview=1", person: "irene", status: http.StatusUnprocessableEntity},
			{name: "several records, none chosen", path: "/register/acts", person: "erik", status: http.StatusUnprocessableEntity},
		},
		"GET /inbox": {{name: "inbox", path: "/inbox", person: "irene"}, {name: "inbox of triage", path: "/inbox?part=triage", person: "irene"}, {name: "inbox of an auditor", path: "/inbox", person: "vera"}},
		"GET /new":   {{name: "new record", path: "/new", person: "irene"}},
		"GET /records/{ref}/acts/{act}": {
			{name: "triage", path: "/records/" + ref(register.Reported) + "/acts/triage", person: "irene"},
			{name: "set a field", path: "/records/" + ref(register.Reported) + "/acts/set?field=problem", person: "irene"},
			{name: "accept", path: "/records/" + ref(register.Planning) + "/acts/accept", person: "irene"},
		},
		"GET /sync":       {{name: "synchronisation", path: "/sync", person: "irene"}, {name: "synchronisation of an auditor", path: "/sync", person: "vera"}},
		"GET /actions":    {{name: "actions", path: "/actions", person: "erik"}},
		"GET /violations": {{name: "violations", path: "/violations", person: "irene"}},
		"GET /reports":    {{name: "reports", path: "/reports", person: "irene"}},
		"GET /reports/file": {
			{name: "figures to print", path: "/reports/file?report=figures", person: "irene"},
			{name: "ageing to print", path: "/reports/file?report=ageing", person: "vera"},
			{name: "a report that cannot be asked", path: "/reports/file?report=figures&period=spring", person: "irene", status: http.StatusUnprocessableEntity},
		},
		"GET /people": {{name: "people", path: "/people", person: "irene"}},
		"GET /rules":  {{name: "rules", path: "/rules", person: "irene"}},
		"GET /policy": {{name: "policy", path: "/policy", person: "irene"}, {name: "policy of an auditor", path: "/policy", person: "vera"}},
		"GET /help":   {{name: "help", path: "/help", person: "erik"}},
		"GET /records/{name...}": {
			{name: "record reported", path: "/records/" + ref(register.Reported), person: "irene"},
			{name: "record that is not there", path: "/records/NC-1999-0001", person: "erik", status: http.StatusNotFound},
			{name: "record, what differs", path: "/records/" + ref(register.Planning) + "?fields=differing", person: "irene"},
			{name: "record in planning", path: "/records/" + ref(register.Planning), person: "vera"},
		},
		"GET /audit": {
			{name: "audit log", path: "/audit", person: "vera"},
			{name: "audit log narrowed", path: "/audit?person=erik&verb=record.created&from=2020-01-01", person: "irene"},
			{name: "audit log of a record", path: "/audit?record=" + records[0].Ref, person: "irene"},
			{name: "audit log without a match", path: "/audit?until=2001-01-01", person: "irene"},
			{name: "audit log, no such page", path: "/audit?before=x", person: "irene", status: http.StatusNotFound},
		},
		"GET /audit/{seq}":   {{name: "entry", path: "/audit/7", person: "vera"}, {name: "entry that is not there", path: "/audit/999999", person: "irene", status: http.StatusNotFound}},
		"GET /you":           {{name: "you", path: "/you", person: "erik"}, {name: "you, an auditor", path: "/you", person: "vera"}},
		"GET /sign-in":       {{name: "sign in", path: "/sign-in"}},
		"GET /setup/{token}": {{name: "one-time link", path: strings.TrimPrefix(link, f.base)}, {name: "one-time link, used", path: "/setup/0", status: http.StatusGone}},
	}
	none = map[string]string{
		"GET /dashboard/health": "a part of the dashboard", "GET /dashboard/figures": "a part of the dashboard", "GET /dashboard/flow.svg": "a picture of the dashboard",
		"GET /livez": "JSON for a supervisor", "GET /readyz": "JSON for a supervisor", "GET /static/{file...}": "a file of the pages",
		"GET /audit/checkpoint": "the signed checkpoint as text", "GET /audit/tile/{path...}": "hashes and entries for a check of the log",
		"GET /audit/log.zip": "a file", "GET /audit/verify.html": "a file; TestVerifyWithoutAServer opens it",
		"GET /register.csv": "a file", "GET /register.xlsx": "a file", "GET /due/{file}": "a file of a calendar", "GET /calendar/{token}/{file}": "a file of a calendar",
		"GET /sign-in/provider": "a redirection to the provider", "GET /sign-in/callback": "a redirection from the provider",
	}
	return pages, none
}

// all returns every page that a browser can open, in the order of their names. A route that neither
// has a page here nor a reason for having none fails the test.
func all(t *testing.T, f *fixture) []sight {
	t.Helper()
	rows, err := f.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	records := make([]register.Record, len(rows))
	for i, r := range rows {
		records[i] = r.Record
	}
	link, err := f.app.Enter(t.Context(), "olga")
	if err != nil {
		t.Fatal(err)
	}
	pages, none := sights(f, records, link.URL)
	var out []sight
	for _, a := range server.Addresses(everything()) {
		if a.Program {
			continue // answers JSON
		}
		route := a.Method + " " + a.Pattern
		_, reason := none[route]
		if a.Method == http.MethodGet && len(pages[route]) == 0 && !reason {
			t.Errorf("%s has no test in a browser: name its pages in sights, or say why it has none", route)
		}
		out = append(out, pages[route]...)
		delete(pages, route)
		delete(none, route)
	}
	for route := range pages {
		t.Errorf("sights has pages of %s, which does not exist", route)
	}
	for route := range none {
		t.Errorf("sights gives a reason for %s, which does not exist", route)
	}
	for i := range out {
		if out[i].status == 0 {
			out[i].status = http.StatusOK
		}
	}
	slices.SortFunc(out, func(a, b sight) int { return strings.Compare(a.person+a.name, b.person+b.name) })
	return out
}

// everything are options with which the server has all of its pages.
func everything() server.Options {
	return server.Options{Desk: &signin.Desk{}, Acts: &service.Acts{}, Control: (&app.App{}).Control()}
}

// each runs a test on every page, signed in as the person who sees it, in one tab for each person.
func each(t *testing.T, prepare func(*tab), check func(*tab, sight)) {
	t.Helper()
	f := seeded(t)
	tabs := map[string]*tab{}
	for _, s := range all(t, f) {
		b := tabs[s.person]
		if b == nil {
			if s.person == "" {
				b = stranger(t, f.base)
			} else {
				b = f.as(t, s.person)
			}
			prepare(b)
			tabs[s.person] = b
		}
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
			outer := b.T
			b.T = t
			defer func() { b.T = outer }()
			if got := b.visit(s.path); got != s.status {
				t.Fatalf("GET %s = %d, want %d", s.path, got, s.status)
			}
			check(b, s)
		})
	}
}
