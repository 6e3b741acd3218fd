package reconcile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestTheOutcomeDoesNotDependOnWhenConformdLooks has people do the same things in
// every order, and compares what the register holds in the end when conformd looks
// after each of them with what it holds when it looks once. Attack 16.
func TestTheOutcomeDoesNotDependOnWhenConformdLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("forty-eight stories one after the other, which is no quick test")
	}
	story, err := txtar.ParseFile("testdata/quick_reviewer.txtar")
	if err != nil {
		t.Fatal(err)
	}
	acts := [][]string{
		{`github section 1 by=erik "Root cause" "No owner for the leaver feed, nobody noticed that it stopped"`},
		{`github comment 1 by=irene "/capa approve-plan"`},
		{`github comment 1 by=rita "/capa effective Compared four weekly exports with the leaver list."`},
		{`github close 1 by=erik`, `jira field ISMS-1 by=olga "Change to the ISMS" "Offboarding procedure 3.2 names the feed and its owner."`},
	}
	counted := 0
	for _, order := range permutations(len(acts)) {
		var lines []string
		for _, i := range order {
			lines = append(lines, acts[i]...)
		}
		name := strings.Join(lines, " | ")
		often := playOrder(t, story, lines, true)
		once := playOrder(t, story, lines, false)
		if d := cmp.Diff(often, once); d != "" {
			t.Errorf("%s: the register differs (-looked after each +looked once):\n%s", name, d)
		}
		if strings.HasPrefix(once, "state: closed") {
			counted++
		}
	}
	if n := len(permutations(len(acts))); counted == 0 || counted == n {
		t.Errorf("%d of %d orders end with a closed record: the order should matter", counted, n)
	}
}

func playOrder(t *testing.T, story *txtar.Archive, acts []string, often bool) string {
	t.Helper()
	w := newWorld(t, &txtar.Archive{Files: story.Files})
	for _, line := range []string{
		`github open 1 by=erik title="Leavers keep their accounts" body=form labels=grade/minor,risk/high`,
		`github assign 1 by=erik erik`, "sync", `github comment 1 by=irene "/capa triage"`, "sync", "sync", "advance 1m",
	} {
		w.play(line)
	}
	for _, line := range acts {
		w.play(line)
		w.play("advance 15s")
		if often {
			w.play("sync")
			w.play("advance 15s")
		}
	}
	for range 3 {
		w.play("advance 1m")
		w.play("sync")
	}
	text := w.registerText("1")
	w.kill()
	return text
}

// permutations returns the orders of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, p := range permutations(n - 1) {
		for i := range n {
			q := append(append(append([]int{}, p[:i]...), n-1), p[i:]...)
			out = append(out, q)
		}
	}
	return out
}
