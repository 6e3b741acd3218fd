// Package oscal writes the register as a plan of action and milestones of OSCAL (NIST), which
// other tools of governance read. It has the parts of that model that a nonconformity fills, in
// structs of its own, and checks what the schemas of OSCAL do not: the words of a closed list,
// and that each reference leads to something.
package oscal

// A Document is a plan of action and milestones, OSCAL 1.1.3 or 1.2.2. Empty lists are left
// out, because the schemas refuse them.
type Document struct {
	POAM POAM `json:"plan-of-action-and-milestones"`
}

// A POAM is the plan: an item for each record, with what was seen, what it risks and what is
// done about it.
type POAM struct {
	UUID         string        `json:"uuid"`
	Metadata     Metadata      `json:"metadata"`
	SystemID     SystemID      `json:"system-id"`
	Observations []Observation `json:"observations,omitempty"`
	Risks        []Risk        `json:"risks,omitempty"`
	Items        []Item        `json:"poam-items"`
	BackMatter   *BackMatter   `json:"back-matter,omitempty"`
}

// Metadata says what the document is, of when, and who is named in it.
type Metadata struct {
	Title        string  `json:"title"`
	LastModified string  `json:"last-modified"`
	Version      string  `json:"version"`
	OSCALVersion string  `json:"oscal-version"`
	Props        []Prop  `json:"props,omitempty"`
	Roles        []Role  `json:"roles,omitempty"`
	Parties      []Party `json:"parties,omitempty"`
	Remarks      string  `json:"remarks,omitempty"`
}

// A SystemID names the management system that the register is about.
type SystemID struct {
	Type string `json:"identifier-type"`
	ID   string `json:"id"`
}

// A Prop is a value that OSCAL has no place for, under a name of conformd's.
type Prop struct {
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Value string `json:"value"`
}

// A Role is what a party does.
type Role struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// A Party is a person, or the organisation.
type Party struct {
	UUID string `json:"uuid"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// An Observation is what was seen: the nature of a nonconformity and its evidence.
type Observation struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Methods     []string   `json:"methods"`
	Types       []string   `json:"types"`
	Evidence    []Relevant `json:"relevant-evidence,omitempty"`
	Collected   string     `json:"collected"`
}

// A Relevant is one piece of evidence.
type Relevant struct {
	Href        string `json:"href,omitempty"`
	Description string `json:"description"`
}

// A Risk is cause, consequences and treatment of a nonconformity.
type Risk struct {
	UUID              string             `json:"uuid"`
	Title             string             `json:"title"`
	Description       string             `json:"description"`
	Statement         string             `json:"statement"`
	Status            Status             `json:"status"`
	Characterizations []Characterization `json:"characterizations,omitempty"`
	Mitigating        []Mitigating       `json:"mitigating-factors,omitempty"`
	Deadline          string             `json:"deadline,omitempty"`
	Remediations      []Response         `json:"remediations,omitempty"`
	Log               *RiskLog           `json:"risk-log,omitempty"`
	Observations      []ToObservation    `json:"related-observations,omitempty"`
}

// A Status is where the treatment of a risk stands.
type Status string

// The statuses. The schemas take any word.
const (
	Open              Status = "open"
	Investigating     Status = "investigating"
	Remediating       Status = "remediating"
	DeviationAsked    Status = "deviation-requested"
	DeviationApproved Status = "deviation-approved"
	Closed            Status = "closed"
)

// A Characterization is how serious a risk is.
type Characterization struct {
	Origin Origin  `json:"origin"`
	Facets []Facet `json:"facets"`
}

// An Origin is who says something.
type Origin struct {
	Actors []Actor `json:"actors"`
}

// An Actor is a party that says something.
type Actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

// A Facet is a value on a scale.
type Facet struct {
	Name   string `json:"name"`
	System string `json:"system"`
	Value  string `json:"value"`
}

// A Mitigating is a correction.
type Mitigating struct {
	UUID        string `json:"uuid"`
	Description string `json:"description"`
}

// A Response is an action.
type Response struct {
	UUID        string `json:"uuid"`
	Lifecycle   string `json:"lifecycle"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Props       []Prop `json:"props,omitempty"`
	Tasks       []Task `json:"tasks,omitempty"`
}

// A Task is the date of an action, and whose it is.
type Task struct {
	UUID        string            `json:"uuid"`
	Type        string            `json:"type"`
	Title       string            `json:"title"`
	Timing      *Timing           `json:"timing,omitempty"`
	Responsible []ResponsibleRole `json:"responsible-roles,omitempty"`
}

// A Timing is the time in which a task is done.
type Timing struct {
	Within Range `json:"within-date-range"`
}

// A Range is a time between two moments.
type Range struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// A ResponsibleRole names the parties in a role.
type ResponsibleRole struct {
	Role    string   `json:"role-id"`
	Parties []string `json:"party-uuids,omitempty"`
}

// A RiskLog is what happened to a risk.
type RiskLog struct {
	Entries []LogEntry `json:"entries"`
}

// A LogEntry is one thing that happened to a risk.
type LogEntry struct {
	UUID         string     `json:"uuid"`
	Title        string     `json:"title"`
	Description  string     `json:"description,omitempty"`
	Start        string     `json:"start"`
	LoggedBy     []LoggedBy `json:"logged-by,omitempty"`
	StatusChange Status     `json:"status-change,omitempty"`
}

// A LoggedBy is who did it.
type LoggedBy struct {
	Party string `json:"party-uuid"`
}

// A ToObservation leads to an observation.
type ToObservation struct {
	UUID string `json:"observation-uuid"`
}

// A ToRisk leads to a risk.
type ToRisk struct {
	UUID string `json:"risk-uuid"`
}

// An Item is a record.
type Item struct {
	UUID         string          `json:"uuid"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	Props        []Prop          `json:"props,omitempty"`
	Links        []Link          `json:"links,omitempty"`
	Observations []ToObservation `json:"related-observations,omitempty"`
	Risks        []ToRisk        `json:"related-risks,omitempty"`
}

// A Link leads to an issue in a tracker.
type Link struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

// BackMatter names documents with their digests.
type BackMatter struct {
	Resources []Resource `json:"resources"`
}

// A Resource is a document.
type Resource struct {
	UUID  string  `json:"uuid"`
	Title string  `json:"title"`
	Links []RLink `json:"rlinks"`
}

// An RLink is where a document is, and its digest.
type RLink struct {
	Href   string `json:"href"`
	Hashes []Hash `json:"hashes,omitempty"`
}

// A Hash is a digest in hexadecimal digits.
type Hash struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}
