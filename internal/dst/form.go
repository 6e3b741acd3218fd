package dst

import (
	"fmt"
	"regexp"
	"strings"
)

// form is an issue that lacks only its root cause.
func form(token string) string {
	var b strings.Builder
	for _, s := range [][2]string{
		{"Source reference", "IA-2026 / F-1"},
		{"Requirement not met", "A.5.18"},
		{"What is wrong", "Accounts stay enabled, " + token + "."},
		{"Objective evidence", "Export compared."},
		{"Where (process, system, team)", "Offboarding"},
		{"Date identified", "1999-12-01"},
		{"Consequences", "None found."},
		{"Containment and correction", "Disabled the same day."},
		{"Root cause", "_No response_"},
		{"Similar nonconformities", "None found."},
		{"Corrective action plan", "- [x] Feed leavers ahead @erik due:2000-01-05 evidence:https://acme.example/1"},
		{"Effectiveness criteria", "No case in four weeks."},
		{"Effectiveness review date", "1999-12-30"},
		{"Effectiveness reviewer", "@rita"},
		{"Change to the ISMS", "None needed."},
		{"Closing summary", "Done by the feed."},
	} {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", s[0], s[1])
	}
	return strings.TrimSpace(b.String())
}

// rewrite does what a person does in the editor: replaces what stands under one
// heading.
func rewrite(body, heading, text string) string {
	re := regexp.MustCompile(`(?s)(### ` + regexp.QuoteMeta(heading) + `\n\n).*?(\n\n###|\n*$)`)
	if !re.MatchString(body) {
		return strings.TrimSpace(body) + "\n\n### " + heading + "\n\n" + text
	}
	return re.ReplaceAllString(body, "${1}"+text+"${2}")
}
