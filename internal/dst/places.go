package dst

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/conformd/conformd/register"
)

// A shape says how values of a place are to be compared.
type shape int

const (
	words  shape = iota // a text or a line, in either markup
	choice              // one of a list
	day
	account // an account
	set     // one or more, in any order
)

// A place is where both trackers show one field of the register.
type place struct {
	field  register.Field
	shape  shape
	github string            // heading, or prefix of a label ending in "/"; see the constants
	jira   string            // name of the field, as Jira's history has it
	means  map[string]string // of a choice: what the words of the trackers mean in the register
	// spaced: Jira's history has the members of the set in one line.
	spaced bool
}

// The places of GitHub that are no heading.
const (
	ghTitle     = "@title"
	ghAssignees = "@assignees"
	ghLabels    = "@labels"
)

// places are the fields of the configuration of a rehearsal, written down a second time;
// see Options.LabelSets.
func places(labelSets bool) []place {
	const labels, requirements = 5, 7
	method := map[string]string{"5 whys": "five_whys", "fishbone": "fishbone", "fault tree": "fault_tree", "other": "other"}
	grade := map[string]string{"major": "major", "minor": "minor", "observation": "observation", "ofi": "ofi"}
	risk := map[string]string{"critical": "critical", "highest": "critical", "high": "high", "medium": "medium", "low": "low", "lowest": "low"}
	all := []place{
		{register.FieldTitle, words, ghTitle, "summary", nil, false},
		{register.FieldProblem, words, "What is wrong", "description", nil, false},
		{register.FieldOwner, account, ghAssignees, "assignee", nil, false},
		{register.FieldGrade, choice, "grade/", "NC grade", grade, false},
		{register.FieldRisk, choice, "risk/", "priority", risk, false},
		{register.FieldLabels, set, ghLabels, "labels", nil, true},
		{register.FieldSourceRef, words, "Source reference", "Source reference", nil, false},
		{register.FieldRequirements, set, "Requirement not met", "Requirement not met", nil, false},
		{register.FieldEvidence, words, "Objective evidence", "Objective evidence", nil, false},
		{register.FieldLocation, words, "Where (process, system, team)", "Where", nil, false},
		{register.FieldIdentified, day, "Date identified", "Date identified", nil, false},
		{register.FieldConsequences, words, "Consequences", "Consequences", nil, false},
		{register.FieldCorrection, words, "Containment and correction", "Containment", nil, false},
		{register.FieldCauseMethod, choice, "Root cause method", "Root cause method", method, false},
		{register.FieldRootCause, words, "Root cause", "Root cause", nil, false},
		{register.FieldSimilarity, words, "Similar nonconformities", "Similar review", nil, false},
		{register.FieldActionPlan, words, "Corrective action plan", "Corrective action plan", nil, false},
		{register.FieldCriteria, words, "Effectiveness criteria", "Effectiveness criteria", nil, false},
		{register.FieldReviewDue, day, "Effectiveness review date", "Effectiveness due", nil, false},
		{register.FieldReviewer, account, "Effectiveness reviewer", "Effectiveness reviewer", nil, false},
		{register.FieldISMSChange, words, "Change to the ISMS", "Change to the ISMS", nil, false},
		{register.FieldCloseSummary, words, "Closing summary", "Closing summary", nil, false},
		{register.FieldDue, day, "", "duedate", nil, false},
	}
	if labelSets {
		all[labels].github = ""
		all[requirements].github, all[requirements].spaced = ghLabels, true
	}
	return all
}

// in names the place in one of the trackers.
func (p place) in(side string) string {
	if side == jira {
		return p.jira
	}
	return p.github
}

// known are the headings of the form as sights compares them.
func known(labelSets bool) []string {
	var out []string
	for _, p := range places(labelSets) {
		if p.github != "" && !strings.HasPrefix(p.github, "@") && !strings.HasSuffix(p.github, "/") {
			out = append(out, named(p.github))
		}
	}
	return out
}

// An issueState is what an issue shows at one time, as its tracker's log tells it.
type issueState struct {
	side      string
	labelSets bool              // see Options.LabelSets
	fields    map[string]string // Jira's, by name; "title" and "body" of GitHub
	labels    []string          // GitHub
	assignees []string          // GitHub, logins
}

