package inbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/sync/inbox"
)

// A member is one of several bindings of a site. A payload is about those that its key
// "about" names.
type member struct{ id string }

func (m member) Begin(h http.Header) (connectors.Incoming, error) {
	in, err := frank{}.Begin(h)
	if err != nil {
		return nil, err
	}
	return memberIncoming{in.(*incoming), m.id}, nil
}

type memberIncoming struct {
	*incoming
	id string
}

func (in memberIncoming) Hint() (connectors.Delivery, error) {
	d, err := in.incoming.Hint()
	if err != nil {
		return d, err
	}
	var to struct{ About []string }
	if err := json.Unmarshal(in.Body(), &to); err != nil || !slices.Contains(to.About, in.id) {
		return connectors.Delivery{ID: d.ID, Event: d.Event}, err
	}
	return d, nil
}

// postTo delivers a body to an address.
func (f *fixture) postTo(name, signature, body string) int {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), http.MethodPost, "/hooks/"+name, strings.NewReader(body))
	r.SetPathValue("binding", name)
	r.Header.Set("Signature", signature)
	r.Header.Set("Id", "d1")
	w := httptest.NewRecorder()
	f.inbox.ServeHTTP(w, r)
	return w.Code
}

// The webhook of an organisation reaches each binding that a delivery is about, and no
// other; a binding of the name of a site goes before it.
func TestADeliveryForAllBindingsOfASite(t *testing.T) {
	f := newFixture(t, func(o *inbox.Options) {
		o.Webhooks["c"], o.Webhooks["d"] = member{"c"}, member{"d"}
		o.Sites = map[string][]string{"github": {"c", "d"}, "b": {"c", "d"}, "empty": nil}
	})
	about := func(who, id string) string {
		return `{"About":[` + who + `],"Issues":[{"id":"` + id + `","key":"x#` + id + `"}]}`
	}
	for _, x := range []struct {
		name, to, body, signed string
		status                 int
		asked                  []string
	}{
		{"about one", "github", about(`"d"`, "5"), "", 202, []string{"read d 5 x#5"}},
		{"the same again", "github", about(`"d"`, "5"), "", 202, nil},
		{"about two", "github", about(`"c","d"`, "6"), "", 202, []string{"read c 6 x#6", "read d 6 x#6"}},
		{"about none", "github", about(`"e"`, "7"), "", 202, nil},
		{"everything", "github", `{"About":["c"],"All":true}`, "", 202, []string{"look at c in 0s"}},
		{"no payload", "github", "[]", "", 400, nil},
		{"forged", "github", about(`"c"`, "8"), sign("other"), 401, nil},
		{"no signature", "github", about(`"c"`, "8"), "none", 401, nil},
		{"a binding of that name", "b", about(`"c"`, "9"), "", 202, []string{"read b 9 x#9"}},
		{"a site without bindings", "empty", about(`"c"`, "9"), "", 404, nil},
		{"nobody", "other", about(`"c"`, "9"), "", 404, nil},
	} {
		f.asked = nil
		signature := x.signed
		if signature == "" {
			signature = sign(x.body)
		}
		if got := f.postTo(x.to, signature, x.body); got != x.status {
			t.Errorf("%s: %d, want %d", x.name, got, x.status)
		}
		if d := cmp.Diff(x.asked, f.asked); d != "" {
			t.Errorf("%s: asked for (-want +got):\n%s", x.name, d)
		}
	}
}

// The bodies of a site take their places and give them back, and floods are bounded as
// those of a binding are.
func TestDeliveriesOfASiteAreBounded(t *testing.T) {
	f := newFixture(t, func(o *inbox.Options) {
		o.Webhooks["c"] = member{"c"}
		o.Sites = map[string][]string{"github": {"c"}}
	})
	large := `{"About":[]}` + strings.Repeat(" ", inbox.DefaultMaxBody-12)
	for range 40 { // more than fit at once
		if got := f.postTo("github", sign(large), large); got != http.StatusAccepted {
			t.Fatalf("as large as may be: %d, want 202", got)
		}
	}
	if got := f.postTo("github", sign(large+" "), large+" "); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a byte larger: %d, want 413", got)
	}
	refused := map[int]int{}
	for range 100 {
		refused[f.postTo("github", sign("x"), "{}")]++
	}
	if refused[http.StatusTooManyRequests] == 0 || refused[http.StatusUnauthorized] == 0 {
		t.Errorf("a flood of forgeries was answered %v, want 401 and then 429", refused)
	}
	if got := f.postTo("github", sign(`{"About":[]}`), `{"About":[]}`); got != http.StatusAccepted {
		t.Errorf("an authentic delivery after it: %d, want 202", got)
	}
}
