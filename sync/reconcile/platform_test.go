package reconcile_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/conformd/conformd/internal/rehearsal"
)

// platform does what a line about a team's repository says: "platform on" adds it,
// the others are people at work in it.
//
//	platform on
//	platform open <n> by=erik title="…" body=<file> labels=a,b
//	platform untouched                  conformd never wrote there
//	platform delete <n>
//	platform close|reopen|title|section|label|unlabel|assign|comment <n> by=erik …
func (w *world) platform(a []string) {
	w.Helper()
	if a[0] == "on" {
		w.settings.Platform = true
		w.must(w.trackers.AddPlatform(w.Context()))
		return
	}
	if a[0] == "untouched" {
		for _, c := range w.trackers.GitHub.Truth().All() {
			if c.By == "conformd" && strings.Contains(c.Issue, "/"+rehearsal.PlatformRepo+"#") {
				w.Errorf("line %d: conformd changed %s of %s", w.at, c.Field, c.Issue)
			}
		}
		return
	}
	x := w.args(a[2:])
	n, err := strconv.Atoi(a[1])
	w.must(err)
	p := w.trackers.GitHub.As(x.opts["by"]).In(rehearsal.PlatformRepo)
	switch a[0] {
	case "open":
		labels := []string{"capa-action"}
		if l := x.opts["labels"]; l != "" {
			labels = append(labels, strings.Split(l, ",")...)
		}
		got, err := p.Open(x.opts["title"], w.file(x.opts["body"]), labels...)
		w.must(err)
		if got != n {
			w.fail("the issue got number %d", got)
		}
	case "close":
		reason := x.opts["reason"]
		if reason == "" {
			reason = "completed"
		}
		w.must(p.Close(n, reason))
	case "reopen":
		w.must(p.Reopen(n))
	case "title":
		w.must(p.Retitle(n, x.text(0)))
	case "section":
		w.must(p.Rewrite(n, section(w.trackers.GitHub.IssueIn(rehearsal.PlatformRepo, n).Body, x.text(0), x.text(1))))
	case "label":
		w.must(p.Label(n, x.words...))
	case "unlabel":
		w.must(p.Unlabel(n, x.text(0)))
	case "assign":
		w.must(p.Assign(n, x.words...))
	case "delete":
		w.must(w.trackers.GitHub.As("admin").In(rehearsal.PlatformRepo).Delete(n))
	case "comment":
		_, err := p.Comment(n, x.text(0))
		w.must(err)
	default:
		w.fail("unknown verb platform %q", a[0])
	}
}

// actionsText lists the actions of a record and where it stands.
func (w *world) actionsText(n string) string {
	r := w.row(n)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Record.Ref, r.Record.State)
	if r.Record.Requested != "" {
		fmt.Fprintf(&b, " (%s requested)", r.Record.Requested)
	}
	if m := r.Record.Fields["missing"]; m != "" {
		fmt.Fprintf(&b, ", missing %s", strings.ReplaceAll(m, "\n", " "))
	}
	b.WriteString("\n")
	for _, a := range r.Record.Actions {
		fmt.Fprintf(&b, "%s, %s: %s", a.Kind, a.State, a.Title)
		for _, x := range []struct{ lead, value string }{{"assignee", a.Assignee}, {"due", a.Due}, {"evidence", a.Evidence}, {"cancelled because", a.Reason}} {
			if x.value != "" {
				fmt.Fprintf(&b, "; %s %s", x.lead, addresses.ReplaceAllString(x.value, "http://tracker"))
			}
		}
		if !a.Done.IsZero() {
			b.WriteString("; done")
		}
		b.WriteString("\n")
	}
	if r.Problem != "" {
		fmt.Fprintf(&b, "attention: %s\n", addresses.ReplaceAllString(r.Problem, "http://tracker"))
	}
	return b.String()
}

// bindingsText lists what is wrong with bindings.
func (w *world) bindingsText() string {
	bs, err := w.daemon().Store.Bindings(w.Context())
	w.must(err)
	var b strings.Builder
	for _, x := range bs {
		if x.Problem == "" {
			x.Problem = "in order"
		}
		fmt.Fprintf(&b, "%s: %s\n", x.ID, x.Problem)
	}
	return b.String()
}
