package jira_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
)

// codes are what Check complains of, and whether anything is fatal.
func codes(t *testing.T, c *jira.Client) (out []string, fatal bool) {
	t.Helper()
	r, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		out = append(out, p.Code)
		fatal = fatal || p.Fatal
		if p.What == "" || p.Remedy == "" {
			t.Errorf("problem %+v, want what is wrong and the remedy", p)
		}
	}
	return out, fatal
}

func TestCheckOfASoundSetUp(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		r.cfg.Statuses = []string{"Reported", "Closed", "10105"}
		got, err := r.connect(t).Check(t.Context())
		must(t, err)
		server, id := "Jira Cloud", "712020:conformd"
		if !r.cloud() {
			server, id = "Jira Data Center 10.3.24", r.sim.Person("conformd").AccountID()
		}
		if len(got.Problems) != 0 || got.Server != server || got.Self.ID != id || time.Since(got.At).Abs() > time.Minute {
			t.Errorf("Check = %+v, want %s, %s and no problem", got, server, id)
		}
	})
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	twice := append(jirasim.DefaultFields(), jirasim.Field{Name: "Root Cause", Kind: jirasim.KindText}, jirasim.Field{Name: "Root cause", Kind: jirasim.KindText})
	r := open(t, jirasim.Options{Fields: twice}, func(c *jira.Config) {
		c.Fields = []string{"Root cause", "NC grade", "customfield_10042", "No such field"}
		c.Statuses = []string{"Reported", "No such status"}
		c.IssueType = "No such type"
	})
	r.sim.Deny("conformd", "TRANSITION_ISSUES", "ADD_COMMENTS")
	got, fatal := codes(t, r.client)
	want := []string{"missing-issue-type", "missing-permission", "missing-permission", "missing-status", "ambiguous-field", "missing-field"}
	if diff := cmp.Diff(want, got); diff != "" || fatal {
		t.Errorf("problems, fatal %t (-want +got):\n%s", fatal, diff)
	}
	// A read goes on without the fields that are not clear.
	ref := r.file(t, "x", map[string]any{"NC grade": "Major"})
	is := r.get(t, ref)
	if _, there := is.Fields[connectors.Custom("Root cause")]; there {
		t.Error("an ambiguous field is read")
	}
	if is.Fields[connectors.Custom("NC grade")].Text != "Major" {
		t.Errorf("fields = %v, want the grade", is.Fields)
	}
	_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Custom("Root cause"): {Text: "x"}}})
	if connectors.KindOf(err) != connectors.Rejected {
		t.Errorf("write of an ambiguous field = %v, want %v", err, connectors.Rejected)
	}
}

func TestCheckOfWhatCannotWork(t *testing.T) {
	for name, x := range map[string]struct {
		edit func(*jira.Config)
		deny []string
		want string
	}{
		"wrong token":    {func(c *jira.Config) { c.Token = "old" }, nil, "credential-refused"},
		"no project":     {func(c *jira.Config) { c.Project = "NONE" }, nil, "missing-project"},
		"may not browse": {nil, []string{"BROWSE_PROJECTS"}, "missing-project"},
	} {
		r := open(t, jirasim.Options{}, x.edit)
		r.sim.Deny("conformd", x.deny...)
		if got, fatal := codes(t, r.client); !slices.Equal(got, []string{x.want}) || !fatal {
			t.Errorf("%s: problems = %v, fatal %t, want %s, fatal", name, got, fatal, x.want)
		}
	}
	r := open(t, jirasim.Options{}, func(c *jira.Config) { c.HTTP.Retries = -1 })
	r.sim.Faults().Add(simkit.Fault{Path: "serverInfo", Do: simkit.Status, Status: 503})
	if _, err := r.client.Check(t.Context()); connectors.KindOf(err) != connectors.Unavailable {
		t.Errorf("Check of a server in trouble = %v, want %v", err, connectors.Unavailable)
	}
}

// A field renamed in Jira is noticed by the next check.
func TestCheckLearnsAnew(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	if got, _ := codes(t, r.client); got != nil {
		t.Fatalf("problems = %v, want none", got)
	}
	must(t, r.sim.RenameField("NC grade", "Grade"))
	if got, _ := codes(t, r.client); !slices.Equal(got, []string{"missing-field"}) {
		t.Errorf("problems = %v, want missing-field", got)
	}
}

// A configuration that cannot be meant is refused before anything is sent.
func TestNewRefuses(t *testing.T) {
	good := jira.Config{BaseURL: "https://acme.atlassian.net", Project: "ISMS", User: "u", Token: "t"}
	for name, edit := range map[string]func(*jira.Config){
		"no address":      func(c *jira.Config) { c.BaseURL = "" },
		"no scheme":       func(c *jira.Config) { c.BaseURL = "acme.atlassian.net" },
		"another scheme":  func(c *jira.Config) { c.BaseURL = "ftp://acme" },
		"credential":      func(c *jira.Config) { c.BaseURL = "https://u:p@acme" },
		"query":           func(c *jira.Config) { c.BaseURL = "https://acme?x=1" },
		"no project":      func(c *jira.Config) { c.Project = "" },
		"kind of auth":    func(c *jira.Config) { c.Auth = "cookie" },
		"select unclosed": func(c *jira.Config) { c.Select = "(labels = x" },
	} {
		c := good
		edit(&c)
		if _, err := jira.New(c); err == nil {
			t.Errorf("New with %s succeeds", name)
		}
	}
	if _, err := jira.New(good); err != nil {
		t.Errorf("New = %v", err)
	}
}
