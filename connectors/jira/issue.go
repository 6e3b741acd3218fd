package jira

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// system returns the system fields of Jira that are read, with their names in the contract;
// "" is for fields that have a member of their own in an Issue.
func system() map[string]connectors.Field {
	return map[string]connectors.Field{
		"summary": connectors.Title, "description": connectors.Body, "labels": connectors.Labels,
		"assignee": connectors.Assignee, "issuetype": connectors.Type, "priority": connectors.Priority,
		"duedate": connectors.Due,
		"status":  "", "resolution": "", "creator": "", "reporter": "", "created": "", "updated": "", "comment": "",
	}
}

// wanted lists the ids of the fields to ask for.
func (l *lens) wanted() []string {
	if l.only != nil {
		return l.only
	}
	var out []string
	for id := range system() {
		out = append(out, id)
	}
	for _, f := range l.custom {
		out = append(out, f.ID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// issue converts an issue. Comments and changes are those that came with it.
func (l *lens) issue(w *wireIssue, browse string) (*connectors.Issue, error) {
	is := &connectors.Issue{
		Ref:        connectors.Ref{ID: w.ID, Key: w.Key},
		URL:        browse + "/browse/" + w.Key,
		Fields:     map[connectors.Field]connectors.Value{},
		Unreadable: map[connectors.Field]string{},
		Users:      map[string]connectors.User{},
	}
	var status wireStatus
	var resolution wireNamed
	var creator, reporter *wireUser
	var created, updated moment
	var comments wireComments
	for id, into := range map[string]any{
		"status": &status, "resolution": &resolution, "creator": &creator, "reporter": &reporter,
		"created": &created, "updated": &updated, "comment": &comments,
	} {
		raw, ok := w.Fields[id]
		if !ok {
			continue
		}
		// The decoder's error is left out, because it quotes the value.
		if json.Unmarshal(raw, into) != nil {
			return nil, fmt.Errorf("member %s is not of the form expected", id)
		}
	}
	raw, has := w.Fields["comment"]
	if status.Name == "" || created.IsZero() || updated.IsZero() || has && string(raw) != "null" && !comments.complete() ||
		w.Changelog != nil && !each[*wireHistory](w.Changelog.Histories) {
		return nil, errCut
	}
	is.Status = connectors.Status{ID: status.ID, Name: status.Name, Done: status.Category.Key == "done", Reason: resolution.Name}
	is.Author, is.Created, is.Updated = l.person(creator, is.Users), created.Time, updated.Time
	is.Reporter = l.person(reporter, is.Users)
	l.fill(is, w)
	// If the property is shown, it decides, because people see and change labels.
	if m := propertyMark(w.Properties[propertyKey]); m.Marker != "" && is.Author.ID == l.self.ID {
		is.Marker, is.Installation = m.Marker, m.Installation
	}
	if is.Marker == "" {
		is.Installation = "" // without a marker, the label of an installation means nothing
	}
	for _, c := range comments.Comments {
		is.Comments = append(is.Comments, l.comment(&c, is.Ref, is.Users))
	}
	slices.SortStableFunc(is.Comments, byAge)
	if w.Changelog != nil {
		for _, h := range w.Changelog.Histories {
			is.Changes = append(is.Changes, l.changes(&h, is.Users)...)
		}
		slices.SortStableFunc(is.Changes, func(a, b connectors.Change) int { return a.At.Compare(b.At) })
	}
	return is, nil
}

// fill converts the fields.
func (l *lens) fill(is *connectors.Issue, w *wireIssue) {
	for id, name := range system() {
		raw, shown := w.Fields[id]
		if name == "" || !shown {
			continue
		}
		f := plain(id)
		v, ok := f.read(raw, is.Users)
		if !ok {
			is.Unreadable[name] = f.whyUnreadable()
			continue
		}
		if name == connectors.Labels {
			if is.Author.ID == l.self.ID {
				is.Installation = l.installation(v.Items)
			}
			v.Items = slices.DeleteFunc(v.Items, func(label string) bool {
				m, ours := labelMarker(label)
				if ours && is.Author.ID == l.self.ID {
					is.Marker = m
				}
				_, of := l.labelInstallation(label)
				return ours || of
			})
			if len(v.Items) == 0 {
				v.Items = nil
			}
		}
		is.Fields[name] = v
	}
	for selector, f := range l.custom {
		raw, shown := w.Fields[f.ID]
		if !shown {
			continue
		}
		if v, ok := f.read(raw, is.Users); ok {
			is.Fields[connectors.Custom(selector)] = v
		} else {
			is.Unreadable[connectors.Custom(selector)] = f.whyUnreadable()
		}
	}
	if len(is.Unreadable) == 0 {
		is.Unreadable = nil
	}
}

func (l *lens) person(u *wireUser, users map[string]connectors.User) connectors.User {
	who := u.user()
	if who.ID != "" {
		users[who.ID] = who
	}
	return who
}

// comment converts a comment. Only a comment of conformd's own account can carry a marker: a
// copied text proves nothing.
func (l *lens) comment(w *wireComment, ref connectors.Ref, users map[string]connectors.User) connectors.Comment {
	c := connectors.Comment{
		ID: w.ID, Issue: ref, Author: l.person(w.Author, users), Body: text(w.Body),
		Created: w.Created.Time, Updated: w.Updated.Time,
	}
	if editor := l.person(w.Editor, users); editor.ID != "" && (editor.ID != c.Author.ID || !c.Updated.Equal(c.Created)) {
		c.Edited, c.Editor = c.Updated, editor
	}
	if c.Author.ID != l.self.ID {
		return c
	}
	if l.cloud {
		m := commentMark(w.Properties)
		c.Marker, c.Installation = m.Marker, m.Installation
		return c
	}
	rest, m := cutAnchor(c.Body)
	c.Body, c.Marker, c.Installation = rest, m.Marker, m.Installation
	return c
}

func commentMark(props []wireProperty) property {
	for _, p := range props {
		if p.Key == propertyKey {
			return propertyMark(p.Value)
		}
	}
	return property{}
}

func byAge(a, b connectors.Comment) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
}

// changes converts one entry of the history.
func (l *lens) changes(w *wireHistory, users map[string]connectors.User) []connectors.Change {
	var out []connectors.Change
	for i, it := range w.Items {
		c := connectors.Change{ID: w.ID, At: w.Created.Time, Author: l.person(w.Author, users), Field: it.Field}
		if i > 0 {
			c.ID += "." + strconv.Itoa(i)
		}
		id := it.FieldID
		if id == "" {
			id = it.Field
		}
		f := l.index.byID[id]
		if f == nil {
			if found, problem := l.index.resolve(it.Field); problem == "" {
				f = found
			}
		}
		if f != nil {
			c.Field = l.named(f, it.Field)
		}
		c.From, c.To = f.changed(it.From, it.FromString), f.changed(it.To, it.ToString)
		if id == "status" {
			c.FromID, c.ToID = str(it.From), str(it.To)
		}
		out = append(out, c)
	}
	return out
}

// named returns the contract's name of a field, or the tracker's own name if the configuration
// does not map the field. If a field has several selectors it is always the first, so that the
// same history has the same version.
func (l *lens) named(f *fieldInfo, own string) string {
	if name := system()[f.ID]; name != "" {
		return string(name)
	}
	for _, selector := range slices.Sorted(maps.Keys(l.custom)) {
		if known := l.custom[selector]; known != nil && known.ID == f.ID {
			return string(connectors.Custom(selector))
		}
	}
	return own
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// seal computes the version over the whole content of an issue. The time of the last update is
// not enough: properties do not change it, and two changes may share a millisecond.
func seal(is *connectors.Issue) error {
	c := *is
	c.Version, c.Users, c.History = "", nil, ""
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	is.Version = is.Updated.Format("20060102T150405.000Z") + "-" + hex.EncodeToString(sum[:8])
	return nil
}
