package jirasim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/conformd/conformd/connectors/simkit"
)

// MoveProject moves an issue to another project, as a person does in bulk: key
// and project change, the id stays, the old key goes on resolving.
func (s *Server) MoveProject(issue, toProject, by string) error {
	s.mu.Lock()
	defer s.unlock()
	is, p, a := s.find(issue, nil), s.project(toProject), s.user(by)
	if is == nil || p == nil || a == nil {
		return fmt.Errorf("%w: no issue %s, project %s or user %s", ErrRefused, issue, toProject, by)
	}
	st := s.draft(is)
	p.count++
	text := func(s string) *string { return &s }
	items := []item{
		{Field: "project", FieldType: "jira", From: text(st.project.id), FromString: text(st.project.name), To: text(p.id), ToString: text(p.name)},
		{Field: "Key", FieldType: "jira", FromString: text(st.key), ToString: text(p.key + "-" + itoa(p.count))},
	}
	s.log(st.at, is, a, "Key", st.key, *items[1].ToString, "")
	st.project, st.key = p, *items[1].ToString
	h := s.commit(is, st, a, items)
	s.byKey[st.key] = is
	s.emit(event{name: "jira:issue_updated", kind: "issue_moved", is: is, by: a, change: h})
	return nil
}

// Archive takes an issue out of sight: it answers 404 and leaves the index.
func (s *Server) Archive(issue string) error {
	s.mu.Lock()
	defer s.unlock()
	is := s.find(issue, nil)
	if is == nil {
		return fmt.Errorf("%w: no issue %s", ErrRefused, issue)
	}
	is.archived = true
	s.index(is, nil)
	return nil
}

// Hide takes an issue from the sight of one account, as an issue security level
// does; show gives it back.
func (s *Server) Hide(issue, user string, show bool) error {
	s.mu.Lock()
	defer s.unlock()
	is, a := s.find(issue, nil), s.user(user)
	if is == nil || a == nil {
		return fmt.Errorf("%w: no issue %s or user %s", ErrRefused, issue, user)
	}
	if is.hidden = maps.Clone(is.hidden); is.hidden == nil {
		is.hidden = map[*account]bool{}
	}
	is.hidden[a] = !show
	return nil
}

// DropLabels makes a workflow rule take the labels off every new issue.
func (s *Server) DropLabels(on bool) {
	s.mu.Lock()
	defer s.unlock()
	s.dropLabels = on
}

// RenameField gives a custom field another name.
func (s *Server) RenameField(from, to string) error {
	s.mu.Lock()
	defer s.unlock()
	f := s.field(from)
	if f == nil {
		return fmt.Errorf("%w: no field %s", ErrRefused, from)
	}
	f.Name = to
	return nil
}

// RenameOption gives an option of a select field another name, on all issues at once.
// As in Jira no issue counts as changed by it, and no history tells of it.
func (s *Server) RenameOption(field, from, to string) error {
	s.mu.Lock()
	defer s.unlock()
	f := s.field(field)
	if f == nil || f.Kind != KindSelect || !slices.Contains(f.Options, from) || slices.Contains(f.Options, to) {
		return fmt.Errorf("%w: no select field %s with the option %s and without %s", ErrRefused, field, from, to)
	}
	options := slices.Clone(f.Options)
	options[slices.Index(options, from)] = to
	f.Options = options
	renamed := func(st *state) *state {
		if st == nil || st.fields[f.ID] != any(from) {
			return st
		}
		next := st.edit()
		next.fields[f.ID] = to
		return next
	}
	for _, is := range s.order {
		is.now, is.indexed = renamed(is.now), renamed(is.indexed)
		for i := range is.pending {
			is.pending[i].st = renamed(is.pending[i].st)
		}
	}
	s.truth.Add(simkit.Change{At: s.now(), Tracker: "jira", Issue: f.ID, Field: "option", From: from, To: to, By: "admin"})
	return nil
}

// HideField hides a field in the field configuration, or shows it again. It is left
// out of every issue, and keeps its values; the list of fields goes on naming it, as
// it does while any project shows it.
func (s *Server) HideField(field string, hidden bool) error {
	s.mu.Lock()
	defer s.unlock()
	f := s.field(field)
	if f == nil {
		return fmt.Errorf("%w: no field %s", ErrRefused, field)
	}
	f.Hidden = hidden
	return nil
}

// Show puts a field on the screens, or takes it off them, so that the API cannot write
// it any more. It is read as before.
func (s *Server) Show(field string, on bool) error {
	s.mu.Lock()
	defer s.unlock()
	f := s.field(field)
	if f == nil {
		return fmt.Errorf("%w: no field %s", ErrRefused, field)
	}
	f.OffScreen = !on
	return nil
}

// Deactivate takes an account out of use, as when somebody leaves, or back into it.
// Nothing can be assigned to it meanwhile.
func (s *Server) Deactivate(user string, gone bool) error {
	s.mu.Lock()
	defer s.unlock()
	a := s.user(user)
	if a == nil {
		return fmt.Errorf("%w: no user %s", ErrRefused, user)
	}
	a.Inactive = gone
	return nil
}

// RenameUser changes the login and display name of an account; its identity stays.
func (s *Server) RenameUser(user, login, display string) error {
	s.mu.Lock()
	defer s.unlock()
	a := s.user(user)
	if a == nil {
		return fmt.Errorf("%w: no user %s", ErrRefused, user)
	}
	a.Name, a.Display = login, display
	return nil
}

// Snapshot is the true content of an issue, for tests and checkers: its fields
// by name, status, resolution and the bodies of its comments.
type Snapshot struct {
	ID, Key, Status, Resolution string
	Fields                      map[string]string // by id for system fields, by name for custom ones
	Comments                    []string
	CommentIDs                  []string          // in the order of Comments
	Attachments                 []string          // names of files, oldest first
	Markers                     map[string]string // issue properties, raw JSON
}

// Snapshots returns the true content of all issues, by id.
func (s *Server) Snapshots() []Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Snapshot
	for _, is := range s.order {
		if !is.archived {
			out = append(out, s.snapshot(is))
		}
	}
	return out
}

// Snapshot returns the true content of one issue.
func (s *Server) Snapshot(issue string) (Snapshot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.find(issue, nil)
	if is == nil {
		return Snapshot{}, false
	}
	return s.snapshot(is), true
}

func (s *Server) snapshot(is *issue) Snapshot {
	st := is.now
	out := Snapshot{ID: itoa(is.id), Key: st.key, Status: s.flow.status(st.status).Name, Fields: map[string]string{"issuetype": st.kind.name}, Markers: map[string]string{}}
	for _, id := range slices.Sorted(maps.Keys(st.fields)) {
		f := s.fieldByID[id]
		it := s.itemOf(f, nil, st.fields[id])
		out.Fields[it.Field] = truthText(it.To, it.ToString, f)
	}
	out.Resolution = out.Fields["resolution"]
	delete(out.Fields, "resolution")
	for _, c := range st.comments {
		out.Comments = append(out.Comments, c.body)
		out.CommentIDs = append(out.CommentIDs, c.id)
	}
	for _, x := range st.attachments {
		out.Attachments = append(out.Attachments, x.name)
	}
	for k, raw := range st.props {
		out.Markers[k] = string(raw)
	}
	return out
}

// controls are the routes of simkit below /_sim/.
func (s *Server) controls() http.Handler {
	return simkit.Control(s.clock, s.truth, s.faults, s.post)
}
