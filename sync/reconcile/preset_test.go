package reconcile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/rehearsal"
)

// The stories of the presets play what an operator copies from configs/presets. The verb:
//
//	preset <file> [office|bank|authority|evaluation|simple] [datacenter]
//
// configures conformd, and sets up the project in Jira: as jira_nonconformity_workflow.md says, with the
// fields of jira_bank_fields.md, as jira_behoerde.md or jira_evaluation.md says, or as every new project is,
// with the fields of the first.
//
// Of the file, the addresses of the trackers, the account of conformd and the people are replaced
// by those of the rehearsal, as an operator replaces them: the people of the file are Irene, Rita and
// Olga, in this order, with the roles that they have there.

const presets = "../../configs/presets/"

// Whoever copies a preset gets to every end of a record, and back: each has its story.
func TestEveryPresetIsPlayed(t *testing.T) {
	files, err := filepath.Glob(presets + "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d presets, %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		if name == "jira_data_center" {
			continue // see TestThePresetOfDataCenter
		}
		story, err := os.ReadFile(filepath.Join("testdata", "preset_"+name+".txtar"))
		if err != nil || !strings.Contains(string(story), "\npreset "+name+".yaml") {
			t.Errorf("%s has no story that plays it: %v", f, err)
		}
		ends := []string{"state: closed\n", "state: rejected\n", "decision: acceptance approved", "link: recurrence of", "decision: effectiveness ineffective"}
		if strings.HasSuffix(name, "_evaluation") {
			ends = []string{"state: closed\n", "state: rejected\n", "value: "} // no nonconformity is kept there
		}
		for _, end := range ends {
			if !strings.Contains(string(story), end) {
				t.Errorf("the story of %s has no %q", f, strings.TrimSpace(end))
			}
		}
	}
}

// The preset for Data Center plays the story of the one for Cloud, with the same register; the
// accounts and the markup of the issues differ.
func TestThePresetOfDataCenter(t *testing.T) {
	t.Parallel()
	f := filepath.Join("testdata", "preset_jira_cloud.txtar")
	ar, err := txtar.ParseFile(f)
	if err != nil {
		t.Fatal(err)
	}
	const cloud, here = "preset jira_cloud.yaml office", "preset jira_data_center.yaml office datacenter"
	story := regexp.MustCompile(`(?m)^show jira .*$`).ReplaceAllString(string(ar.Comment), "")
	if ar.Comment = []byte(strings.Replace(story, cloud, here, 1)); !strings.Contains(string(ar.Comment), here) {
		t.Fatalf("the story does not begin with %q", cloud)
	}
	newWorld(t, ar).tell(filepath.Join(t.TempDir(), "none"))
}

// startPreset starts the trackers as the preset expects them.
func (w *world) startPreset(a []string) {
	w.Helper()
	w.preset = a[0]
	o := rehearsal.Options{Clock: w.clock}
	for _, word := range a[1:] {
		switch word {
		case "office":
			o.JiraFields, o.JiraWorkflow = w.office("jira_nonconformity_workflow.md")
		case "authority":
			o.JiraTypes = []string{"Abweichung"}
			o.JiraFields, o.JiraWorkflow = w.office("jira_behoerde.md")
		case "bank":
			o.JiraFields, o.JiraWorkflow = w.office("jira_nonconformity_workflow.md")
			for _, f := range w.fieldsOf("jira_bank_fields.md", "own field") {
				o.JiraFields = append(slices.DeleteFunc(o.JiraFields, func(g jirasim.Field) bool { return g.Name == f.Name }), f)
			}
		case "evaluation":
			o.JiraTypes = []string{"Measure", "Control check", "Objective", "Signal", "Audit", "Management review"}
			o.JiraFields, o.JiraWorkflow = w.office("jira_evaluation.md")
		case "simple":
			o.JiraFields, _ = w.office("jira_nonconformity_workflow.md")
			o.JiraTypes, o.JiraWorkflow = []string{"Task"}, simple()
		case "datacenter":
			o.Deployment = jirasim.DataCenter
		default:
			w.fail("no project is %q", word)
		}
	}
	w.startWith(o)
}

