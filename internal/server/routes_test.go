package server_test

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/server"
)

// expected says for each route who passes: "anyone", "all" of the roles, "writers" (all but viewers and auditors), or the roles by name.
func expected() map[string]string {
	return map[string]string{
		"GET /livez": "anyone", "GET /readyz": "anyone", "GET /static/{file...}": "anyone", "POST /display": "anyone", "POST /hooks/{binding}": "anyone", "POST /measurements": "anyone",
		"GET /sign-in": "anyone", "POST /sign-in": "anyone", "GET /sign-in/provider": "anyone", "GET /sign-in/callback": "anyone",
		"GET /setup/{token}": "anyone", "POST /setup/{token}": "anyone", "POST /sign-out": "anyone", "GET /calendar/{token}/{file}": "anyone",
		"GET /{$}": "all", "GET /register": "all", "GET /dashboard/health": "all", "GET /dashboard/figures": "all", "GET /dashboard/flow.svg": "all", "GET /help": "all", "GET /records/{name...}": "all", "GET /register.csv": "all", "GET /register.xlsx": "all", "GET /audit": "all", "GET /audit/{seq}": "all", "GET /audit/checkpoint": "all", "GET /audit/tile/{path...}": "all", "GET /audit/verify.html": "all", "GET /audit/log.zip": "auditor isms_manager admin", "GET /due/{file}": "all", "GET /you": "all",
		"GET /sync": "all", "GET /actions": "all", "GET /violations": "all", "GET /reports": "all", "GET /reports/file": "all", "GET /people": "all", "GET /rules": "all", "GET /policy": "all",
		"POST /records/{ref}/remind": "isms_manager", "POST /sync/pause": "isms_manager admin", "POST /sync/{binding}/release": "isms_manager admin", "POST /sync/records/{ref}/retry": "isms_manager admin", "POST /sync/records/{ref}/settle": "isms_manager admin",
		"POST /policy/adopt": "isms_manager top_management",
		"POST /you/calendar": "writers", "GET /register/acts": "writers", "POST /register/acts": "writers", "GET /views": "all", "POST /views": "all", "POST /views/{id}": "all", "POST /views/{id}/delete": "all",
		"POST /you/tokens": "all", "POST /you/tokens/{id}/revoke": "all", "GET /inbox": "all", "GET /new": "writers", "POST /new": "writers",
		"GET /records/{ref}/acts/{act}": "writers", "POST /records/{ref}/acts/{act}": "writers", "POST /records/{ref}/conflicts/{field}": "writers",
		" /api/v1/": "all", "GET /api/v1/openapi.json": "all", "GET /api/v1/openapi.yaml": "all",
		"GET /api/v1/records": "all", "GET /api/v1/records/{ref}": "all", "GET /api/v1/records/{ref}/history": "all", "GET /api/v1/records/{ref}/acts": "all",
		"GET /api/v1/acts": "all", "GET /api/v1/actions": "all", "GET /api/v1/needs": "all", "GET /api/v1/due": "all", "GET /api/v1/conflicts": "all", "GET /api/v1/sync": "all",
		"GET /api/v1/counts": "all", "GET /api/v1/audit/entries": "all", "GET /api/v1/audit/checkpoint": "all", "GET /api/v1/policy": "all", "GET /api/v1/rules": "all",
		"GET /api/v1/views": "all", "POST /api/v1/views": "writers", "POST /api/v1/views/{id}": "writers", "POST /api/v1/views/{id}/delete": "writers",
		"GET /api/v1/people": "all", "GET /api/v1/you": "all", "GET /api/v1/figures": "all",
		"POST /api/v1/acts/{act}": "writers",
		"POST /api/v1/records":    "writers", "POST /api/v1/records/{ref}/acts/{act}": "writers", "POST /api/v1/records/{ref}/conflicts/{field}": "writers",
	}
}

// roleOf says for each role who of the roster has it.
func roleOf() map[access.Role]string {
	return map[access.Role]string{
		access.Engineer: "erik", access.ISMSManager: "irene", access.Reviewer: "rita", access.RiskOwner: "rick", access.Top: "tom", access.Admin: "ada", access.Auditor: "vera",
	}
}

