package jira_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/conformd/conformd/connectors"
)

// laws are what results must keep, whatever was answered.
type laws struct {
	t      *testing.T
	what   string
	server *canned
	seen   string // version of the last issue
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func (l *laws) ref(r connectors.Ref) {
	l.t.Helper()
	if !digits.MatchString(r.ID) || r.Key == "" {
		l.t.Errorf("%s: reference %+v, want an id and a key", l.what, r)
	}
}

// whole holds that an issue has all that every issue has.
func (l *laws) whole(is *connectors.Issue) {
	l.t.Helper()
	l.seen = is.Version
	l.ref(is.Ref)
	labels := is.Fields[connectors.Labels].Items
	switch {
	case is.Version == "" || is.URL == "" || is.Created.IsZero() || is.Updated.IsZero() || is.Status.Name == "":
		l.t.Errorf("%s: issue without version, address, times or status: %+v", l.what, is)
	case !slices.IsSorted(labels) || len(slices.Compact(slices.Clone(labels))) != len(labels):
		l.t.Errorf("%s: labels %q", l.what, labels)
	}
	l.comments(is.Comments)
	for _, c := range is.Changes {
		if c.ID == "" || c.At.IsZero() {
			l.t.Errorf("%s: change %+v", l.what, c)
		}
	}
	for id, u := range is.Users {
		if id == "" || id != u.ID {
			l.t.Errorf("%s: user %q is %+v", l.what, id, u)
		}
	}
	if _, err := json.Marshal(is); err != nil {
		l.t.Errorf("%s: the issue cannot be stored: %v", l.what, err)
	}
}

func (l *laws) comments(list []connectors.Comment) {
	l.t.Helper()
	for _, c := range list {
		if c.ID == "" || c.Created.IsZero() || c.Updated.IsZero() || c.Marker != "" && c.Author.ID != "me" {
			l.t.Errorf("%s: comment %+v", l.what, c)
		}
	}
}

// agrees reads the answer again, with all members asked for.
func (l *laws) agrees(is *connectors.Issue) {
	l.t.Helper()
	for _, body := range l.server.served {
		var w struct {
			ID, Key *string
			Fields  *struct {
				Status           *struct{ Name *string }
				Created, Updated *string
			}
		}
		if json.Unmarshal(body, &w) == nil && w.ID != nil && w.Key != nil && w.Fields != nil && w.Fields.Status != nil && w.Fields.Created != nil && w.Fields.Updated != nil &&
			is.Ref == (connectors.Ref{ID: *w.ID, Key: *w.Key}) && is.Status.Name == *w.Fields.Status.Name {
			return
		}
	}
	l.t.Errorf("%s: %+v is not what was answered", l.what, is)
}

// said holds that an answer, or the first part of a list, names one of the members.
func (l *laws) said(body []byte, members ...string) {
	l.t.Helper()
	var list []map[string]any
	one := map[string]any{}
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		one = list[0]
	} else if json.Unmarshal(body, &one) != nil {
		one = nil
	}
	for name, v := range one {
		if s, ok := v.(string); ok && s != "" && slices.ContainsFunc(members, func(m string) bool { return strings.EqualFold(m, name) }) {
			return
		}
	}
	l.t.Errorf("%s: %q was believed, which says none of %q", l.what, body, members)
}

// all holds that a listing without an error left out none of the issues that were
// served.
func (l *laws) all(shown []string) {
	l.t.Helper()
	listed := false
	for _, body := range l.server.served {
		var page struct{ Issues []struct{ ID string } }
		if json.Unmarshal(body, &page) != nil {
			continue // not of the listing: comments, history
		}
		listed = listed || page.Issues != nil
		for _, w := range page.Issues {
			if !slices.Contains(shown, w.ID) {
				l.t.Errorf("%s: issue %q is not shown", l.what, w.ID)
			}
		}
	}
	if !listed {
		l.t.Errorf("%s: a listing out of no list", l.what)
	}
}

// written holds that a write that succeeded says what it wrote.
func (l *laws) written(w connectors.Written, err error) {
	l.t.Helper()
	if err != nil {
		if w != (connectors.Written{}) {
			l.t.Errorf("%s = %+v, %v, want the error alone", l.what, w, err)
		}
		return
	}
	l.ref(w.Ref)
}

// lawfulError holds that an error has a kind that fits what came before it, one line
// of the tracker's words, and no credential.
func lawfulError(t *testing.T, what string, s *canned, err error) {
	t.Helper()
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		t.Fatalf("%s = %T %v, want *connectors.Error", what, err, err)
	}
	if strings.Contains(err.Error(), fuzzToken) || strings.ContainsAny(e.Detail, "\n\r\x00") || !utf8.ValidString(e.Detail) || utf8.RuneCountInString(e.Detail) > 300 {
		t.Errorf("%s = %v, which shows the token or more than a line", what, err)
	}
	switch {
	case s.refused:
		if e.Kind != connectors.Unauthenticated {
			t.Errorf("%s = kind %q though the login was refused", what, e.Kind)
		}
	case s.last > 299:
		if e.Kind == "" || e.Kind == connectors.Malformed || e.Kind == connectors.Forged {
			t.Errorf("%s = kind %q after status %d", what, e.Kind, s.last)
		}
		if e.Kind == connectors.Limited && (e.Until.IsZero() || e.Scope == "") {
			t.Errorf("%s = %+v, want until when and what", what, e)
		}
	case s.wrote && e.Kind != connectors.Unknown:
		t.Errorf("%s = kind %q after a write, want %q", what, e.Kind, connectors.Unknown)
	case !s.wrote && e.Kind != connectors.Malformed && e.Kind != connectors.Rejected:
		// Rejected: no transition leads where we want to go.
		t.Errorf("%s = kind %q, want %q", what, e.Kind, connectors.Malformed)
	}
}
