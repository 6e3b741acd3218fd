package config

import (
	"regexp"
	"slices"
	"strings"
)

// checkBindings judges the bindings.
func (c *Config) checkBindings() {
	ids, targets := map[string]string{}, map[string]string{}
	for i := range c.Bindings {
		b, key := &c.Bindings[i], Key("bindings", i)
		c.checkID(join(key, "id"), b.ID)
		c.once(ids, b.ID, join(key, "id"), "binding "+quote(b.ID))
		c.once(targets, b.target(), key, "a binding of the same issues")
		c.checkURL(join(key, "url"), b.URL)
		c.checkURL(join(key, "browse_url"), b.BrowseURL)
		switch b.Tracker {
		case TrackerJira:
			c.checkJira(b, key)
		case TrackerGitHub:
			c.checkGitHub(b, key)
		}
		c.checkTwin(b, key)
		if b.Limits.PerHour < b.Limits.PerMinute {
			c.source.fail(CodeRange, key+".limits.writes_per_hour", "fewer writes are allowed in an hour than in a minute", "raise it, or lower writes_per_minute")
		}
		c.checkStates(b, key)
		c.checkFields(b, key)
		c.checkApprovals(b, key)
	}
}

// target identifies the issues that a binding selects, "" while it names none.
func (b *Binding) target() string {
	if b.URL == "" || b.Project+b.Repo == "" {
		return ""
	}
	labels := slices.Clone(b.Labels)
	slices.Sort(labels)
	return strings.Join([]string{
		strings.TrimSuffix(b.URL, "/"), b.Project, b.IssueType, b.Select, strings.ToLower(b.Repo), strings.Join(labels, "\x00"),
	}, "\x01")
}

// checkJira judges what is particular to a Jira project.
func (c *Config) checkJira(b *Binding, key string) {
	fail := c.source.fail
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
	c.foreign(b, key, "GitHub", "repo", "labels")
	c.checkAuth(b, key, map[string][]string{"basic": {"user", "token"}, "bearer": {"token"}})
}

// checkGitHub judges what is particular to a GitHub repository.
func (c *Config) checkGitHub(b *Binding, key string) {
	fail := c.source.fail
	switch {
	case b.Repo == "":
		fail(CodeMissing, key+".repo", "a GitHub binding needs a repository", "add repo: owner/name")
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`).MatchString(b.Repo):
		fail(CodeForm, key+".repo", quote(b.Repo)+" is not a repository", "write owner/name, without the address of the server")
	}
	c.foreign(b, key, "Jira", "project", "issue_type", "select")
	c.checkAuth(b, key, map[string][]string{"token": {"token"}, "app": {"app_id", "installation_id", "private_key"}})
}

// foreign reports keys that belong to the other kind of tracker.
func (c *Config) foreign(b *Binding, key, other string, keys ...string) {
	for _, k := range keys {
		if c.source.written(join(key, k)) {
			c.source.fail(CodeMisplaced, join(key, k), "the key is for "+other+" and this binding is "+b.Tracker, "remove it, or change tracker")
		}
	}
}

// checkAuth judges the credential; kinds holds, for each kind that the tracker
// takes, the keys it needs.
func (c *Config) checkAuth(b *Binding, key string, kinds map[string][]string) {
	key += ".auth"
	if b.Auth.Kind == "" {
		return // reported as missing
	}
	need, ok := kinds[b.Auth.Kind]
	if !ok {
		var allowed []string
		for k := range kinds {
			allowed = append(allowed, k)
		}
		slices.Sort(allowed)
		c.source.fail(CodeMisplaced, key+".kind", "a "+b.Tracker+" binding cannot sign in by "+b.Auth.Kind, "write "+alternatives(allowed))
		return
	}
	given := map[string]bool{
		"user": b.Auth.User != "", "token": b.Auth.Token.Given(), "app_id": b.Auth.AppID != 0,
		"installation_id": b.Auth.Installation != 0, "private_key": b.Auth.PrivateKey.Given(),
	}
	for _, m := range members(typeOf[Auth]()) {
		switch needed := slices.Contains(need, m.name); {
		case m.name == "kind":
		case needed && !given[m.name]:
			c.source.missing(join(key, m.name), m)
		case !needed && given[m.name]:
			c.source.fail(CodeMisplaced, join(key, m.name), "the key has no meaning for kind: "+b.Auth.Kind, "remove it, or change kind")
		}
	}
}

// checkTwin judges whether a binding can be given issues of its own.
func (c *Config) checkTwin(b *Binding, key string) {
	if !b.CreateTwin {
		return
	}
	key += ".create_twin"
	if b.Role == "action" {
		c.source.fail(CodeMisplaced, key, "an action has no twin", "remove it, or write role: record")
		return
	}
	sources := 0
	for i := range c.Bindings {
		if c.Bindings[i].Role == "record" {
			sources++
		}
	}
	if sources < 2 {
		c.source.fail(CodeReference, key, "no other binding has records that could get a twin here", "add a second binding with role: record, or remove it")
	}
}
