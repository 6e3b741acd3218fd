package reconcile_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// play does what one line of a scenario says. The verbs:
//
//	twins jira|github|both|none         which trackers get an issue for records from the other
//	mode jira|github observe|remind|reopen
//	github open <n> by=erik title="…" body=<file> labels=a,b
//	github close|reopen <n> by=erik [reason=completed]
//	github title|section|comment|label|unlabel|assign <n> by=erik …
//	jira open <key> by=irene summary="…" [field="…"]
//	jira field|move|comment|label <key> by=irene …
//	sync                                conformd looks at everything once
//	restart | die on "<method path>" [after]
//	advance <duration>                  time passes in both trackers and for conformd
//	fault jira|github <method> <path> before|after drop|status <n>|truncate|garbage [times=n]
//	show github <n> | jira <key> | register <n> | acts <n> | conflicts   <file>
//	writes none                         no write since the last look
//	webhooks on                         both trackers deliver to conformd from now on
//	webhook jira|github lose|duplicate <n> | hold | release | reverse
//	work                                conformd works on what deliveries hinted at, without looking
//	issues jira|github <n>              so many issues exist
func (w *world) play(line string) {
	w.Helper()
	a := fields(line)
	switch a[0] {
	case "twins":
		w.settings.JiraTwin = a[1] == "jira" || a[1] == "both"
		w.settings.GitHubTwin = a[1] == "github" || a[1] == "both"
	case "mode":
		if a[1] == "jira" {
			w.settings.JiraMode = a[2]
		} else {
			w.settings.GitHubMode = a[2]
		}
	case "github":
		w.github(a[1:])
	case "jira":
		w.jira(a[1:])
	case "sync":
		w.forgetRequests()
		w.pass()
	case "restart":
		w.daemon()
		w.kill()
	case "die":
		w.wire.after.Store(len(a) > 3 && a[3] == "after")
		w.wire.match.Store(regexp.MustCompile(a[2]))
	case "advance":
		d, err := time.ParseDuration(a[1])
		w.must(err)
		w.clock.Advance(d)
	case "fault":
		w.fault(a[1:])
	case "show":
		w.show(a[1:])
	case "webhooks":
		w.listen()
	case "webhook":
		w.webhook(a[1], a[2:])
	case "work":
		w.work()
	case "writes":
		w.noWrites()
	case "issues":
		w.issues(a[1], a[2])
	default:
		w.fail("unknown verb %q", a[0])
	}
}

// args are the words of a verb, with key=value pairs apart.
type args struct {
	w     *world
	words []string
	opts  map[string]string
}

func (w *world) args(a []string) args {
	x := args{w: w, opts: map[string]string{}}
	for _, s := range a {
		if k, v, ok := strings.Cut(s, "="); ok && regexp.MustCompile(`^[a-z]+$`).MatchString(k) {
			x.opts[k] = v
		} else {
			x.words = append(x.words, s)
		}
	}
	return x
}

// text returns a word, or the file that it names with a leading @.
func (x args) text(i int) string {
	x.w.Helper()
	if i >= len(x.words) {
		x.w.fail("a text is missing")
	}
	if f, ok := strings.CutPrefix(x.words[i], "@"); ok {
		return x.w.file(f)
	}
	return x.words[i]
}

func (w *world) github(a []string) {
	w.Helper()
	x := w.args(a[2:])
	n, err := strconv.Atoi(a[1])
	w.must(err)
	p := w.trackers.GitHub.As(x.opts["by"])
	switch a[0] {
	case "open":
		labels := []string{"capa"}
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
		w.must(p.Rewrite(n, section(w.trackers.GitHub.Issue(n).Body, x.text(0), x.text(1))))
	case "comment":
		_, err := p.Comment(n, x.text(0))
		w.must(err)
	case "label":
		w.must(p.Label(n, x.words...))
	case "unlabel":
		w.must(p.Unlabel(n, x.text(0)))
	case "assign":
		w.must(p.Assign(n, x.words...))
	case "delete":
		w.must(w.trackers.GitHub.As("admin").Delete(n))
	default:
		w.fail("unknown verb github %q", a[0])
	}
}

