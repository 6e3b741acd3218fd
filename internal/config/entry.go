package config

// An Entry binds one Jira project, one GitHub repository, or many repositories that are
// treated alike. Its own states, fields, labels and approvals override those of its mapping.
type Entry struct {
	ID           string   `json:"id" jsonschema:"required" jsonschema_description:"Name of the binding in the register and the audit log; lower case, and never changed or used again; with repositories, each one has the name <id>/<name of the repository>."`
	Tracker      string   `json:"tracker" jsonschema:"required" jsonschema_description:"Id of the entry of trackers."`
	Project      string   `json:"project" jsonschema_description:"Jira: key of the project."`
	IssueType    string   `json:"issue_type" jsonschema_description:"Jira: issue type that is created and selected, together with the types named in the values of a field of kind type; left out, all are selected."`
	Select       string   `json:"select" jsonschema_description:"Jira: further condition in JQL, without ORDER BY."`
	Repository   string   `json:"repository" jsonschema_description:"GitHub: owner/name of the repository."`
	Repositories []string `json:"repositories" jsonschema_description:"GitHub: several repositories, each a binding of its own: owner/name, or owner/* and owner/svc-* for those that the organisation has when conformd starts."`
	Except       []string `json:"except" jsonschema_description:"GitHub: owner/name, or a pattern, of repositories that the patterns in repositories leave out."`
	Language     string   `json:"language" jsonschema_description:"Language of the people there; left out, that of the organisation."`
	Role         string   `json:"role" jsonschema:"enum=record,enum=action" jsonschema_description:"What an issue stands for: a record of the register, or an action of one."`
	Enforcement  string   `json:"enforcement" jsonschema:"enum=observe,enum=remind,enum=reopen" jsonschema_description:"What the tracker sees when evidence is missing: nothing, one comment and a label, or also a reopened issue; the register holds the record in every mode."`
	CreateTwin   bool     `json:"create_twin" jsonschema_description:"Whether a record that comes from another binding gets an issue here; signals, measures, objectives, control checks, audits and management reviews get none."`
	Scope        []string `json:"scope" jsonschema_description:"Parts of the ISMS, such as a service, site or process, that a record from here is about when it is filed and its issue names none."`
	Commands     bool     `json:"commands" jsonschema_description:"Whether /capa commands in comments are followed; true when left out."`

	Mapping   string     `json:"mapping" jsonschema_description:"Id of the entry of mappings; without one, states and fields stand here."`
	Labels    []string   `json:"labels" jsonschema_description:"GitHub: an issue is selected if it has all of these labels, which replace those of the mapping; new issues get them."`
	OwnLabels []string   `json:"own_labels" jsonschema_description:"Labels, or prefixes that end in : or /, that belong to conformd and are not copied to twins; they replace those of the mapping."`
	States    []State    `json:"states" jsonschema_description:"What the statuses mean, in place of the states of the mapping."`
	Fields    []Field    `json:"fields" jsonschema_description:"Fields whose place differs from that in the mapping, each replacing the field of the same name, and further fields, which follow those of the mapping."`
	Approvals []Approval `json:"approvals" jsonschema_description:"Transitions that are decisions, in place of those of the mapping."`
}
