package config

import "regexp"

// trackerJira is the kind of a Jira, Cloud or Data Center.
const trackerJira = "jira"

func jiraTracker() tracker {
	return tracker{
		name:   "Jira",
		keys:   []string{"project", "issue_type", "select"},
		auth:   map[string][]string{"basic": {"user", "token"}, "bearer": {"token"}},
		target: (*Config).checkJira,
		lacks:  map[string]lack{"section": {"the description of a Jira issue is not divided into sections", "write kind: field and the name of a custom field"}},
	}
}

// checkJira checks the project, the issue type and the condition of a binding.
func (c *Config) checkJira(b *Binding) {
	fail, key := c.source.fail, b.at.entry
	switch {
	case b.Project == "":
		fail(CodeMissing, key+".project", "a Jira binding needs a project", "add project: the key of the project, the letters before the dash of ISMS-42")
	case !regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`).MatchString(b.Project):
		fail(CodeForm, key+".project", quote(b.Project)+" is not the key of a project", "write the letters before the dash of ISMS-42")
	}
	if b.IssueType == "" && b.CreateTwin {
		fail(CodeMissing, key+".issue_type", "a binding that creates issues needs their type", "add issue_type, such as Nonconformity")
	}
	if regexp.MustCompile(`(?i)\border\s+by\b`).MatchString(b.Select) {
		fail(CodeForm, key+".select", "the condition sorts its result", "leave ORDER BY out; conformd reads the oldest change first")
	}
}