// configuration returns the text of the configuration and what looks up its secrets.
func (w *world) configuration() (string, func(string) (string, bool)) {
	w.Helper()
	text, err := w.trackers.Config(w.settings)
	w.must(err)
	if w.preset == "" {
		return text, rehearsal.Env
	}
	data, err := os.ReadFile(filepath.Join(presets, w.preset))
	w.must(err)
	rest := string(data)
	people := w.cast(text, rest)
	rest = strings.Replace(rest, block(rest, "people:"), "", 1)
	rest = strings.Replace(rest, block(rest, "webhooks:"), "", 1)
	rest = strings.NewReplacer(
		"https://api.github.com", w.trackers.GitHubURL, "https://acme.atlassian.net", w.trackers.JiraURL, "https://jira.acme.example", w.trackers.JiraURL,
		"conformd-bot@acme.example", "conformd@example.com", "calendar: ", "calendar: "+w.presets()+"/",
	).Replace(rest)
	for _, site := range []string{"jira", "github"} {
		if !strings.Contains(rest, "id: "+site+"\n") {
			people = regexp.MustCompile(`(?m)^ +- \{site: `+site+`.*\n`).ReplaceAllString(people, "")
		}
	}
	head := fmt.Sprintf("data_dir: %s\nlisten: 127.0.0.1:0\nwebhooks: {listen: \"127.0.0.1:0\"}\naudit: {origin: acme.example/isms-register}\n", w.settings.DataDir)
	return head + people + rest, func(name string) (string, bool) {
		if strings.HasSuffix(name, "_WEBHOOK_SECRET") {
			name = "WEBHOOK_SECRET"
		}
		return rehearsal.Env(name)
	}
}

// presets is the folder of the presets, from whatever folder the configuration is read.
func (w *world) presets() string {
	w.Helper()
	dir, err := filepath.Abs(presets)
	w.must(err)
	return dir
}

// cast returns the people of the rehearsal with the roles of those of a preset.
func (w *world) cast(rehearsed, preset string) string {
	w.Helper()
	var c struct {
		People []struct{ Roles []string }
	}
	w.must(yaml.Unmarshal([]byte(preset), &c))
	people := regexp.MustCompile(`roles: \[.*\]`).ReplaceAllString(block(rehearsed, "people:"), "roles: []")
	for i, login := range []string{"irene", "rita", "olga"} {
		if i < len(c.People) {
			at := strings.Index(people, "- id: "+login+"\n")
			people = people[:at] + strings.Replace(people[at:], "roles: []", "roles: ["+strings.Join(c.People[i].Roles, ", ")+"]", 1)
		}
	}
	return people
}

// block returns a key of the top of a YAML file with all that belongs to it.
func block(text, key string) string {
	at := strings.Index("\n"+text, "\n"+key)
	if at < 0 {
		return ""
	}
	for i, line := range strings.SplitAfter(text[at:], "\n") {
		if i > 0 && line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\n") {
			return text[at : at+strings.Index(text[at:], line)]
		}
	}
	return text[at:]
}

// office reads the fields and the workflow that a document tells an administrator to set up.
func (w *world) office(file string) ([]jirasim.Field, *jirasim.Workflow) {
	w.Helper()
	fs := w.fieldsOf(file, "field")
	doc, err := os.ReadFile(filepath.Join(presets, file))
	w.must(err)
	effective, done := "Effective", "Done"
	flow := &jirasim.Workflow{Resolutions: []string{"Effective", "Exception accepted", "Rejected", "Duplicate", "Done"}}
	if strings.Contains(string(doc), "Lösungen") {
		effective, done = "Wirksam", "Erledigt"
		flow.Resolutions = []string{"Wirksam", "Ausnahme akzeptiert", "Abgelehnt", "Duplikat", "Erledigt"}
	}
	for i, row := range tableOf(string(doc), "from") {
		from, name, to := row[0], row[1], row[2]
		if from == "–" {
			flow.Initial = to
			flow.Statuses = append(flow.Statuses, jirasim.Status{ID: fmt.Sprint(10100 + i), Name: to, Category: "new"})
			continue
		}
		t := jirasim.Transition{ID: fmt.Sprint(10 * (i + 1)), Name: name, To: to}
		if from != "any" {
			t.From = []string{from}
		}
		switch name {
		case "Close", "Schließen":
			t.Screen, t.Resolution = []string{"resolution"}, done
		case "Confirm effective", "Wirksam bestätigen":
			t.Resolution = effective
		case "Reopen", "Not effective", "Wieder öffnen", "Nicht wirksam":
			t.Resolution = "-"
		}
		flow.Transitions = append(flow.Transitions, t)
		known := false
		for _, s := range flow.Statuses {
			known = known || s.Name == to
		}
		if !known {
			category := "indeterminate"
			if to == "Closed" || to == "Geschlossen" {
				category = "done"
			}
			flow.Statuses = append(flow.Statuses, jirasim.Status{ID: fmt.Sprint(10100 + i), Name: to, Category: category})
		}
	}
	// The last paragraph of the section: conformd moves from every status to every other.
	for i, s := range flow.Statuses {
		t := jirasim.Transition{ID: fmt.Sprint(1000 + i), Name: "conformd: move to " + s.Name, To: s.Name, Group: "conformd"}
		flow.Transitions = append(flow.Transitions, t)
	}
	return fs, flow
}

