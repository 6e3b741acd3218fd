package rehearsal

import (
	"bytes"
	"embed"
	"strings"
	"text/template"

	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// The bindings of a rehearsal.
const (
	JiraBinding   = "jira-isms"
	GitHubBinding = "gh-isms"
	// PlatformBinding has the actions of a team; see Settings.Platform.
	PlatformBinding = "gh-platform"
)

//go:embed config.yaml.tmpl
var files embed.FS

// Settings are what differs between rehearsals. Zero values are filled in.
type Settings struct {
	DataDir    string // "": ./data
	Listen     string // of the pages; "": 127.0.0.1:8484
	Webhooks   string // where webhooks are taken; "": 127.0.0.1:8485, any port if Listen has any
	PollEvery  string // "": 30s
	SweepEvery string // "": as the configuration has it
	Grace      string // "": 30m
	JiraMode   string // enforcement; "": remind
	GitHubMode string
	JiraTwin   bool // records from GitHub get an issue in Jira
	GitHubTwin bool
	Platform   bool // the actions of a team are read, too; see World.AddPlatform
	// WaitingDays between the end of the work and its review; a rehearsal has none.
	WaitingDays int
	// LabelSets keeps requirements in GitHub's labels instead of a section. The world has
	// Options.LabelSets then.
	LabelSets bool
	// App has conformd sign in to GitHub as an app. The world has Options.App then.
	App bool
	// SignIn has people sign in to the pages; otherwise whoever reaches them reads them.
	SignIn bool
	// Conflict is what happens to texts that two people change at once; "": ask.
	Conflict  string
	PerMinute int // write budget of each binding; 0: 1000
}

// Config returns the configuration that connects conformd to the world, as an
// operator would write it.
func (w *World) Config(s Settings) (string, error) {
	def := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	def(&s.DataDir, "./data")
	def(&s.Listen, "127.0.0.1:8484")
	if strings.HasSuffix(s.Listen, ":0") {
		def(&s.Webhooks, "127.0.0.1:0")
	}
	def(&s.Webhooks, "127.0.0.1:8485")
	def(&s.PollEvery, "30s")
	def(&s.Grace, "30m")
	def(&s.JiraMode, "remind")
	def(&s.GitHubMode, "remind")
	if s.PerMinute == 0 {
		s.PerMinute = 1000
	}
	type person struct {
		Player
		JiraID string
	}
	data := struct {
		Settings
		JiraURL, GitHubURL, Project, Repo, TeamRepo, Bot string
		People                                           []person
	}{Settings: s, JiraURL: w.JiraURL, GitHubURL: w.GitHubURL, Project: Project, Repo: Owner + "/" + Repo, TeamRepo: Owner + "/" + PlatformRepo, Bot: w.jiraUser("conformd")}
	for _, p := range Players() {
		data.People = append(data.People, person{p, w.Jira.Person(p.Login).AccountID()})
	}
	t, err := template.ParseFS(files, "config.yaml.tmpl")
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.String(), err
}

// jiraUser is what a player logs in with.
func (w *World) jiraUser(login string) string {
	if w.deployment == jirasim.DataCenter {
		return login
	}
	return login + "@example.com"
}

// Env looks up the environment variables that the configuration names.
func Env(name string) (string, bool) {
	switch name {
	case "JIRA_TOKEN":
		return JiraToken, true
	case "GITHUB_TOKEN":
		return GitHubToken, true
	case "WEBHOOK_SECRET":
		return WebhookSecret, true
	case "GITHUB_APP_KEY":
		return appPEM(), true
	default:
		return "", false
	}
}
