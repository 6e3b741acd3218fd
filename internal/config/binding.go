package config

// A Binding is one Jira project or GitHub repository, with the combined settings of its
// entry, its site and its mapping.
type Binding struct {
	ID      string // in the register and the audit log for ever
	Site    string // id of the entry of trackers
	Tracker string // kind of tracker

	URL, BrowseURL             string
	Project, IssueType, Select string   // Jira
	Repo                       string   // GitHub: owner/name
	Labels                     []string // GitHub
	Role, Enforcement          string
	Language                   string // of the people there
	CreateTwin, Commands       bool
	OwnLabels                  []string
	Scope                      []string

	Auth      Auth
	Webhook   Webhook
	Limits    Limits
	States    []State
	Fields    []Field
	Approvals []Approval

	at written
}

// A written says where the parts of a binding stand in the file, as keys.
type written struct {
	entry     string // "bindings[1]"
	target    string // "bindings[1].repositories[3]"
	site      string // "trackers[0]"
	states    string // "mappings[0].states"
	fields    string
	field     []string // of each field
	approvals string
}

// HasAccount reports whether an account counts in the binding: it belongs to the binding's
// site, or to a site with the same address.
func (c *Config) HasAccount(b *Binding, a Account) bool {
	s := c.Site(a.Site)
	return s != nil && address(s.Kind, s.URL) == address(b.Tracker, b.URL)
}

// Site returns the entry of trackers with an id, or nil.
func (c *Config) Site(id string) *Site {
	for i := range c.Trackers {
		if c.Trackers[i].ID == id {
			return &c.Trackers[i]
		}
	}
	return nil
}
