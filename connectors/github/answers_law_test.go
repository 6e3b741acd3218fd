package github_test

import (
	"encoding/json"
	"errors"
	"net/http"
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

var (
	positive = regexp.MustCompile(`^[1-9][0-9]*$`)
	keyForm  = regexp.MustCompile(`^[^/#]*/[^/#]*#[1-9][0-9]*$`)
)

func (l *laws) ref(r connectors.Ref) {
	l.t.Helper()
	if !positive.MatchString(r.ID) || !strings.Contains(r.Key, "#") || !strings.Contains(r.Key, "/") {
		l.t.Errorf("%s: reference %+v, want an id and a key", l.what, r)
	}
}

// issue holds that there is an issue or an error, and that the issue agrees with the
// last answer.
func (l *laws) issue(is *connectors.Issue, err error) {
	l.t.Helper()
	if (is == nil) == (err == nil) {
		l.t.Errorf("%s = %+v, %v, want one of them", l.what, is, err)
	}
	if is == nil {
		return
	}
	l.whole(is)
	l.agrees(is)
}

// whole holds that an issue has all that every issue has.
func (l *laws) whole(is *connectors.Issue) {
	l.t.Helper()
	l.seen = is.Version
	l.ref(is.Ref)
	labels := is.Fields[connectors.Labels].Items
	_, body := is.Fields[connectors.Body]
	switch {
	case is.Version == "" || is.URL == "" || is.Created.IsZero() || is.Updated.IsZero():
		l.t.Errorf("%s: issue without version, address or times: %+v", l.what, is)
	case is.Status.Name != "open" && is.Status.Name != "closed" || is.Status.Done != (is.Status.Name == "closed"):
		l.t.Errorf("%s: status %+v", l.what, is.Status)
	case is.Fields[connectors.Title].Text == "" || !body:
		l.t.Errorf("%s: issue without title or body: %+v", l.what, is.Fields)
	case !slices.IsSorted(labels) || len(slices.Compact(slices.Clone(labels))) != len(labels) || slices.Contains(labels, ""):
		l.t.Errorf("%s: labels %q", l.what, labels)
	}
	if a := is.Fields[connectors.Assignee].Text; a != "" && is.Users[a].Login == "" {
		l.t.Errorf("%s: assignee %q is nobody of %+v", l.what, a, is.Users)
	}
	for id, u := range is.Users {
		if id != u.ID || !positive.MatchString(id) || u.Login == "" {
			l.t.Errorf("%s: user %q is %+v", l.what, id, u)
		}
	}
	if _, err := json.Marshal(is); err != nil {
		l.t.Errorf("%s: the issue cannot be stored: %v", l.what, err)
	}
}

// agrees reads the last answer again, with all members asked for.
func (l *laws) agrees(is *connectors.Issue) {
	l.t.Helper()
	var w struct {
		ID     *int64
		Number *int
		Title  *string
		State  *string
		Labels []struct{ Name *string }
	}
	if err := json.Unmarshal(l.server.served[len(l.server.served)-1], &w); err != nil || w.ID == nil || w.Number == nil || w.Title == nil || w.State == nil || w.Labels == nil {
		l.t.Fatalf("%s: an issue out of half an answer", l.what)
	}
	if is.Ref.ID != itoa(*w.ID) || !strings.HasSuffix(is.Ref.Key, "#"+itoa(int64(*w.Number))) || is.Fields[connectors.Title].Text != *w.Title || is.Status.Name != *w.State {
		l.t.Errorf("%s: %+v is not what was answered", l.what, is)
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
	if w.Issue != nil {
		l.ref(w.Ref)
		l.issue(w.Issue, nil)
	}
	if w.Issue == nil && !positive.MatchString(w.CommentID) {
		l.t.Errorf("%s: wrote %+v, want an issue or a comment", l.what, w)
	}
}

// comments holds that comments are whole, and returns their ids.
func (l *laws) comments(list []connectors.Comment) []string {
	l.t.Helper()
	var ids []string
	for _, c := range list {
		if !positive.MatchString(c.ID) || !keyForm.MatchString(c.Issue.Key) || c.Created.IsZero() || c.Updated.IsZero() || c.Author.ID == "0" {
			l.t.Errorf("%s: comment %+v", l.what, c)
		}
		ids = append(ids, c.ID)
	}
	return ids
}

// all holds that a listing without an error left out none of the rows that were
// served, pull requests aside.
func (l *laws) all(shown []string) {
	l.t.Helper()
	for _, body := range l.server.served {
		var rows []struct {
			ID   int64
			Pull json.RawMessage `json:"pull_request"`
		}
		if err := json.Unmarshal(body, &rows); err != nil {
			l.t.Errorf("%s: a listing out of no list: %v", l.what, err)
		}
		for _, r := range rows {
			if pull := len(r.Pull) > 0 && string(r.Pull) != "null"; !pull && !slices.Contains(shown, itoa(r.ID)) {
				l.t.Errorf("%s: row %d is not shown", l.what, r.ID)
			}
		}
	}
}

// lawfulError holds that an error has a kind that fits what came before it, one line
// of the tracker's words, and no credential.
func lawfulError(t *testing.T, what string, s *canned, err error) {
	t.Helper()
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		t.Fatalf("%s = %T %v, want *connectors.Error", what, err, err)
	}
	if strings.Contains(err.Error(), botToken) || strings.ContainsAny(e.Detail, "\n\r\x00") || !utf8.ValidString(e.Detail) || utf8.RuneCountInString(e.Detail) > 300 {
		t.Errorf("%s = %v, which shows the token or more than a line", what, err)
	}
	read := []connectors.Kind{connectors.Malformed, connectors.Moved, connectors.NotFound, connectors.Unavailable}
	if strings.HasPrefix(what, "last edited") { // GraphQL tells every refusal with status 200
		read = append(read, connectors.Limited, connectors.Denied, connectors.Rejected)
	}
	switch {
	case s.last > 299 || s.last == http.StatusAccepted:
		if e.Kind == "" || e.Kind == connectors.Malformed || e.Kind == connectors.Forged {
			t.Errorf("%s = kind %q after status %d", what, e.Kind, s.last)
		}
		if e.Kind == connectors.Limited && (e.Until.IsZero() || e.Scope == "") {
			t.Errorf("%s = %+v, want until when and what", what, e)
		}
	case s.wrote > 0 && e.Kind != connectors.Unknown && e.Kind != connectors.Moved:
		t.Errorf("%s = kind %q after a write, want %q", what, e.Kind, connectors.Unknown)
	case s.wrote == 0 && !slices.Contains(read, e.Kind):
		t.Errorf("%s = kind %q after status %d, want one of %q", what, e.Kind, s.last, read)
	}
}
