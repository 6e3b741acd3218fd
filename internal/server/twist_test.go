package server_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
)

// A character that turns the text around it is shown by its number wherever people read it. In the form that changes the text it stays
// itself, so that saving the form changes nothing else.
func TestTextThatTurnsOthersIsShown(t *testing.T) {
	const title = "Access \u202eroniM\u2066 of \u05d3\u05e0\u05d4 \u2192 done"
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed(title)
	want := `Access \u{202e}roniM\u{2066} of \u05d3\u05e0\u05d4 \u2192 done`
	want = strings.NewReplacer(`\u05d3\u05e0\u05d4`, "\u05d3\u05e0\u05d4", `\u2192`, "\u2192").Replace(want)
	for _, path := range []string{"/", "/register", "/records/" + ref, "/inbox?part=triage", "/records/" + ref + "/acts/set?field=problem"} {
		page := html.UnescapeString(irene.get(path).body)
		if !strings.Contains(page, want) || strings.ContainsAny(page, "\u202e\u2066") {
			t.Errorf("%s does not show the title as %s:\n%s", path, want, page)
		}
	}
	at := "/records/" + ref + "/acts/set"
	form := fill(t, irene.get(at+"?field=title").body, at)
	if form.Get("value") != title {
		t.Errorf("the form has the title %q", form.Get("value"))
	}
	form.Set("value", form.Get("value")+", twice")
	irene.want(irene.send(http.MethodPost, at, form), http.StatusSeeOther, "/records/"+ref+"?did=set")
	if got := irene.record(ref).Record.Fields[register.FieldTitle]; got != title+", twice" {
		t.Errorf("after the form was sent the title is %q", got)
	}
}