// Each route lets exactly those pass who are meant, by each role and by nobody; and no route is
// forgotten here.
func TestRoutesByRole(t *testing.T) {
	r := receive(t, nil)
	o := r.options
	o.Measurements.Tokens = []server.MeasureToken{{Name: "ci", Token: "0123456789012345678901"}}
	addresses := server.Addresses(o)
	want := expected()
	browsers := map[access.Role]*browser{}
	for role, person := range roleOf() {
		browsers[role] = r.browser().enter(person)
	}
	viewer := r.browser()
	viewer.want(viewer.get(viewer.begin("sub-of-a-stranger", "/", "staff")), http.StatusSeeOther, "/")
	browsers[access.Viewer] = viewer
	manager := r.browser()
	manager.want(manager.get(manager.begin("sub-irene", "/", "isms")), http.StatusSeeOther, "/")
	browsers[access.ISMSManager] = manager
	for _, role := range access.Roles() {
		if browsers[role] == nil {
			t.Fatalf("nobody here is %s", role)
		}
	}
	for _, a := range addresses {
		route := a.Method + " " + a.Pattern
		who, ok := want[route]
		if !ok {
			t.Errorf("%s is not expected: say here who passes", route)
			continue
		}
		delete(want, route)
		if a.Anyone != (who == "anyone") {
			t.Errorf("%s is open to anyone: %t", route, a.Anyone)
		}
		if who == "anyone" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{name...}", "NC-1", "{file}", "erik.ics", "{ref}", "NC-1", "{act}", "set", "{field}", "title", "{binding}", "gh-isms", "{id}", "none", "{seq}", "0", "{path...}", "entries/000.p/1").Replace(a.Pattern)
		for role, b := range browsers {
			passes := who == "all" || who == "writers" && role != access.Auditor && role != access.Viewer || slices.Contains(strings.Fields(who), string(role))
			got := b.send(cmp.Or(a.Method, http.MethodGet), path, nil)
			denied := got.status == http.StatusForbidden && strings.Contains(got.body, "role-missing")
			if denied == passes || got.status == http.StatusSeeOther {
				t.Errorf("%s as %s = %d, want to pass: %t", route, role, got.status, passes)
			}
			if slices.Contains(a.Roles, role) != passes {
				t.Errorf("%s lists the role %s: %t", route, role, !passes)
			}
		}
		if a.Program {
			outsideOfPrograms(t, r, a.Method, path)
			continue
		}
		if got := r.browser().send(a.Method, path, nil); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/sign-in") {
			t.Errorf("%s as nobody = %d to %q, want the page to sign in", route, got.status, got.to)
		}
		for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
			if got := browsers[access.Admin].send(method, path, nil); got.status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s = %d, want 405", method, path, got.status)
			}
		}
	}
	for route := range want {
		t.Errorf("%s is expected and does not exist", route)
	}
}

// outsideOfPrograms holds that a program without a token gets a problem, and that the address takes no other method.
func outsideOfPrograms(t *testing.T, r *reception, method, path string) {
	t.Helper()
	isProblem := func(got reply, status int) {
		t.Helper()
		if got.status != status || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s = %d %s, want the problem %d", method, path, got.status, got.header.Get("Content-Type"), status)
		}
	}
	isProblem(r.browser().send(cmp.Or(method, http.MethodGet), path, nil), http.StatusUnauthorized)
	other := http.StatusMethodNotAllowed
	if method == "" {
		other = http.StatusNotFound
	}
	admin := r.browser().enter("ada")
	for _, m := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		isProblem(admin.send(m, path, nil), other)
	}
}

// Without signing in, everybody is a viewer, and nothing of signing in is there.
func TestPagesWithoutLogin(t *testing.T) {
	r := receive(t, nil)
	o := r.options
	o.Desk = nil
	h := server.Pages(o).Handler
	for path, status := range map[string]int{"/": 200, "/audit": 200, "/livez": 200, "/sign-in": 404, "/you": 404, "/setup/0": 404, "/calendar/0/erik.ics": 404} {
		rec := get(t, hosted(h), http.MethodGet, path)
		if rec.Code != status || len(rec.Result().Cookies()) > 0 {
			t.Errorf("GET %s = %d with %d cookies, want %d and none", path, rec.Code, len(rec.Result().Cookies()), status)
		}
		if csp := rec.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self'") {
			t.Errorf("GET %s has the policy %q, want forms of these pages alone", path, csp)
		}
	}
}

// hosted asks by a host name that the pages know.
func hosted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { r.Host = "localhost"; h.ServeHTTP(w, r) })
}

// Who is not signed in learns nothing, comes back to where they wanted to go, and a program gets a
// problem that it can read.
func TestOutside(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	b.want(b.get("/"), http.StatusSeeOther, "/sign-in")
	b.want(b.get("/records/NC-2026-0001?before=7"), http.StatusSeeOther, "/sign-in?to=%2Frecords%2FNC-2026-0001%3Fbefore%3D7")
	b.want(b.get("/audit"), http.StatusSeeOther, "/sign-in?to=%2Faudit")
	b.header["Accept"] = "application/json"
	got := b.get("/audit")
	if got.status != http.StatusUnauthorized || got.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got.body, `"code":"not-signed-in"`) || got.header.Get("WWW-Authenticate") == "" {
		t.Errorf("GET /audit for a program = %d %v %s, want a problem", got.status, got.header, got.body)
	}
	if b.cookie() != "" {
		t.Error("a stranger has the cookie of a session")
	}
	var n int
	if err := r.app.Store.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM session").Scan(&n); err != nil || n != 0 {
		t.Errorf("strangers caused %d sessions, %v", n, err)
	}
}

// What changes something is refused when another web page sends it.
func TestCrossOrigin(t *testing.T) {
	r := receive(t, nil)
	for _, foreign := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "", "Origin": "null"},
	} {
		b := r.browser().enter("erik")
		maps.Copy(b.header, foreign)
		for _, path := range []string{"/you/calendar", "/sign-out", "/sign-in", r.link("rita", "enter")} {
			if got := b.post(path); got.status != http.StatusForbidden || !strings.Contains(got.body, "cross-origin") {
				t.Errorf("POST %s with %v = %d, want it refused", path, foreign, got.status)
			}
		}
		clear(b.header)
		b.want(b.get("/you"), http.StatusOK, "")
	}
}