// fieldsOf reads the fields that a document tells an administrator to set up.
func (w *world) fieldsOf(file, column string) []jirasim.Field {
	w.Helper()
	doc, err := os.ReadFile(filepath.Join(presets, file))
	w.must(err)
	kinds := map[string]string{"select": jirasim.KindSelect, "short text": jirasim.KindText, "labels": jirasim.KindLabels, "paragraph": jirasim.KindParagraph, "date": jirasim.KindDate, "user": jirasim.KindUser, "number": jirasim.KindNumber}
	var fs []jirasim.Field
	for _, row := range tableOf(string(doc), column) {
		kind, options, _ := strings.Cut(row[1], ":")
		kind, _, _ = strings.Cut(strings.ReplaceAll(kind, ";", ","), ",")
		f := jirasim.Field{Name: row[0], Kind: kinds[kind]}
		if f.Kind == "" {
			w.fail("no field of Jira is a %q", row[1])
		}
		for o := range strings.SplitSeq(options, ",") {
			if o = strings.TrimSpace(o); o != "" {
				f.Options = append(f.Options, o)
			}
		}
		if f.Kind == jirasim.KindSelect && len(f.Options) == 0 {
			f.Options = []string{"Internal audit", "External audit", "Incident"}
		}
		fs = append(fs, f)
	}
	return fs
}

// simple is the workflow that a new project has.
func simple() *jirasim.Workflow {
	flow := &jirasim.Workflow{
		Initial:     "To Do",
		Statuses:    []jirasim.Status{{ID: "10000", Name: "To Do", Category: "new"}, {ID: "3", Name: "In Progress", Category: "indeterminate"}, {ID: "10001", Name: "Done", Category: "done"}},
		Resolutions: []string{"Done", "Won't Do", "Duplicate"},
	}
	for i, s := range flow.Statuses {
		t := jirasim.Transition{ID: fmt.Sprint(11 + 10*i), Name: s.Name, To: s.Name, Resolution: "-"}
		if s.Name == "Done" {
			t.Screen, t.Resolution = []string{"resolution"}, "Done"
		}
		flow.Transitions = append(flow.Transitions, t)
	}
	return flow
}

// tableOf returns the rows of the Markdown table whose first column has a name.
func tableOf(doc, first string) (rows [][]string) {
	in := false
	for line := range strings.SplitSeq(doc, "\n") {
		if !strings.HasPrefix(line, "|") {
			in = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == first:
			in = true
		case in && !strings.HasPrefix(cells[0], "---"):
			rows = append(rows, cells)
		}
	}
	return rows
}

// filled reads the fields that a person fills in: "NC grade: Minor", one a line; \n begins another
// line of a value.
func (w *world) filled(text string) map[string]any {
	w.Helper()
	out := map[string]any{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			w.fail("%q is no field with a value", line)
		}
		out[name] = strings.ReplaceAll(value, `\n`, "\n")
		if name == "Requirement not met" || name == "Nicht erfüllte Anforderung" || name == "labels" {
			var labels []any
			for l := range strings.FieldsSeq(value) {
				labels = append(labels, l)
			}
			out[name] = labels
		}
	}
	return out
}
