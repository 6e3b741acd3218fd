package reconcile_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
)

// play does what one line of a scenario says. The verbs:
//
//	twins jira|github|both|none         which trackers get an issue for records from the other
//	mode jira|github observe|remind|reopen
//	github open <n> by=erik title="…" body=<file> labels=a,b
//	github close|reopen <n> by=erik [reason=completed]
//	github title|section|comment|label|unlabel|assign <n> by=erik …
//	jira open <key> by=irene summary="…" [type=Task] [field="…"]
//	jira field|move|comment|label <key> by=irene …
//	jira fill <key> by=irene <file>     several fields at once: one line each, "NC grade: Minor"
//	jira reporter <key> olga by=irene   somebody filed it for olga
//	github|jira delete-comment|edit-comment <n> by=irene …   our last comment, or theirs
//	github body <n> by=erik <file>      the whole description is replaced
//	github unmark|marked <n> by=erik    the mark loses its installation, as an older conformd wrote it | it has one
//	github rename-label <old> <new>     for all issues at once, as an administrator does
//	github delete <n> | github account <login> bot | github role <login> read|write
//	jira account <login> [app|admin]    an account that the register does not know
//	jira edits <key> by=irene <n> <field> …  a field is edited n times, and shows the text with the number of the edit
//	jira hide|show <key>                conformd may not see the issue any more, or again
//	jira field-hidden|field-shown <field>   in the field configuration
//	jira rekey <key> <project> by=irene the issue moves to another project
//	jira deny|allow <login> <permission>
//	map <field> <label prefix>          GitHub shows a field as a label; before the first sync
//	config <old> <new>                  the configuration says new instead of old; before the first sync
//	lag <duration>                      Jira's search is that far behind from now on
//	deployment datacenter               Jira is a Data Center; stands first
//	preset <file> [<project>]           the configuration is that of configs/presets; stands first, see preset
//	meanwhile "<method path>" [skip=n] <verb …>  done by somebody just before that request of conformd arrives, the first n left out; may be repeated
//	meanwhile "<method path>" scan <binding>   conformd itself takes in all issues of a binding in that moment
//	sync                                conformd looks at everything once
//	look [<binding>]                    conformd looks at both trackers, or one, and works on nothing yet
//	sight <binding> <key>               conformd reads an issue that is bound to nothing, as after a webhook
//	sweep                               conformd takes in everything, and asks for what is not listed
//	restart | die on "<method path>" [after]
//	backup                              a copy of the register is made
//	lost                                the data directory is gone, as with a lost volume
//	second [release]                    a second conformd with a data directory of its own looks twice; release: a person lets it write first
//	restore [known]                     the copy takes its place; known: what was replaced can still be read
//	release <binding> | refuse <binding> <words>   a person lets writing go on, or may not yet
//	brake <binding> <words>|none        writing is stopped, for a reason with these words, or is not
//	entries <verb> <words> <n>          the log has so many entries of that verb with these words as their reason
//	comments github|jira <n|key> <n>    so many comments of conformd stand there
//	advance <duration>                  time passes in both trackers and for conformd
//	told | until <date> | off until <date> | show notices <file>   see year
//	fault jira|github <method> <path> before|after drop|status <n>|truncate|garbage [times=n] [retry=n]
//	fault jira|github over              no fault of that tracker is left
//	show github <n> | jira <key> | register <n> | things <n> | involved <n> | links <n> | acts <n> | conflicts   <file>
//	writes none|comments                no write since the last look, or only to conformd's comments
//	named github|jira <n|key>           every entry about the issue names who did it, by the tracker's own log
//	requests jira|github <method> <path> <n>   so many since the last look
//	webhooks on                         both trackers deliver to conformd from now on
//	webhook jira|github lose|duplicate <n> | hold | release | reverse
//	enter <n> <period> <value> by=<who>  a value of a record from the terminal
//	work                                conformd works on what deliveries hinted at, without looking
//	issues jira|github <n>              so many issues exist
func (w *world) play(line string) {
	w.Helper()
	a := fields(line)
	switch a[0] {
	case "today": // the world began with it
	case "twins":
		w.settings.JiraTwin = a[1] == "jira" || a[1] == "both"
		w.settings.GitHubTwin = a[1] == "github" || a[1] == "both"
	case "mode":
		if a[1] == "jira" {
			w.settings.JiraMode = a[2]
		} else {
			w.settings.GitHubMode = a[2]
		}
	case "deployment":
		w.start(jirasim.DataCenter)
	case "preset":
		w.startPreset(a[1:])
	case "map":
		if len(a) > 3 { // a kind of place and its name: section Target
			w.fields += fmt.Sprintf("      - {field: %s, from: {kind: %s, name: %q}}\n", a[1], a[2], a[3])
			break
		}
		w.fields += fmt.Sprintf("      - {field: %s, from: {kind: label, name: %q}}\n", a[1], a[2])
	case "config":
		w.edits = append(w.edits, []string{strings.ReplaceAll(a[1], `\n`, "\n"), strings.ReplaceAll(a[2], `\n`, "\n")})
	case "lag":
		d, err := time.ParseDuration(a[1])
		w.must(err)
		w.trackers.Jira.SetIndexLag(d)
	case "meanwhile":
		m := &meanwhile{match: regexp.MustCompile(a[1])}
		if old := w.wire.meanwhile.Load(); old != nil && old.match.String() == a[1] {
			m.acts = old.acts
		}
		act := a[2:]
		if n, ok := strings.CutPrefix(act[0], "skip="); ok {
			skip, err := strconv.Atoi(n)
			w.must(err)
			m.skip.Store(int32(skip))
			act = act[1:]
		}
		m.acts = append(m.acts, func() { w.act(act) })
		w.wire.meanwhile.Store(m)
	case "look":
		w.look(a[1:]...)
	case "sight":
		w.must(w.daemon().Ingest.Sight(w.Context(), a[1], connectors.Ref{Key: a[2]}))
	case "sweep":
		w.sweep()
	case "named":
		w.named(a[1], a[2])
	case "requests":
		w.requests(a[1], a[2], a[3], a[4])
	case "platform":
		w.platform(a[1:])
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
	case "backup":
		w.backup()
	case "lost":
		w.lost()
	case "second":
		w.second(len(a) > 1)
	case "restore":
		w.restore(len(a) > 1)
	case "entries":
		w.entries(a[1], a[2], a[3])
	case "release", "refuse", "brake":
		w.brake(a)
	case "comments":
		w.comments(a[1], a[2], a[3])
	case "advance":
		w.advance(a[1])
	case "told":
		w.told()
	case "until":
		w.until(a[1], true)
	case "off":
		w.until(a[2], false)
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
	case "enter":
		w.enter(a[1:])
	case "writes":
		w.writes(a[1])
	case "issues":
		w.issues(a[1], a[2])
	default:
		w.fail("unknown verb %q", a[0])
	}
}

