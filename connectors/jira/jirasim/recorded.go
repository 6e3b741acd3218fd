package jirasim

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A recordedIssue is an issue as Jira answered it.
type recordedIssue struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Fields struct {
		Summary     string                     `json:"summary"`
		Description *string                    `json:"description"`
		Labels      []string                   `json:"labels"`
		Due         *string                    `json:"duedate"`
		Status      recordedStatus             `json:"status"`
		Type        struct{ Name string }      `json:"issuetype"`
		Project     struct{ Key, Name string } `json:"project"`
		Priority    *struct{ Name string }     `json:"priority"`
		Resolution  *struct{ Name string }     `json:"resolution"`
		Creator     *recordedUser              `json:"creator"`
		Reporter    *recordedUser              `json:"reporter"`
		Assignee    *recordedUser              `json:"assignee"`
		Created     string                     `json:"created"`
		Updated     string                     `json:"updated"`
		Comment     *struct {
			Comments []struct {
				Author           *recordedUser
				Body             string
				Created, Updated string
			} `json:"comments"`
		} `json:"comment"`
	} `json:"fields"`
	Changelog *struct {
		Histories []struct {
			Author  *recordedUser
			Created string
			Items   []item
		} `json:"histories"`
	} `json:"changelog"`
}

type recordedUser struct{ AccountID, Name, Key, DisplayName, TimeZone string }

type recordedStatus struct {
	ID, Name string
	Category struct{ Key string } `json:"statusCategory"`
}

// LoadRecorded adds issues recorded from a real Jira: CSV with a header, whose
// column "data" holds an issue as the API answered it, one a row. Projects,
// statuses, types, resolutions and people that are not there yet are added;
// people cannot log in. It returns how many issues were added.
func (s *Server) LoadRecorded(r io.Reader) (int, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 || !slices.Contains(rows[0], "data") {
		return 0, fmt.Errorf("%w: no column named data", ErrRefused)
	}
	column := slices.Index(rows[0], "data")
	for i, row := range rows[1:] {
		var in recordedIssue
		if err := json.Unmarshal([]byte(row[column]), &in); err != nil {
			return i, fmt.Errorf("row %d: %w", i+1, err)
		}
		if err := s.loadOne(&in); err != nil {
			return i, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return len(rows) - 1, nil
}

func (s *Server) loadOne(in *recordedIssue) error {
	f := &in.Fields
	created, err := recordedTime(f.Created)
	if err != nil {
		return err
	}
	updated, err := recordedTime(f.Updated)
	if err != nil {
		return err
	}
	s.AddProject(f.Project.Key, f.Project.Name)
	for _, u := range []*recordedUser{f.Creator, f.Reporter, f.Assignee} {
		s.addRecorded(u)
	}
	s.mu.Lock()
	defer s.unlock()
	if s.issues[parseInt(in.ID)] != nil || s.byKey[in.Key] != nil {
		return fmt.Errorf("%w: issue %s is there already", ErrRefused, in.Key)
	}
	st := &state{
		key: in.Key, project: s.project(f.Project.Key), kind: s.recordedType(f.Type.Name), status: s.recordedStatus(f.Status),
		creator: s.recordedUser(f.Creator), created: created, updated: updated, fields: map[string]any{},
	}
	st.project.count = max(st.project.count, parseInt(in.Key[strings.LastIndex(in.Key, "-")+1:]))
	st.set("summary", f.Summary)
	if f.Description != nil && *f.Description != "" {
		st.set("description", *f.Description)
	}
	st.set("labels", set(f.Labels))
	if f.Due != nil && *f.Due != "" {
		st.set("duedate", *f.Due)
	}
	if f.Priority != nil && slices.Contains(priorities(), f.Priority.Name) {
		st.set("priority", f.Priority.Name)
	}
	if f.Resolution != nil {
		if s.flow.resolution(f.Resolution.Name) == "" {
			s.flow.Resolutions = append(s.flow.Resolutions, f.Resolution.Name)
		}
		st.set("resolution", f.Resolution.Name)
		st.resolved = updated
	}
	for field, u := range map[string]*recordedUser{"reporter": f.Reporter, "assignee": f.Assignee} {
		if a := s.recordedUser(u); u != nil {
			st.set(field, a)
		}
	}
	s.nextID = max(s.nextID, parseInt(in.ID))
	if err := s.loadPast(st, in); err != nil {
		return err
	}
	is := &issue{id: parseInt(in.ID)}
	s.add(is, st)
	is.indexed, is.pending = st, nil
	return nil
}

// loadPast adds comments and history.
func (s *Server) loadPast(st *state, in *recordedIssue) error {
	if c := in.Fields.Comment; c != nil {
		for _, x := range c.Comments {
			at, err := recordedTime(x.Created)
			if err != nil {
				return err
			}
			edited, err := recordedTime(x.Updated)
			if err != nil {
				return err
			}
			a := s.recordedUser(x.Author)
			st.comments = append(st.comments, &comment{id: itoa(s.id()), author: a, editor: a, body: x.Body, created: at, updated: edited})
		}
	}
	if in.Changelog == nil {
		return nil
	}
	for _, h := range in.Changelog.Histories {
		at, err := recordedTime(h.Created)
		if err != nil {
			return err
		}
		st.history = append(st.history, &history{id: itoa(s.id()), at: at, author: s.recordedUser(h.Author), items: h.Items})
	}
	slices.SortStableFunc(st.history, func(a, b *history) int { return a.at.Compare(b.at) })
	return nil
}

func recordedTime(t string) (time.Time, error) {
	at, err := time.Parse("2006-01-02T15:04:05.000-0700", t)
	return at.UTC(), err
}

func (u *recordedUser) identity() string {
	if u.AccountID != "" {
		return u.AccountID
	}
	return u.Key
}

// addRecorded adds an account unless it is known.
func (s *Server) addRecorded(u *recordedUser) {
	if u == nil || u.identity() == "" {
		return
	}
	s.mu.Lock()
	known := s.user(u.identity()) != nil
	s.mu.Unlock()
	if !known {
		name := u.Name
		if name == "" {
			name = u.identity()
		}
		s.AddUser(User{AccountID: u.AccountID, Name: name, Key: u.Key, Display: u.DisplayName, TimeZone: u.TimeZone})
	}
}

// recordedUser finds an account; people who only commented are added on the way.
func (s *Server) recordedUser(u *recordedUser) *account {
	if u == nil || u.identity() == "" {
		return s.users[0]
	}
	if a := s.user(u.identity()); a != nil {
		return a
	}
	a := &account{User: User{AccountID: u.AccountID, Name: u.identity(), Key: u.identity(), Display: u.DisplayName, TimeZone: "Etc/UTC"}, zone: time.UTC}
	s.users = append(s.users, a)
	return a
}

func (s *Server) recordedType(name string) *issueType {
	for _, t := range s.types {
		if t.name == name {
			return t
		}
	}
	t := &issueType{id: itoa(int64(10001 + len(s.types))), name: name}
	s.types = append(s.types, t)
	return t
}

func (s *Server) recordedStatus(in recordedStatus) string {
	if s.flow.status(in.ID) == nil {
		category := in.Category.Key
		if category != "new" && category != "indeterminate" && category != "done" {
			category = "new"
		}
		s.flow.Statuses = append(s.flow.Statuses, Status{ID: in.ID, Name: in.Name, Category: category})
	}
	return in.ID
}
