package config

// A Mapping says what statuses and fields mean. Bindings use it by its id.
type Mapping struct {
	ID        string     `json:"id" jsonschema:"required" jsonschema_description:"Name by which bindings use the mapping; lower case."`
	Labels    []string   `json:"labels" jsonschema_description:"GitHub: an issue is selected if it has all of these labels; new issues get them."`
	OwnLabels []string   `json:"own_labels" jsonschema_description:"Labels, or prefixes that end in : or /, that belong to conformd and are not copied to twins."`
	States    []State    `json:"states" jsonschema_description:"What the statuses mean; the first entry that matches an issue counts, and a new issue starts with the first entry."`
	Fields    []Field    `json:"fields" jsonschema_description:"Where the fields of the register are found, in the order in which a new issue shows them; everything else on an issue is left alone."`
	Approvals []Approval `json:"approvals" jsonschema_description:"Transitions that are decisions of the person who makes them."`
}

// A State is one way a tracker shows a state of the register.
type State struct {
	Status string `json:"status" jsonschema:"required" jsonschema_description:"Name or id of the Jira status; open or closed on GitHub."`
	Reason string `json:"reason" jsonschema_description:"Jira resolution or GitHub reason (completed, not_planned, duplicate); empty matches any."`
	Label  string `json:"label" jsonschema_description:"Label the issue must have; empty matches any."`
	State  string `json:"state" jsonschema:"required" jsonschema_description:"State in the register: of a record, or of an action when the binding's role is action."`
}

// A Field is the place of one register field in a tracker.
type Field struct {
	Field     string `json:"field" jsonschema:"required" jsonschema_description:"Field of the register."`
	From      Place  `json:"from" jsonschema:"required" jsonschema_description:"Where the tracker has it."`
	Values    []Pair `json:"values" jsonschema_description:"Values in both vocabularies; left out, names are compared without regard to case and spaces."`
	Authority string `json:"authority" jsonschema:"enum=tracker,enum=register,enum=approval" jsonschema_description:"Who may change it: either side, the register alone, or only a person's attributable decision."`
	Conflict  string `json:"conflict" jsonschema_description:"What happens when both sides changed it: ask keeps both for a person to decide, prefer:<binding> takes that side, latest takes the newer change if both trackers tell when this field changed, and otherwise asks."`
}

// A Place is a place in an issue.
type Place struct {
	Kind    string   `json:"kind" jsonschema:"required,enum=title,enum=body,enum=section,enum=field,enum=label,enum=labels,enum=assignee,enum=due,enum=priority,enum=type" jsonschema_description:"Sort of place."`
	Name    string   `json:"name" jsonschema_description:"Heading of a section, name or id of a custom field, or prefix of a label (grade/)."`
	Aliases []string `json:"aliases" jsonschema_description:"Other headings that are read like name."`
}

// A Pair is one value in both vocabularies.
type Pair struct {
	From string `json:"from" jsonschema:"required" jsonschema_description:"The tracker's value."`
	To   string `json:"to" jsonschema:"required" jsonschema_description:"The register's value."`
}

// An Approval says that moving an issue to a status is a decision.
type Approval struct {
	To      string `json:"to" jsonschema:"required" jsonschema_description:"Status the issue is moved to, by name or id."`
	From    string `json:"from" jsonschema_description:"Status it is moved from, by name or id; empty for any."`
	Subject string `json:"subject" jsonschema:"required,enum=triage,enum=plan,enum=effectiveness,enum=rejection,enum=reopening" jsonschema_description:"What is decided."`
	Outcome string `json:"outcome" jsonschema:"required,enum=approved,enum=effective,enum=partially,enum=ineffective,enum=rejected" jsonschema_description:"How it is decided."`
}
