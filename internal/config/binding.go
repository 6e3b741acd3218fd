package config

// The trackers.
const (
	TrackerJira   = "jira"
	TrackerGitHub = "github"
)

// A Binding is one Jira project or GitHub repository with its mapping.
type Binding struct {
	ID          string   `json:"id" jsonschema:"required" jsonschema_description:"Name of the binding in the register and the audit log; lower case, and never changed or used again."`
	Tracker     string   `json:"tracker" jsonschema:"required,enum=jira,enum=github" jsonschema_description:"Kind of tracker."`
	URL         string   `json:"url" jsonschema:"required" jsonschema_description:"Base address of the API: https://acme.atlassian.net, https://api.atlassian.com/ex/jira/<cloud id>, https://api.github.com or https://<host>/api/v3."`
	BrowseURL   string   `json:"browse_url" jsonschema_description:"Base address of the pages people open, where it differs from url."`
	Project     string   `json:"project" jsonschema_description:"Jira: key of the project."`
	IssueType   string   `json:"issue_type" jsonschema_description:"Jira: issue type that is created and selected, together with the types named in the values of a field of kind type; left out, all are selected."`
	Select      string   `json:"select" jsonschema_description:"Jira: further condition in JQL, without ORDER BY."`
	Repo        string   `json:"repo" jsonschema_description:"GitHub: owner/name of the repository."`
	Labels      []string `json:"labels" jsonschema_description:"GitHub: labels an issue must all have to be selected; new issues get them."`
	Role        string   `json:"role" jsonschema:"enum=record,enum=action" jsonschema_description:"What an issue stands for: a record of the register, or an action of one."`
	Enforcement string   `json:"enforcement" jsonschema:"enum=observe,enum=remind,enum=reopen" jsonschema_description:"What the tracker sees when evidence is missing: nothing, one comment and a label, or also a reopened issue; the register holds the record in every mode."`
	CreateTwin  bool     `json:"create_twin" jsonschema_description:"Whether a record that comes from another binding gets an issue here."`
	Commands    bool     `json:"commands" jsonschema_description:"Whether /capa commands in comments are followed; true when left out."`
	OwnLabels   []string `json:"own_labels" jsonschema_description:"Labels, or beginnings ending in : or /, that belong to conformd and are not copied to twins."`

	Auth      Auth       `json:"auth" jsonschema:"required" jsonschema_description:"How conformd signs in."`
	Webhook   Webhook    `json:"webhook" jsonschema_description:"How deliveries are recognised; without secrets the binding takes none and relies on polling."`
	Limits    Limits     `json:"limits" jsonschema_description:"How hard the tracker may be asked, below what the vendor allows."`
	States    []State    `json:"states" jsonschema:"required,minItems=1" jsonschema_description:"What the statuses mean; when reading the first that matches counts, and the first entry is where a new issue starts."`
	Fields    []Field    `json:"fields" jsonschema:"required,minItems=1" jsonschema_description:"Where the fields of the register are found, in the order in which a new issue shows them; everything else on an issue is left alone."`
	Approvals []Approval `json:"approvals" jsonschema_description:"Transitions that are decisions of the person who makes them."`
}

// An Auth is a credential of a tracker.
type Auth struct {
	Kind         string `json:"kind" jsonschema:"required,enum=basic,enum=bearer,enum=token,enum=app" jsonschema_description:"Jira: basic (user and API token) or bearer (personal access token); GitHub: token or app."`
	User         string `json:"user" jsonschema_description:"Account the token belongs to (kind: basic)."`
	Token        Secret `json:"token" jsonschema_description:"Where the token is (kind: basic, bearer or token)."`
	AppID        int64  `json:"app_id" jsonschema:"minimum=0" jsonschema_description:"Number of the GitHub App (kind: app)."`
	Installation int64  `json:"installation_id" jsonschema:"minimum=0" jsonschema_description:"Number of the installation of the GitHub App (kind: app)."`
	PrivateKey   Secret `json:"private_key" jsonschema_description:"Where the private key in PEM form is (kind: app)."`
}

// A Webhook says how deliveries are recognised.
type Webhook struct {
	Secrets []Secret `json:"secrets" jsonschema_description:"Secrets a delivery may be signed with; two while one replaces the other."`
}

// Limits are budgets of one binding.
type Limits struct {
	PerMinute   int `json:"writes_per_minute" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Writes in any minute."`
	PerHour     int `json:"writes_per_hour" jsonschema:"minimum=1,maximum=20000" jsonschema_description:"Writes in any hour."`
	Concurrency int `json:"concurrency" jsonschema:"minimum=1,maximum=32" jsonschema_description:"Requests at the same time."`
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
	Conflict  string `json:"conflict" jsonschema_description:"What happens when both sides changed it: ask keeps both for a person to decide, prefer:<binding> takes that side, latest the newer change where both trackers tell when that very field changed, and asks where one does not."`
}

// A Place is a place in an issue.
type Place struct {
	Kind    string   `json:"kind" jsonschema:"required,enum=title,enum=body,enum=section,enum=field,enum=label,enum=labels,enum=assignee,enum=due,enum=priority,enum=type" jsonschema_description:"Sort of place."`
	Name    string   `json:"name" jsonschema_description:"Heading of a section, name or id of a custom field, or beginning of a label (grade/)."`
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
	Subject string `json:"subject" jsonschema:"required,enum=plan,enum=effectiveness,enum=rejection" jsonschema_description:"What is decided."`
	Outcome string `json:"outcome" jsonschema:"required,enum=approved,enum=effective,enum=partially,enum=ineffective,enum=rejected" jsonschema_description:"How it is decided."`
}