// act does what one verb of a person says.
func (w *world) act(a []string) {
	w.Helper()
	switch a[0] {
	case "advance":
		w.advance(a[1])
	case "jira":
		w.jira(a[1:])
	case "scan":
		_, err := w.app.Ingest.Sweep(w.Context(), a[1])
		w.must(err)
	case "release":
		w.brake(a)
	case "fault":
		w.fault(a[1:])
	case "webhook":
		w.webhook(a[1], a[2:])
	default:
		w.github(a[1:])
	}
	w.settle() // whatever announces it is delivered first
}

// advance lets time pass.
func (w *world) advance(by string) {
	w.Helper()
	d, err := time.ParseDuration(by)
	w.must(err)
	w.clock.Advance(d)
}

// look has conformd take in what changed in both trackers, or in those of some bindings.
func (w *world) look(only ...string) {
	w.Helper()
	for _, b := range w.daemon().Bindings {
		if len(only) > 0 && !slices.Contains(only, b.ID) {
			continue
		}
		_, err := w.app.Ingest.Poll(w.Context(), b.ID)
		w.must(err)
	}
}

// sweep has conformd take in all issues of both trackers and work on what it found.
func (w *world) sweep() {
	w.Helper()
	w.forgetRequests()
	for _, b := range w.daemon().Bindings {
		if _, err := w.app.Ingest.Sweep(w.Context(), b.ID); err != nil {
			w.Logf("line %d: sweep of %s: %v", w.at, b.ID, err)
		}
	}
	_, err := w.app.Reconciler.Drain(w.Context(), 4)
	w.must(err)
}

