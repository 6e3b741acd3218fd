package config

import (
	"regexp"
	"slices"
	"strings"
)

// trackerGitHub is the kind of GitHub and of GitHub Enterprise Server.
const trackerGitHub = "github"

func githubTracker() tracker {
	none := func(place string) lack {
		return lack{"an issue of a GitHub repository has no " + place + " to read", "write kind: section or kind: label"}
	}
	return tracker{
		name:     "GitHub",
		keys:     []string{"repository", "repositories", "except", "labels"},
		auth:     map[string][]string{"token": {"token"}, "app": {"app_id", "installation_id", "private_key"}},
		target:   (*Config).checkGitHub,
		status:   (*Config).githubStatus,
		statuses: []string{"open", "closed"},
		lacks:    map[string]lack{"due": none("due"), "priority": none("priority"), "type": none("type"), "field": none("field")},
	}
}

// repository matches owner/name, and patterns of it.
func repository(name string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._*-]+$`).MatchString(name)
}

// checkGitHub checks the repository of a binding.
func (c *Config) checkGitHub(b *Binding) {
	at := b.at.target
	if at == b.at.entry {
		at += ".repository"
	}
	switch {
	case b.Repo == "":
		c.source.fail(CodeMissing, at, "a GitHub binding needs a repository", "add repository: owner/name, or repositories: a list of them")
	case !repository(b.Repo):
		c.source.fail(CodeForm, at, quote(b.Repo)+" is not a repository", "write owner/name, without the address of the server; a star may stand in the name alone")
	}
}

// githubStatus checks a status and its reason against those that GitHub has.
func (c *Config) githubStatus(key string, s State) {
	reasons := map[string][]string{"open": {"reopened"}, "closed": {"completed", "not_planned", "duplicate"}}
	allowed, ok := reasons[strings.ToLower(s.Status)]
	if !ok {
		c.source.fail(CodeChoice, join(key, "status"), quote(s.Status)+" is not a status of GitHub", "write open or closed, and tell the stages apart by label")
		return
	}
	if s.Reason != "" && !slices.Contains(allowed, s.Reason) {
		c.source.fail(CodeChoice, join(key, "reason"), quote(s.Reason)+" is not a reason for "+s.Status, "write "+alternatives(allowed)+", or leave it out")
	}
}
