//go:build unix

package blackbox

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// altered judges a copy of a picture with one thing changed.
func (a alteration) altered(p *picture) (wrong []string, ok bool) {
	q := *p
	q.truth = maps.Clone(p.truth)
	if !a.do(&q) {
		return nil, false
	}
	return judge(&q).wrong, true
}

// controls alters the picture of a world that was found good, and has it judged.
func (l *lane) controls(p *picture) {
	l.Helper()
	for _, a := range alterations() {
		wrong, ok := a.altered(p)
		if !ok {
			continue
		}
		if !complains(wrong, a.wants) {
			l.Errorf("the judge did not notice %s: %q", a.name, wrong)
		}
		l.sum.add("altered pictures found", 1)
	}
}

func complains(wrong []string, of string) bool {
	return slices.ContainsFunc(wrong, func(w string) bool { return strings.HasPrefix(w, of+":") })
}

// TestJudge has the judge look at a small world in which all is well, and at the same
// world with one thing wrong. What it does not notice it would not notice in a world
// of processes either.
func TestJudge(t *testing.T) {
	if wrong := judge(wellWorld()).wrong; len(wrong) != 0 {
		t.Fatalf("the judge complains of a good world: %q", wrong)
	}
	for _, a := range alterations() {
		t.Run(a.name, func(t *testing.T) {
			wrong, ok := a.altered(wellWorld())
			if !ok {
				t.Fatal("there is nothing to alter")
			}
			if !complains(wrong, a.wants) {
				t.Errorf("the judge says %q, want a complaint of %s", wrong, a.wants)
			}
		})
	}
}

// wellWorld has one record, which Olga filed in Jira and conformd in GitHub.
func wellWorld() *picture {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	texts := map[string]string{"title": "Title j00001x", "evidence": ""}
	p := &picture{
		records: []record{{
			Ref: "NC-2026-0001", State: "reported", Fields: map[string]string{"title": "Title j00001x"},
			Issues: []link{{"jira-isms", "ISMS-1", "bound"}, {"gh-isms", "acme/isms#1", "bound"}},
		}},
		issues: map[string]*issue{
			"ISMS-1":      {tracker: "jira", id: "10001", texts: texts, all: "Title j00001x", marker: "conformd-id-1"},
			"acme/isms#1": {tracker: "github", id: "acme/isms#1", texts: texts, all: "Title j00001x", marker: "1"},
		},
		truth: map[string][]change{
			"jira":   {{Seq: 1, At: at, Issue: "10001", Field: "created", To: "ISMS-1", By: "olga", Request: "1"}, {Seq: 2, At: at, Issue: "10001", Field: "summary", To: "Title j00001x", By: "olga", Request: "1"}},
			"github": {{Seq: 1, At: at.Add(time.Second), Issue: "acme/isms#1", Field: "created", To: "Title j00001x", By: bot, Request: "a"}},
		},
		requests: map[string][]request{},
		kills:    1,
	}
	p.announce("gh-isms", "acme/isms#1", "a", at)
	p.log[len(p.log)-2].Entry.Origin.Key = "acme/isms#1"
	p.log[len(p.log)-2].Seq, p.log[len(p.log)-1].Seq, p.log[len(p.log)-1].Entry.Intent = 1, 2, 1
	return p
}