// requests compares how many requests of conformd a tracker has seen.
func (w *world) requests(where, method, path, n string) {
	w.Helper()
	f := w.trackers.GitHub.Faults()
	if where == "jira" {
		f = w.trackers.Jira.Faults()
	}
	if got := fmt.Sprint(f.Count(method, path)); got != n {
		w.Errorf("line %d: %s got %s requests %s %s, want %s", w.at, where, got, method, path, n)
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
	switch a[0] {
	case "account":
		w.trackers.GitHub.AddUser(githubsim.User{Login: a[1], Token: a[1] + "-token", Role: githubsim.Write, Bot: slices.Contains(a[2:], "bot")})
		return
	case "rename-label":
		w.must(w.trackers.RenameLabel(w.Context(), a[1], a[2]))
		return
	case "role":
		w.trackers.GitHub.SetRole(a[1], rehearsal.Repo, githubsim.Role(a[2]))
		return
	}
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
	case "body":
		w.must(p.Rewrite(n, w.file(x.words[0])))
	case "unmark":
		w.must(p.Rewrite(n, installations.ReplaceAllString(w.trackers.GitHub.Issue(n).Body, " -->")))
	case "marked":
		if body := w.trackers.GitHub.Issue(n).Body; !strings.Contains(body, " of:"+w.daemon().Store.Installation()+" -->") {
			w.Errorf("line %d: the description does not say which installation wrote it:\n%s", w.at, body)
		}
	case "section":
		w.must(p.Rewrite(n, section(w.trackers.GitHub.Issue(n).Body, x.text(0), x.text(1))))
	case "comment":
		id, err := p.Comment(n, x.text(0))
		w.must(err)
		w.said["github"] = strconv.FormatInt(id, 10)
	case "edit-comment":
		id, err := strconv.ParseInt(w.said["github"], 10, 64)
		w.must(err)
		w.must(p.EditComment(id, x.text(0)))
	case "delete-comment":
		for _, c := range w.trackers.GitHub.Issue(n).Comments {
			if c.Author == "conformd" {
				w.must(p.DeleteComment(c.ID))
			}
		}
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
	switch a[0] {
	case "account":
		kind := slices.Concat(a[2:], []string{""})[0]
		w.apps[key] = kind == "app"
		w.trackers.Jira.AddUser(jirasim.User{Name: key, Secret: key + "-token", App: kind == "app", Admin: kind == "admin"})
		return
	case "hide", "show":
		w.must(w.trackers.Jira.Hide(key, "conformd", a[0] == "show"))
		return
	case "field-hidden", "field-shown":
		w.must(w.trackers.Jira.HideField(a[1], a[0] == "field-hidden"))
		return
	case "rekey":
		w.trackers.Jira.AddProject(x.text(0), x.text(0))
		w.must(w.trackers.Jira.MoveProject(key, x.text(0), x.opts["by"]))
		return
	case "deny":
		w.trackers.Jira.Deny(a[1], a[2])
		return
	case "allow":
		w.trackers.Jira.Allow(a[1], a[2])
		return
	}
	p := w.trackers.Jira.Person(x.opts["by"])
	switch a[0] {
	case "open":
		fields := map[string]any{}
		for i := 0; i+1 < len(x.words); i += 2 {
			fields[x.text(i)] = x.text(i + 1)
		}
		_, got, err := p.File(cmp.Or(x.opts["type"], "Nonconformity"), x.opts["summary"], fields)
		w.must(err)
		if got != key {
			w.fail("the issue got key %s", got)
		}
	case "field":
		w.must(p.Edit(key, map[string]any{x.text(0): jiraValue(x.text(0), x.text(1))}))
	case "fill":
		w.must(p.Edit(key, w.filled(w.file(x.text(0)))))
	case "edits":
		n, err := strconv.Atoi(x.text(0))
		w.must(err)
		for i := range n {
			w.must(p.Edit(key, map[string]any{x.text(1): fmt.Sprintf("%s %d", x.text(2), i+1)}))
		}
	case "reporter":
		w.must(p.Edit(key, map[string]any{"reporter": map[string]any{"accountId": w.trackers.Jira.Person(x.text(0)).AccountID()}}))
	case "move":
		var f map[string]any
		if r := x.opts["resolution"]; r != "" {
			f = map[string]any{"resolution": map[string]any{"name": r}}
		}
		w.must(p.Move(key, x.text(0), f))
	case "comment":
		id, err := p.Comment(key, x.text(0))
		w.must(err)
		w.said["jira"] = id
	case "edit-comment":
		w.must(p.EditComment(key, w.said["jira"], x.text(0)))
	case "delete":
		w.must(p.Delete(key))
	default:
		w.fail("unknown verb jira %q", a[0])
	}
}

// jiraValue gives a text the shape that the labels want; the other fields are texts.
func jiraValue(field, text string) any {
	if field == "labels" {
		var out []any
		for s := range strings.SplitSeq(text, ",") {
			out = append(out, s)
		}
		return out
	}
	if n, err := strconv.Atoi(text); err == nil && (field == "Customers concerned" || field == "Cost") {
		return n // a field of numbers
	}
	return text
}

func (w *world) fault(a []string) {
	w.Helper()
	faults := w.trackers.GitHub.Faults()
	if a[0] == "jira" {
		faults = w.trackers.Jira.Faults()
	}
	x := w.args(a[1:])
	if x.words[0] == "over" {
		faults.Clear()
		return
	}
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
	faults.Add(f)
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
// writes looks whether the last pass wrote nothing, or nothing but conformd's comments.
func (w *world) writes(what string) {
	w.Helper()
	for name, f := range map[string]*simkit.Faults{"jira": w.trackers.Jira.Faults(), "github": w.trackers.GitHub.Faults()} {
		for _, r := range f.Requests() {
			if r.By == "conformd" && r.Method != "GET" && !strings.Contains(r.Path, "/search") && r.Path != "/graphql" && !strings.Contains(r.Path, "/bulkfetch") && !strings.HasSuffix(r.Path, "/comment/list") &&
				(what != "comments" || !strings.Contains(r.Path, "/comments/") && !strings.Contains(r.Path, "/comment/")) {
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
