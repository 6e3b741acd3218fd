package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/rehearsal"
)

// A part is a field of a record with its heading on GitHub and its name in Jira.
type part struct{ heading, field, text string }

// A report is a finding as somebody filed it, as complete as it got.
type report struct {
	title, grade, owner string
	risk                string // "" while nobody has judged it
	parts               []part
}

// File files n records in the two trackers, as the people of the rehearsal do: two
// of three in GitHub, the rest in Jira, from just reported to complete.
func File(w *rehearsal.World, n int) error {
	players := rehearsal.Players()
	now := w.Clock.Now()
	for i := range n {
		r := reportOf(i, now)
		by := players[1+i%2].Login
		if i%3 == 2 {
			if err := fileJira(w, by, r); err != nil {
				return fmt.Errorf("file record %d: %w", i+1, err)
			}
			continue
		}
		if _, err := fileGitHub(w, by, r); err != nil {
			return fmt.Errorf("file record %d: %w", i+1, err)
		}
	}
	return nil
}

// reportOf makes the record i out of the table of findings.
func reportOf(i int, now time.Time) report {
	fs, ss, ts := findings(), systems(), teams()
	f, system, team := fs[i%len(fs)], ss[(i+i/len(fs))%len(ss)], ts[(i*3+i/len(fs))%len(ts)]
	say := func(t string) string {
		if !strings.Contains(t, "%[") {
			return t
		}
		s := fmt.Sprintf(t+"%[1]s%[2]s", system, team)
		return upper(strings.TrimSuffix(s, system+team))
	}
	found := now.AddDate(0, 0, -20-i%50).Format(time.DateOnly)
	owner := rehearsal.Players()[1+i%2].Login
	done := "x"
	if i%4 == 1 {
		done = " "
	}
	plan := fmt.Sprintf("- [%s] %s @%s due:%s", done, say(f.action), owner, now.AddDate(0, 0, 10+i%30).Format(time.DateOnly))
	if done == "x" {
		plan += fmt.Sprintf(" evidence:https://acme.example/changes/%d", 4100+i)
	}
	all := []part{
		{"What is wrong", "description", say(f.problem)},
		{"Requirement not met", "Requirement not met", f.requirement},
		{"Objective evidence", "Objective evidence", say(f.evidence)},
		{"Date identified", "Date identified", found},
		{"Where (process, system, team)", "Where", upper(system) + ", team " + team},
		{"Source reference", "Source reference", fmt.Sprintf("IA-%d / F-%02d", now.Year(), i+1)},
		{"Consequences", "Consequences", say(f.consequences)},
		{"Containment and correction", "Containment", say(f.correction)},
		{"Similar nonconformities", "Similar review", "Looked for the same in the other systems of the team: none found."},
		{"Root cause", "Root cause", say(f.cause)},
		{"Corrective action plan", "Corrective action plan", plan},
		{"Effectiveness criteria", "Effectiveness criteria", "No further case in the next two monthly checks."},
		{"Effectiveness reviewer", "Effectiveness reviewer", "rita"},
		{"Effectiveness review date", "Effectiveness due", now.AddDate(0, 0, -1).Format(time.DateOnly)},
		{"Change to the ISMS", "Change to the ISMS", "None: the documents already ask for it."},
		{"Closing summary", "Closing summary", "The action is in place and was checked."},
	}
	complete := []int{2, 5, 6, 9, 11, len(all)}[i%6]
	risk := []string{"", "medium", "low", "high", "medium", "high"}[i%6]
	title := say(f.title)
	if !strings.Contains(f.title, "%[") {
		title += " (" + team + ")"
	}
	return report{title: title, grade: f.grade, owner: owner, risk: risk, parts: all[:complete]}
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// body is the body of an issue, as GitHub's form of the rehearsal renders it.
func (r report) body() string {
	var b strings.Builder
	for _, p := range r.parts {
		text := p.text
		if p.heading == "Effectiveness reviewer" {
			text = "@" + text
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", p.heading, text)
	}
	return strings.TrimSpace(b.String())
}

func fileGitHub(w *rehearsal.World, by string, r report) (int, error) {
	labels := []string{"capa", "grade/" + r.grade}
	if r.risk != "" {
		labels = append(labels, "risk/"+r.risk)
	}
	n, err := w.GitHub.As(by).Open(r.title, r.body(), labels...)
	if err != nil {
		return 0, err
	}
	return n, w.GitHub.As(by).Assign(n, r.owner)
}

func fileJira(w *rehearsal.World, by string, r report) error {
	fields := map[string]any{"NC grade": upper(r.grade), "assignee": r.owner}
	if r.risk != "" {
		fields["priority"] = upper(r.risk)
	}
	for _, p := range r.parts {
		text := p.text
		if p.field == "Corrective action plan" {
			text = strings.Replace(strings.Replace(text, "- [x]", `* \[x]`, 1), "- [ ]", `* \[ ]`, 1)
		}
		fields[p.field] = text
	}
	_, key, err := w.Jira.Person(by).File("Nonconformity", r.title, fields)
	if err != nil || len(r.parts) < 9 {
		return err
	}
	// Who got that far has moved the issue on: an ISMS manager, who triages it by that, and
	// the engineer.
	if err := w.Jira.Person("irene").Move(key, "Accept into register", nil); err != nil || len(r.parts) < 11 {
		return err
	}
	return w.Jira.Person(by).Move(key, "Plan actions", nil)
}
