package jirasim

import (
	"strings"
)

// A Field is a custom field of the simulated Jira.
type Field struct {
	ID       string // "": customfield_10041 and so on
	Name     string
	Kind     string
	Options  []string            // of a select
	Children map[string][]string // of KindCascading: the second level, by the option of the first
	Required bool                // on the create screen
	// OffScreen fields are on no screen: they are read but cannot be written.
	OffScreen bool
	// Hidden fields are hidden in the field configuration: issues do not show them at
	// all, whatever the screens say, and keep their values.
	Hidden bool
}

// DefaultFields are the custom fields of an ISMS office.
func DefaultFields() []Field {
	return []Field{
		{Name: "Requirement not met", Kind: KindLabels},
		{Name: "NC grade", Kind: KindSelect, Options: []string{"Major", "Minor", "Observation"}},
		{Name: "Source", Kind: KindSelect, Options: []string{"Internal audit", "External audit", "Incident", "Management review", "Supplier", "Monitoring", "Other"}},
		{Name: "Source reference", Kind: KindText},
		{Name: "Date identified", Kind: KindDate},
		{Name: "Where", Kind: KindText},
		{Name: "Objective evidence", Kind: KindParagraph},
		{Name: "Consequences", Kind: KindParagraph},
		{Name: "Containment", Kind: KindParagraph},
		{Name: "Root cause", Kind: KindParagraph},
		{Name: "Root cause method", Kind: KindSelect, Options: []string{"5 whys", "Fishbone", "Fault tree", "Other"}},
		{Name: "Cause category", Kind: KindSelect, Options: []string{"Process", "People", "Technology", "Supplier", "Other"}},
		{Name: "Similar review", Kind: KindParagraph},
		{Name: "Corrective action plan", Kind: KindParagraph},
		{Name: "Effectiveness criteria", Kind: KindParagraph},
		{Name: "Effectiveness due", Kind: KindDate},
		{Name: "Effectiveness reviewer", Kind: KindUser},
		{Name: "Effectiveness result", Kind: KindSelect, Options: []string{"Effective", "Partly effective", "Not effective"}},
		{Name: "Change to the ISMS", Kind: KindParagraph},
		{Name: "Closing summary", Kind: KindParagraph},
		{Name: "Register no.", Kind: KindText},
		{Name: "Exception expiry", Kind: KindDate},
		{Name: "Affected systems", Kind: KindMultiSelect, Options: []string{"Identity", "Network", "Backup", "Endpoints"}},
		{Name: "Cost", Kind: KindNumber},
	}
}

type fieldDef struct {
	Field
	custom   bool
	readOnly bool // system fields that no screen shows
}

func (s *Server) defineFields(custom []Field) {
	s.fieldByID = map[string]*fieldDef{}
	system := []fieldDef{
		{Field: Field{ID: "summary", Name: "Summary", Kind: KindText, Required: true}},
		{Field: Field{ID: "description", Name: "Description", Kind: KindParagraph}},
		{Field: Field{ID: "labels", Name: "Labels", Kind: KindLabels}},
		{Field: Field{ID: "assignee", Name: "Assignee", Kind: KindUser}},
		{Field: Field{ID: "reporter", Name: "Reporter", Kind: KindUser}},
		{Field: Field{ID: "priority", Name: "Priority", Kind: kindPriority}},
		{Field: Field{ID: "duedate", Name: "Due date", Kind: KindDate}},
		{Field: Field{ID: "environment", Name: "Environment", Kind: KindParagraph}},
		{Field: Field{ID: "components", Name: "Component/s", Kind: kindComponents}},
		{Field: Field{ID: "fixVersions", Name: "Fix Version/s", Kind: KindVersions}},
		{Field: Field{ID: "versions", Name: "Affects Version/s", Kind: KindVersions}},
		{Field: Field{ID: "issuetype", Name: "Issue Type", Kind: kindIssueType, Required: true}},
		{Field: Field{ID: "project", Name: "Project", Kind: KindProject, Required: true}},
		{Field: Field{ID: "status", Name: "Status", Kind: kindStatus}, readOnly: true},
		{Field: Field{ID: "resolution", Name: "Resolution", Kind: kindResolution}, readOnly: true},
		{Field: Field{ID: "resolutiondate", Name: "Resolved", Kind: kindTime}, readOnly: true},
		{Field: Field{ID: "creator", Name: "Creator", Kind: KindUser}, readOnly: true},
		{Field: Field{ID: "created", Name: "Created", Kind: kindTime}, readOnly: true},
		{Field: Field{ID: "updated", Name: "Updated", Kind: kindTime}, readOnly: true},
		{Field: Field{ID: "comment", Name: "Comment", Kind: kindComments}, readOnly: true},
		{Field: Field{ID: "attachment", Name: "Attachment", Kind: kindAttachments}, readOnly: true},
	}
	for _, f := range system {
		s.fields = append(s.fields, &f)
	}
	for i, f := range custom {
		if f.ID == "" {
			f.ID = "customfield_" + itoa(int64(10041+i))
		}
		s.fields = append(s.fields, &fieldDef{Field: f, custom: true})
	}
	for _, f := range s.fields {
		s.fieldByID[f.ID] = f
	}
}

// settable reports whether the API can write the field of an issue. Editing it takes
// a screen that has it and a field configuration that shows it
// (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-editmeta-get,
// conditions 1 and 2).
func (f *fieldDef) settable() bool { return !f.readOnly && !f.OffScreen && !f.Hidden }

// field finds a field by id, or by name as the Go methods of people allow. The
// caller holds the lock.
func (s *Server) field(idOrName string) *fieldDef {
	if f := s.fieldByID[idOrName]; f != nil {
		return f
	}
	for _, f := range s.fields {
		if strings.EqualFold(f.Name, idOrName) {
			return f
		}
	}
	return nil
}

// FieldID returns the id of the custom field of that name, "" if there is none.
func (s *Server) FieldID(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.field(name); f != nil {
		return f.ID
	}
	return ""
}

// schema is how Jira describes the type of a field.
func (f *fieldDef) schema() map[string]any {
	s, known := shapes()[f.Kind]
	if !known {
		s.typ = f.Kind
	}
	m := map[string]any{"type": s.typ}
	if s.items != "" {
		m["items"] = s.items
	}
	if !f.custom {
		m["system"] = f.ID
		return m
	}
	if m["custom"] = s.custom; s.custom == "" {
		m["custom"] = "com.atlassian.jira.plugin.system.customfieldtypes:" + f.Kind
	}
	m["customId"] = parseInt(strings.TrimPrefix(f.ID, "customfield_"))
	return m
}

// clause is how JQL may name the field.
func (f *fieldDef) clauses() []string {
	if !f.custom {
		return []string{f.ID}
	}
	return []string{"cf[" + strings.TrimPrefix(f.ID, "customfield_") + "]", f.Name}
}
