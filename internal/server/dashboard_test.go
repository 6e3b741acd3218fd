package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// byID returns the element of an id.
func byID(t *testing.T, page, id string) *html.Node {
	t.Helper()
	for _, n := range elements(t, page) {
		if attr(n, "id") == id {
			return n
		}
	}
	t.Fatalf("no element %q in %s", id, page)
	return nil
}

// The dashboard says how the register went, with a drawing whose words and table have the same counts; the part
// alone and the drawing are served in both colours.
func TestDashboardFigures(t *testing.T) {
	h, _ := pages(t)
	var page string
	for range 100 {
		if page = get(t, h, http.MethodGet, "/").Body.String(); !strings.Contains(page, "are being counted") {
			break
		}
	}
	wellMade(t, "/", page)
	section := words(byID(t, page, "figures"))
	month := time.Now().UTC().Format("Jan 2006")
	for _, want := range []string{"0 to 30 days 3", "No record of the last twelve months states the category of its cause", "Show the numbers", month + " 3 0"} {
		if !strings.Contains(section, want) {
			t.Errorf("the figures do not say %q: %s", want, section)
		}
	}
	var image *html.Node
	for n := range byID(t, page, "figures").Descendants() {
		if n.Data == "img" {
			image = n
		}
	}
	if image == nil || !strings.Contains(attr(image, "alt"), "Opened: ") || !strings.Contains(attr(image, "alt"), month+" 3. Closed:") {
		t.Fatalf("the drawing is not told in words: %v", image)
	}
	light, dark := get(t, h, http.MethodGet, attr(image, "src")), get(t, h, http.MethodGet, "/dashboard/flow.svg?theme=dark")
	if light.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(light.Body.String(), month) || light.Body.String() == dark.Body.String() {
		t.Errorf("the drawing = %d %v: %s", light.Code, light.Header(), light.Body)
	}
	if part := get(t, h, http.MethodGet, "/dashboard/figures").Body.String(); !strings.HasPrefix(part, `<section id="figures"`) {
		t.Errorf("the part is not the section: %s", part)
	}
}

// The dashboard tells what is late, how the trackers are, and that nobody in particular is asked where nobody signs
// in. The line that keeps itself fresh is served alone.
func TestDashboardTellsHowItGoes(t *testing.T) {
	h, a := pages(t)
	page := get(t, h, http.MethodGet, "/").Body.String()
	if got := words(byID(t, page, "health")); !strings.Contains(got, "✓ Trackers need no attention") || !strings.Contains(got, "Differences now: 1") {
		t.Errorf("the health is %q", got)
	}
	if got := words(byID(t, page, "tasks")); !strings.Contains(got, "each person who is signed in") {
		t.Errorf("the tasks are %q", got)
	}
	if got := words(byID(t, page, "due")); !strings.Contains(got, "2026-12-01") && !strings.Contains(got, "A1 Rotate the keys") && !strings.Contains(got, "triage") {
		t.Errorf("what is due is %q", got)
	}
	if _, err := a.Store.DB().ExecContext(t.Context(), "UPDATE binding SET problem = 'out of order' WHERE id = 'jira-isms'"); err != nil {
		t.Fatal(err)
	}
	strip := get(t, h, http.MethodGet, "/dashboard/health").Body.String()
	if !strings.HasPrefix(strip, `<p id="health"`) || !strings.Contains(strip, "1 tracker needs attention") {
		t.Errorf("the line alone is %q", strip)
	}
}

// A page that stays open does not keep its person signed in: what it asks for by itself does not prolong the
// session, and once that has ended the whole page goes to sign in.
func TestAnOpenDashboardEnds(t *testing.T) {
	r := receive(t, nil)
	b := r.browser().enter("irene")
	b.want(b.get("/"), http.StatusOK, "")
	for range 4 {
		r.pass(9 * time.Minute)
		b.header["HX-Request"], b.header["HX-Current-URL"] = "true", r.url+"/register?q=x"
		got := b.get("/dashboard/health")
		if over := got.header.Get("HX-Redirect"); over != "" {
			if over != "/sign-in?to=%2Fregister%3Fq%3Dx" {
				t.Errorf("the page goes to %q, want the page to sign in", over)
			}
			return
		}
		if got.status != http.StatusOK || !strings.Contains(got.body, "Differences now") {
			t.Fatalf("GET /dashboard/health = %d: %s", got.status, got.body)
		}
	}
	t.Error("after 36 minutes an open page is still signed in, want half an hour")
}

// Things that wait are told to the person whose roles decide them.
func TestDashboardOfAPerson(t *testing.T) {
	r := receive(t, nil)
	if got := words(byID(t, r.browser().enter("irene").get("/").body, "tasks")); !strings.Contains(got, "Nothing waits for you") {
		t.Errorf("in an empty register irene is told %q", got)
	}
}
