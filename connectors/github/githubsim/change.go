package githubsim

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of GitHub's texts, in characters.
const (
	maxTitle = 256
	maxBody  = 65536
	maxLabel = 50
)

// An issueRequest is the body of POST and PATCH; nil is a key that is absent.
type issueRequest struct {
	Title     *string           `json:"title"`
	Body      json.RawMessage   `json:"body"` // null clears
	State     *string           `json:"state"`
	Reason    *string           `json:"state_reason"`
	Labels    []json.RawMessage `json:"labels"` // names or objects
	Assignees *[]string         `json:"assignees"`
	Assignee  *string           `json:"assignee"` // deprecated form
	Type      json.RawMessage   `json:"type"`     // null clears

	pull bool // seeded rows only
}

// A change is a validated request: nil is left alone.
type change struct {
	title     *string
	body      **string
	state     *string
	reason    string
	labels    *[]string
	assignees *[]*account
	kind      *string // issue type, "" for none
	pull      bool
}

// change validates a request. What the caller has no right to set is dropped
// without a word; what nobody may set is refused.
func (c *call) change(i *issue, q issueRequest) (change, reply, bool) {
	ch := change{title: q.Title, pull: q.pull}
	bad := func(e ...fieldError) (change, reply, bool) { return ch, invalid(e...), false }
	if q.Title != nil {
		switch {
		case strings.TrimSpace(*q.Title) == "":
			return bad(fieldError{Resource: "Issue", Code: "missing_field", Field: "title"})
		case utf8.RuneCountInString(*q.Title) > maxTitle:
			return bad(fieldError{Resource: "Issue", Code: "custom", Field: "title", Message: "title is too long (maximum is 256 characters)"})
		}
	}
	if q.Body != nil {
		var body *string
		if err := json.Unmarshal(q.Body, &body); err != nil {
			return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "body"})
		}
		if body != nil && utf8.RuneCountInString(*body) > maxBody {
			return bad(fieldError{Resource: "Issue", Code: "custom", Field: "body", Message: "body is too long (maximum is 65536 characters)"})
		}
		ch.body = &body
	}
	if q.State != nil {
		if *q.State != "open" && *q.State != "closed" {
			return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "state", Value: *q.State})
		}
		// The reason is ignored unless the state changes with it.
		if i != nil && *q.State != i.state {
			reason, fits := stateReason(*q.State, q.Reason)
			if !fits {
				return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "state_reason", Value: *q.Reason})
			}
			ch.state, ch.reason = q.State, reason
		}
	}
	if !c.who.may(c.repo, Triage) {
		return ch, reply{}, true
	}
	if q.Labels != nil {
		names, e := c.labelNames(q.Labels)
		if e != nil {
			return bad(*e)
		}
		ch.labels = &names
	}
	if q.Assignee != nil && q.Assignees == nil {
		q.Assignees = &[]string{*q.Assignee}
		if *q.Assignee == "" {
			q.Assignees = &[]string{}
		}
	}
	if q.Assignees != nil {
		as := []*account{}
		for _, login := range *q.Assignees {
			a := c.s.byLogin[strings.ToLower(login)]
			// Refused, not dropped, if the caller may assign at all (harvester/harvester#10448);
			// older servers say only the code and the login (JasonEtco/create-an-issue#41).
			if !a.may(c.repo, Read) || a.kind == "Organization" {
				return bad(fieldError{
					Resource: "Issue", Code: "invalid", Field: "assignees", Value: []string{login},
					Message: "assignees " + login + " cannot be assigned to this issue",
				})
			}
			if !slices.Contains(as, a) && len(as) < 10 {
				as = append(as, a)
			}
		}
		ch.assignees = &as
	}
	if q.Type != nil && len(c.s.opts.IssueTypes) > 0 {
		var name *string
		if json.Unmarshal(q.Type, &name) != nil || text(name) != "" && !slices.Contains(c.s.opts.IssueTypes, *name) {
			return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "type"})
		}
		kind := text(name)
		ch.kind = &kind
	}
	return ch, reply{}, true
}

func stateReason(state string, asked *string) (string, bool) {
	if state == "open" {
		return "reopened", asked == nil || *asked == "reopened"
	}
	if asked == nil {
		return "completed", true
	}
	return *asked, slices.Contains([]string{"completed", "not_planned", "duplicate"}, *asked)
}

// labelNames reads the labels of an issue. One that does not exist is created on the
// way, if the caller may create labels (hashicorp/terraform-provider-google#16746).
// What is wrong with a label is told by its value alone (semantic-release/github#518).
func (c *call) labelNames(raw []json.RawMessage) ([]string, *fieldError) {
	names := []string{}
	for _, r := range raw {
		var name string
		if json.Unmarshal(r, &name) != nil {
			var object struct{ Name string }
			if json.Unmarshal(r, &object) != nil {
				return nil, &fieldError{Resource: "Label", Code: "invalid", Field: "name"}
			}
			name = object.Name
		}
		unknown := c.repo.label(name) == nil && !c.who.may(c.repo, Write)
		if name == "" || utf8.RuneCountInString(name) > maxLabel || unknown {
			return nil, &fieldError{Resource: "Label", Code: "invalid", Field: "name", Value: name}
		}
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	return names, nil
}
