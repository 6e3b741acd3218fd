package register_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

var update = flag.Bool("update", false, "rewrite docs/iso27001.md")

// TestDocumentShowsTheRules keeps the traceability table of docs/iso27001.md equal
// to the rules as they are: an auditor reads it, so it must not go stale.
func TestDocumentShowsTheRules(t *testing.T) {
	const path, begin, end = "../docs/iso27001.md", "<!-- rules: written by go test ./register -run Document -update -->\n", "<!-- end of rules -->"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the rules", path)
	}
	want := head + begin + rules() + end + tail
	want = replaced(t, want, "<!-- rigour: written by go test ./register -run Document -update -->\n", "<!-- end of rigour -->", shippedRigour())
	want = replaced(t, want, "<!-- transitions: written by go test ./register -run Document -update -->\n", "<!-- end of transitions -->", transitions())
	want = replaced(t, want, "<!-- standards: written by go test ./register -run Document -update -->\n", "<!-- end of standards -->", clauses())
	if want == string(b) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale, run with -update (-have +want):\n%s", path, cmp.Diff(string(b), want))
	}
	if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replaced returns a text with what stands between two marks replaced.
func replaced(t *testing.T, text, begin, end, by string) string {
	t.Helper()
	head, rest, ok := strings.Cut(text, begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("docs/iso27001.md has no %s", strings.TrimSpace(begin))
	}
	return head + begin + by + end + tail
}

// transitions is the lifecycle as a diagram, and as the table that it is.
func transitions() string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nstateDiagram-v2\n")
	for _, t := range register.Transitions() {
		if t.On == register.OnMove || t.On == register.OnReview || t.On == register.OnReopened && t.From != register.Accepted || t.On == register.OnAccepted || t.On == register.OnOver {
			label := string(t.On)
			if t.Act != "" {
				label += ": " + strings.ReplaceAll(string(t.Act), "_", " ")
			}
			fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, t.To, label)
		}
	}
	b.WriteString("```\n\n| from | to | on | takes the role for | rules that are asked | and then |\n|---|---|---|---|---|---|\n")
	for _, t := range register.Transitions() {
		asked := "–"
		if t.On == register.OnMove {
			var ids []string
			for _, r := range register.DefaultPolicy().Table() {
				up := t.To != register.StateRejected && r.To != register.StateRejected && r.To.Rank() <= t.To.Rank()
				if r.Severity == register.Must && (up || r.To == t.To) {
					ids = append(ids, r.ID)
				}
			}
			asked = strings.Join(ids, " ")
		}
		if t.On == register.OnAccepted {
			asked = register.AcceptanceGuard().ID
		}
		act := "–"
		if t.Act != "" {
			act = "`" + string(t.Act) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", t.From, t.To, t.On, act, asked, t.Effect)
	}
	b.WriteString("\n")
	return b.String()
}

// shippedRigour is the rigour matrix that conformd ships.
func shippedRigour() string {
	var b strings.Builder
	b.WriteString("\n| records | what is asked for |\n|---|---|\n")
	for _, x := range register.DefaultRigour() {
		fmt.Fprintf(&b, "| %s | %s |\n", x.When.Words(), x.Words())
	}
	b.WriteString("\n")
	return b.String()
}

// clauses is the clause of each standard for each requirement key.
func clauses() string {
	var b strings.Builder
	head, rule := "\n| key | what it asks", "|---|---"
	for _, s := range register.Standards() {
		head, rule = head+" | "+s.Name, rule+"|---"
	}
	b.WriteString(head + " |\n" + rule + "|\n")
	for _, r := range register.Requirements() {
		fmt.Fprintf(&b, "| `%s` | %s", r.Key, r.Meaning)
		for _, s := range register.Standards() {
			label := s.Clause(r.Key).Marked()
			if label == "" {
				label = "none"
			}
			b.WriteString(" | " + label)
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n")
	return b.String()
}

func rules() string {
	var b strings.Builder
	b.WriteString("\n| rule | requirement | 2022 | 2013 | holds to enter | what it demands | kinds | grades |\n|---|---|---|---|---|---|---|---|\n")
	table := append(register.DefaultPolicy().Table(), register.AcceptanceGuard())
	slices.SortFunc(table, func(a, b register.RuleInfo) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range table {
		kinds := make([]string, len(r.Kinds))
		for i, k := range r.Kinds {
			kinds[i] = strings.ReplaceAll(string(k), "_", " ")
		}
		grades := "all"
		if r.Grades != nil {
			gs := make([]string, len(r.Grades))
			for i, g := range r.Grades {
				gs[i] = string(g)
			}
			grades = strings.Join(gs, ", ")
		}
		holds := string(r.To)
		if r.Severity == register.Should {
			holds = "nothing; it is shown"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s | %s | %s |\n", r.ID, r.Requirement,
			register.Clause(r.Requirement, register.Edition2022), register.Clause(r.Requirement, register.Edition2013),
			holds, r.Sentence, strings.Join(kinds, ", "), grades)
	}
	b.WriteString("\n")
	return b.String()
}
