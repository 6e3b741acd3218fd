package jirasim

import "slices"

// A Workflow is the graph of statuses that all issue types share.
type Workflow struct {
	Initial     string // name of the first status
	Statuses    []Status
	Transitions []Transition
	Resolutions []string
}

// A Status is a step of a workflow.
type Status struct {
	ID, Name string
	Category string // "new", "indeterminate" or "done"
}

// A Transition is a way from one status to another.
type Transition struct {
	ID, Name string
	From     []string // status names; none: from everywhere (a global transition)
	To       string   // status name
	// Screen names the fields that can be set with the transition; those ending in
	// "!" are required.
	Screen []string
	// Filled names fields that a validator wants filled after the transition.
	// Unlike required ones they are not announced.
	Filled []string
	// Group and NotAssignee are conditions: who fails them is not offered the
	// transition.
	Group       string
	NotAssignee bool
	// Resolution is set by a post-function when the screen did not; "-" clears it.
	Resolution string
}

// DefaultWorkflow is the workflow of an ISMS office: seven statuses, plan
// approval by the group isms-managers, a confirmed effectiveness by a reviewer
// who is not the assignee, acceptance by a risk owner, and a global way back.
// Closing by "Close" is open to everybody, as it is in most projects.
func DefaultWorkflow() *Workflow {
	return &Workflow{
		Initial: "Reported",
		Statuses: []Status{
			{"10101", "Reported", "new"},
			{"10102", "Analysis", "indeterminate"},
			{"10103", "Action plan", "indeterminate"},
			{"10104", "Plan approval", "indeterminate"},
			{"10105", "Implementing", "indeterminate"},
			{"10106", "Effectiveness check", "indeterminate"},
			{"10107", "Closed", "done"},
		},
		Resolutions: []string{"Effective", "Exception accepted", "Rejected", "Duplicate", "Done"},
		Transitions: []Transition{
			{ID: "11", Name: "Accept into register", From: []string{"Reported"}, To: "Analysis", Screen: []string{"NC grade", "priority", "assignee", "duedate"}},
			{ID: "21", Name: "Plan actions", From: []string{"Analysis"}, To: "Action plan"},
			{ID: "31", Name: "Submit plan", From: []string{"Action plan"}, To: "Plan approval", Screen: []string{"Root cause", "Cause category", "Effectiveness criteria"}, Filled: []string{"Root cause", "Cause category", "Effectiveness criteria"}},
			{ID: "41", Name: "Approve plan", From: []string{"Plan approval"}, To: "Implementing", Group: "isms-managers"},
			{ID: "42", Name: "Return plan", From: []string{"Plan approval"}, To: "Action plan", Group: "isms-managers"},
			{ID: "51", Name: "Request closure", From: []string{"Implementing"}, To: "Effectiveness check"},
			{ID: "61", Name: "Confirm effective", From: []string{"Effectiveness check"}, To: "Closed", Group: "reviewers", NotAssignee: true, Screen: []string{"Closing summary"}, Resolution: "Effective"},
			{ID: "62", Name: "Not effective", From: []string{"Effectiveness check"}, To: "Analysis"},
			{ID: "71", Name: "Accept exception", From: []string{"Analysis", "Action plan", "Plan approval", "Implementing"}, To: "Closed", Group: "risk-owners", Resolution: "Exception accepted"},
			{ID: "81", Name: "Reject", From: []string{"Reported", "Analysis"}, To: "Closed", Group: "isms-managers", Screen: []string{"resolution!"}},
			{ID: "91", Name: "Close", To: "Closed", Screen: []string{"resolution"}, Resolution: "Done"},
			{ID: "101", Name: "Reopen", To: "Analysis", Resolution: "-"},
		},
	}
}

// clone copies w, so that statuses can be added to it.
func (w *Workflow) clone() *Workflow {
	c := *w
	c.Statuses, c.Resolutions = slices.Clone(w.Statuses), slices.Clone(w.Resolutions)
	return &c
}

func (w *Workflow) status(idOrName string) *Status {
	for i := range w.Statuses {
		if s := &w.Statuses[i]; s.ID == idOrName || s.Name == idOrName {
			return s
		}
	}
	return nil
}

// from returns the transitions that a may make on the issue in state st.
func (w *Workflow) from(st *state, a *account) []*Transition {
	if !a.may("TRANSITION_ISSUES") {
		return nil
	}
	here := w.status(st.status)
	var out []*Transition
	for i := range w.Transitions {
		t := &w.Transitions[i]
		switch {
		case len(t.From) > 0 && !slices.Contains(t.From, here.Name),
			len(t.From) == 0 && t.To == here.Name,
			t.Group != "" && !a.in(t.Group),
			t.NotAssignee && st.fields["assignee"] == any(a):
		default:
			out = append(out, t)
		}
	}
	return out
}

// resolutionID numbers the resolutions in their order.
func (w *Workflow) resolutionID(name string) string {
	i := slices.Index(w.Resolutions, name)
	if i < 0 {
		return ""
	}
	return itoa(int64(10000 + i))
}

func (w *Workflow) resolution(idOrName string) string {
	for i, name := range w.Resolutions {
		if name == idOrName || itoa(int64(10000+i)) == idOrName {
			return name
		}
	}
	return ""
}