// section does what a person does in the editor of an issue: replaces what stands
// under one heading.
func section(body, heading, text string) string {
	re := regexp.MustCompile(`(?s)(### ` + regexp.QuoteMeta(heading) + `\n\n).*?(\n\n###|\n*$)`)
	if !re.MatchString(body) {
		return body + "\n\n### " + heading + "\n\n" + text
	}
	return re.ReplaceAllString(body, "${1}"+strings.ReplaceAll(text, "$", "$$")+"${2}")
}

func (w *world) jira(a []string) {
	w.Helper()
	x := w.args(a[2:])
	key := a[1]
	p := w.trackers.Jira.Person(x.opts["by"])
	switch a[0] {
	case "open":
		_, got, err := p.File("Nonconformity", x.opts["summary"], map[string]any{})
		w.must(err)
		if got != key {
			w.fail("the issue got key %s", got)
		}
	case "field":
		w.must(p.Edit(key, map[string]any{x.text(0): jiraValue(x.text(0), x.text(1))}))
	case "move":
		var f map[string]any
		if r := x.opts["resolution"]; r != "" {
			f = map[string]any{"resolution": map[string]any{"name": r}}
		}
		w.must(p.Move(key, x.text(0), f))
	case "comment":
		_, err := p.Comment(key, x.text(0))
		w.must(err)
	default:
		w.fail("unknown verb jira %q", a[0])
	}
}

// jiraValue gives a text the shape that a list field wants; the rest are texts.
func jiraValue(field, text string) any {
	if field == "Requirement not met" || field == "labels" {
		var out []any
		for s := range strings.SplitSeq(text, ",") {
			out = append(out, s)
		}
		return out
	}
	return text
}

func (w *world) fault(a []string) {
	w.Helper()
	x := w.args(a[1:])
	f := simkit.Fault{Method: x.words[0], Path: x.words[1], After: x.words[2] == "after", Do: x.words[3]}
	if f.Do == "status" {
		n, err := strconv.Atoi(x.words[4])
		w.must(err)
		f.Status = n
	}
	if s := x.opts["retry"]; s != "" {
		f.Header = map[string]string{"Retry-After": s}
	}
	if s := x.opts["times"]; s != "" {
		n, err := strconv.Atoi(s)
		w.must(err)
		f.Times = n
	}
	if a[0] == "jira" {
		w.trackers.Jira.Faults().Add(f)
		return
	}
	w.trackers.GitHub.Faults().Add(f)
}

// fields splits a line at spaces; a "quoted part" of a word may hold spaces.
func fields(line string) []string {
	var out []string
	var cur strings.Builder
	quoted, started := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case r == ' ' && !quoted:
			if started {
				out = append(out, cur.String())
			}
			cur.Reset()
			started = false
		default:
			cur.WriteRune(r)
			started = true
		}
	}
	if started {
		out = append(out, cur.String())
	}
	return out
}

// noWrites fails if conformd wrote to a tracker since the last sync began.
func (w *world) noWrites() {
	w.Helper()
	for name, f := range map[string]*simkit.Faults{"jira": w.trackers.Jira.Faults(), "github": w.trackers.GitHub.Faults()} {
		for _, r := range f.Requests() {
			if r.By == "conformd" && r.Method != "GET" && !strings.Contains(r.Path, "/search") && !strings.Contains(r.Path, "/bulkfetch") && !strings.HasSuffix(r.Path, "/comment/list") {
				w.Errorf("line %d: %s: %s %s", w.at, name, r.Method, r.Path)
			}
		}
	}
}

func (w *world) issues(where, n string) {
	w.Helper()
	got := len(w.trackers.GitHub.Issues())
	if where == "jira" {
		got = len(w.trackers.Jira.Snapshots())
	}
	if fmt.Sprint(got) != n {
		w.Errorf("line %d: %s has %d issues, want %s", w.at, where, got, n)
	}
}
