package connectortest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/conformd/conformd/connectors"
)

// WantKind is the verdict on an HTTP status that carries no further hint: what a
// connector must make of it after a read or a write.
func WantKind(status int, write bool) connectors.Kind {
	switch {
	case status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect:
		return connectors.Moved
	case status == http.StatusFound || status == http.StatusTemporaryRedirect:
		return connectors.Unavailable // a proxy or a login in between, which nobody follows
	case status == http.StatusUnauthorized:
		return connectors.Unauthenticated
	case status == http.StatusForbidden:
		return connectors.Denied
	case status == http.StatusNotFound:
		return connectors.NotFound
	case status == http.StatusGone:
		return connectors.Gone
	case status == http.StatusConflict || status == http.StatusPreconditionFailed:
		return connectors.Conflict
	case status == http.StatusTooManyRequests:
		return connectors.Limited
	case status >= 500 && write:
		return connectors.Unknown
	case status >= 500:
		return connectors.Unavailable
	default:
		return connectors.Rejected
	}
}

// query is what an error must not show of a URL.
var query = regexp.MustCompile(`\?[\w%.\[\]-]+=`)

// fails checks that err has one of the kinds, and that it says nothing secret.
func (s *suite) fails(t testing.TB, what string, err error, kinds ...connectors.Kind) *connectors.Error {
	t.Helper()
	s.discreet(t, what, err)
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		t.Errorf("%s = %v (%T), want a *connectors.Error of kind %v", what, err, err, kinds)
		return &connectors.Error{}
	}
	if !slices.Contains(kinds, e.Kind) || !errors.Is(err, e.Kind) {
		t.Errorf("%s = %v, of kind %q, want %q", what, err, e.Kind, kinds)
	}
	if e.Op == "" {
		t.Errorf("%s = %v without Op", what, err)
	}
	return e
}

// discreet checks that an error shows no credential and no query string, however
// it is printed.
func (s *suite) discreet(t testing.TB, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		for _, secret := range s.Facts.Secrets {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s: the error shows a secret", what)
			}
		}
	}
	if m := query.FindString(err.Error()); m != "" {
		t.Errorf("%s = %q, want no query string (%q)", what, err, m)
	}
}

// works stops the case if err is not nil.
func (s *suite) works(t testing.TB, what string, err error) {
	t.Helper()
	s.discreet(t, what, err)
	if err != nil {
		t.Fatalf("%s = %v, want success", what, err)
	}
}

// get reads an issue that must be there.
func (s *suite) get(t *testing.T, ref connectors.Ref) *connectors.Issue {
	t.Helper()
	i, err := s.Tracker.Get(t.Context(), ref)
	s.works(t, "Get("+ref.String()+")", err)
	return i
}

// comments reads the comments of an issue that must be there.
func (s *suite) comments(t *testing.T, ref connectors.Ref) []connectors.Comment {
	t.Helper()
	cs, err := connectors.AllComments(s.Tracker.Comments(t.Context(), ref, ""))
	s.works(t, "Comments("+ref.String()+")", err)
	return cs
}

// changed reads the whole listing.
func (s *suite) changed(t *testing.T, since time.Time) (issues []*connectors.Issue, pages int) {
	t.Helper()
	for p, err := range s.Tracker.Changed(t.Context(), since) {
		s.works(t, "Changed", err)
		if p.At.IsZero() {
			t.Error("Changed yields a page without At, want the tracker's clock")
		}
		issues, pages = append(issues, p.Issues...), pages+1
	}
	return issues, pages
}

// same checks that nothing differs between two readings but what is named, and
// what changes with every edit.
func same(t testing.TB, what string, before, after *connectors.Issue, except ...connectors.Field) {
	t.Helper()
	b, a := *before, *after
	b.Fields, a.Fields = maps.Clone(b.Fields), maps.Clone(a.Fields)
	for _, f := range except {
		delete(b.Fields, f)
		delete(a.Fields, f)
	}
	ignore := cmpopts.IgnoreFields(connectors.Issue{}, "Version", "Updated", "Closed", "Changes", "Comments", "Users")
	if diff := cmp.Diff(b, a, ignore, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s changed more than it named (-before +after):\n%s", what, diff)
	}
}

// ids returns the ids of issues in order of first appearance, without doubles.
func ids(issues []*connectors.Issue) []string {
	var out []string
	for _, i := range issues {
		if !slices.Contains(out, i.Ref.ID) {
			out = append(out, i.Ref.ID)
		}
	}
	return out
}

func refIDs(refs []connectors.Ref) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

// draft is a valid draft with a marker.
func (s *suite) draft(marker string) connectors.Draft {
	d := connectors.Draft{Marker: marker, Fields: maps.Clone(s.Facts.DraftFields)}
	if d.Fields == nil {
		d.Fields = map[connectors.Field]connectors.Value{}
	}
	d.Fields[connectors.Title] = connectors.Value{Text: "Backups were not restored in a test"}
	d.Fields[connectors.Body] = connectors.Value{Text: "The yearly restore test was skipped.\n\nSee the report."}
	return d
}
