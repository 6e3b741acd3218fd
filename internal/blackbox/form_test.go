//go:build unix

package blackbox

import (
	"fmt"
	"strings"
	"time"
)

// A part is a text that both trackers hold: under a heading in GitHub, in a field in
// Jira, and by its own name in the register.
type part struct{ heading, name, field, says string }

func parts() []part {
	return []part{
		{"Root cause", "Root cause", "root_cause", "The feed of leavers runs late:"},
		{"Consequences", "Consequences", "consequences", "Text"},
		{"Containment and correction", "Containment", "correction", "Text"},
		{"Objective evidence", "Objective evidence", "evidence", "Text"},
	}
}

// complete is the body of a record that lacks only an independent review.
func complete(owner string) string {
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	var b strings.Builder
	for _, p := range [][2]string{
		{"What is wrong", "Three accounts of leavers were still enabled."},
		{"Requirement not met", "A.5.18"},
		{"Objective evidence", "An export of the identity provider."},
		{"Date identified", day(-20)},
		{"Where (process, system, team)", "Offboarding, team People"},
		{"Source reference", "IA-3"},
		{"Consequences", "None found."},
		{"Containment and correction", "The accounts were disabled the same day."},
		{"Similar nonconformities", "None found."},
		{"Root cause", "The feed of leavers runs late."},
		{"Corrective action plan", "- [x] Feed leavers a week ahead @" + owner + " due:" + day(5) + " evidence:https://acme.example/changes/81"},
		{"Effectiveness criteria", "No further case in two checks."},
		{"Effectiveness reviewer", "@rita"},
		{"Effectiveness review date", day(-1)},
		{"Change to the ISMS", "None: the documents ask for it."},
		{"Closing summary", "The action is in place."},
	} {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", p[0], p[1])
	}
	return strings.TrimSpace(b.String())
}