// look returns what stands at each place of an issue.
func (s issueState) look() map[register.Field]sight {
	out := map[register.Field]sight{}
	var under map[string]sight
	if s.side == github {
		under = sights(s.fields["body"], known(s.labelSets))
	}
	for _, p := range places(s.labelSets) {
		switch {
		case s.side == jira:
			out[p.field] = p.read(s.fields[p.jira])
		case p.github == "":
		case p.github == ghTitle:
			out[p.field] = at(s.fields["title"])
		case p.github == ghAssignees:
			out[p.field] = at(strings.Join(slices.Sorted(slices.Values(s.assignees)), "\n"))
		case p.github == ghLabels:
			out[p.field] = at(strings.Join(slices.DeleteFunc(slices.Clone(s.labels), notTheirs), "\n"))
		case strings.HasSuffix(p.github, "/"):
			out[p.field] = p.labelled(s.labels)
		default:
			x := under[named(p.github)]
			if x.seen == clear {
				x = p.read(x.text)
			}
			out[p.field] = x
		}
	}
	return out
}

// The trackers, as their logs and edits name them.
const (
	jira   = "jira"
	github = "github"
)

// notTheirs reports whether a label is none of the people's own.
func notTheirs(l string) bool {
	low := strings.ToLower(l)
	return low == "capa" || strings.HasPrefix(low, "conformd:") || strings.HasPrefix(low, "conformd-") || strings.HasPrefix(low, "grade/") || strings.HasPrefix(low, "risk/")
}

// labelled reads the labels of a prefix.
func (p place) labelled(labels []string) sight {
	var found []string
	for _, l := range labels {
		if v, ok := strings.CutPrefix(strings.ToLower(l), p.github); ok {
			found = append(found, v)
		}
	}
	switch {
	case len(found) == 0:
		return sight{}
	case len(found) > 1:
		return sight{strings.Join(found, " "), unclear}
	}
	return p.read(found[0])
}

// read reads the words at a place: what means nothing there is unclear.
func (p place) read(s string) sight {
	switch p.shape {
	case words:
		return at(theirs(s))
	case choice:
		if _, ok := p.means[strings.ToLower(strings.TrimSpace(s))]; !ok && strings.TrimSpace(s) != "" {
			return sight{s, unclear}
		}
	case day:
		if s = strings.TrimSpace(s); s != "" && !date.MatchString(s) {
			return sight{s, unclear}
		}
	case set:
		if p.spaced {
			s = strings.Join(slices.DeleteFunc(strings.Fields(s), notTheirs), "\n")
		}
	case account:
	}
	return at(strings.TrimSpace(s))
}

var date = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// theirs is a text without the lines that conformd writes below a description.
func theirs(s string) string {
	return strings.TrimSpace(strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), ours), "\n"))
}

// value returns what stands at a place in the register's words, as far as two values are
// to be compared: of a text its words, of an account the person.
func (p place) value(s string, people map[string]string) string {
	switch p.shape {
	case words:
		return said(s)
	case choice:
		return p.means[strings.ToLower(strings.TrimSpace(s))]
	case account:
		who := strings.Trim(strings.ReplaceAll(s, "\u200b", ""), "@` ")
		if id, ok := people[who]; ok {
			return id
		}
		return who
	case set:
		return strings.Join(p.members(s), "\n")
	case day:
	}
	return strings.TrimSpace(s)
}

// members are those of a set, in one spelling and order.
func (p place) members(s string) []string {
	var out []string
	for m := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		m = strings.TrimLeft(strings.TrimSpace(strings.ToLower(m)), "-* ")
		if p.field == register.FieldLabels {
			m = strings.ReplaceAll(m, " ", "-")
		}
		if m != "" {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	macro = regexp.MustCompile(`\{(code|noformat|quote|color)[^}\n]*\}`)
	info  = regexp.MustCompile("(`{3,}|~{3,})[^\\s`]*")
	rank  = regexp.MustCompile(`(?m)^\s*(h[1-6]|bq)\. `)
	tag   = regexp.MustCompile(`<!--.*?-->|</?(details|summary)>`)
)

// said are the words of a text, whatever its markup.
func said(s string) string {
	s = strings.NewReplacer("\u200b", "", "\u2060", "").Replace(s) // marks that keep a text from doing anything
	for _, x := range []*regexp.Regexp{macro, info, rank, tag} {
		s = x.ReplaceAllString(s, " ")
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
