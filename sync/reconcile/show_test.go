package reconcile_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// show prints what a tracker, the register or the audit log says, without times
// and identifiers, and compares it with a file of the scenario.
func (w *world) show(a []string) {
	w.Helper()
	switch a[0] {
	case "github":
		n, err := strconv.Atoi(a[1])
		w.must(err)
		w.expect(a[2], w.githubText(n))
	case "jira":
		w.expect(a[2], w.jiraText(a[1]))
	case "register":
		w.expect(a[2], w.registerText(a[1]))
	case "actions":
		w.expect(a[2], w.actionsText(a[1]))
	case "bindings":
		w.expect(a[1], w.bindingsText())
	case "acts":
		w.expect(a[2], w.actsText(a[1]))
	case "things":
		w.expect(a[2], w.thingsText(a[1]))
	case "involved":
		w.expect(a[2], w.involvedText(a[1]))
	case "dates":
		w.expect(a[2], w.datesText(a[1]))
	case "exceptions":
		w.expect(a[2], w.exceptionsText(a[1]))
	case "links":
		w.expect(a[2], w.linksText(a[1]))
	case "conflicts":
		w.expect(a[1], w.conflictsText())
	case "notices":
		w.expect(a[1], w.noticesText())
	case "figures":
		text := w.figuresText(a[1])
		if len(a) == 4 { // one of them
			_, text, _ = strings.Cut(text, "\n"+a[2]+" ")
			text, _, _ = strings.Cut(text, "\n\n")
			text = a[2] + " " + text + "\n"
		}
		w.expect(a[len(a)-1], text)
	default:
		w.fail("cannot show %q", a[0])
	}
}

func (w *world) githubText(n int) string {
	is := w.trackers.GitHub.Issue(n)
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\nstate: %s", is.Title, is.State)
	if is.Reason != "" {
		fmt.Fprintf(&b, " (%s)", is.Reason)
	}
	labels := slices.Sorted(slices.Values(is.Labels))
	fmt.Fprintf(&b, "\nlabels: %s\n", strings.Join(labels, " "))
	if len(is.Assignees) > 0 {
		fmt.Fprintf(&b, "assignees: %s\n", strings.Join(is.Assignees, " "))
	}
	fmt.Fprintf(&b, "\n%s\n", hideMarker(is.Body))
	for _, c := range is.Comments {
		fmt.Fprintf(&b, "\n--- comment by %s\n%s\n", c.Author, hideMarker(c.Body))
	}
	return b.String()
}

func (w *world) jiraText(key string) string {
	is, ok := w.trackers.Jira.Snapshot(key)
	if !ok {
		w.fail("no issue %s", key)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "status: %s", is.Status)
	if is.Resolution != "" {
		fmt.Fprintf(&b, " (%s)", is.Resolution)
	}
	b.WriteString("\n")
	for _, f := range slices.Sorted(maps.Keys(is.Fields)) {
		v := is.Fields[f]
		if v == "" || f == "creator" || f == "reporter" || f == "issuetype" || f == "status" || f == "project" || f == "created" || f == "updated" {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", f, hideMarker(strings.ReplaceAll(v, "\n", "\n    ")))
	}
	for _, c := range is.Comments {
		fmt.Fprintf(&b, "\n--- comment\n%s\n", hideMarker(c))
	}
	return b.String()
}

func hideMarker(s string) string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if strings.Contains(l, "<!-- conformd:") {
			continue
		}
		l = addresses.ReplaceAllString(l, "http://tracker")
		l = untils.ReplaceAllString(l, "at <time>")
		out = append(out, markers.ReplaceAllString(l, "conformd-<marker>"))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n ")
}

// row finds a record by its number from 1.
func (w *world) row(n string) store.Row {
	w.Helper()
	r, err := w.daemon().Store.Record(w.Context(), fmt.Sprintf("NC-%d-%04s", w.clock.Now().Year(), n))
	if prefix, number, named := strings.Cut(n, "-"); named { // "AUD-0001", of whatever year
		rows, rerr := w.daemon().Store.Records(w.Context())
		w.must(rerr)
		for _, r := range rows {
			if strings.HasPrefix(r.Record.Ref, prefix+"-") && strings.HasSuffix(r.Record.Ref, "-"+number) {
				return r
			}
		}
		w.fail("no record %s", n)
	}
	if err != nil {
		// Numbers are given by the real clock's year.
		rows, rerr := w.daemon().Store.Records(w.Context())
		w.must(rerr)
		i, aerr := strconv.Atoi(n)
		w.must(aerr)
		if i > len(rows) {
			w.fail("no record %s: %v", n, err)
		}
		r = rows[i-1]
	}
	return r
}

func (w *world) registerText(n string) string {
	r := w.row(n)
	var b strings.Builder
	fmt.Fprintf(&b, "state: %s", r.Record.State)
	if r.Record.Requested != "" {
		fmt.Fprintf(&b, " (%s requested)", r.Record.Requested)
	}
	b.WriteString("\n")
	for _, info := range register.FieldsOf(r.Record) {
		if v := r.Record.Fields[info.Field]; v != "" && info.Field != register.FieldReporter { // show things
			fmt.Fprintf(&b, "%s: %s\n", info.Field, strings.ReplaceAll(v, "\n", " | "))
		}
	}
	for _, a := range r.Record.Approvals {
		fmt.Fprintf(&b, "decision: %s %s by %s", a.Subject, a.Outcome, a.By)
		if a.Refused != "" {
			fmt.Fprintf(&b, ", does not count: %s", a.Refused)
		}
		if a.Void != "" {
			fmt.Fprintf(&b, ", counts no longer: %s", a.Void)
		}
		b.WriteString("\n")
	}
	for _, m := range r.Record.Measurements {
		fmt.Fprintf(&b, "value: %s\n", present.Measurement(m, present.Names{}))
	}
	for _, l := range r.Record.Links {
		fmt.Fprintf(&b, "link: %s %s by %s (%s)", l.Kind.Words(), l.Ref, cmp.Or(l.By, "conformd"), l.Source)
		if !l.Counts() {
			fmt.Fprintf(&b, ", counts no longer: %s", l.Void)
		}
		b.WriteString("\n")
	}
	for _, p := range r.Record.Proposals {
		fmt.Fprintf(&b, "waits: %s %q by %s in %s\n", p.Field, p.Value, cmp.Or(p.By, "somebody"), p.From)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "problem: %s\n", p)
	}
	if r.Problem != "" {
		fmt.Fprintf(&b, "attention: %s\n", times.ReplaceAllString(addresses.ReplaceAllString(r.Problem, "http://tracker"), "<time>"))
	}
	return b.String()
}

// thingsText says who raised a record, and lists its causes, corrections, actions and evidence
// by their ids.
func (w *world) thingsText(n string) string {
	var b strings.Builder
	r := w.row(n).Record
	fmt.Fprintf(&b, "reported by %s\n", cmp.Or(r.Fields[register.FieldReporter], "somebody"))
	things := r.Things()
	for _, c := range things.Causes {
		fmt.Fprintf(&b, "%s %s\n", c.ID, c.Text)
	}
	for _, c := range things.Corrections {
		fmt.Fprintf(&b, "%s %s\n", c.ID, c.Text)
	}
	for _, a := range things.Actions {
		fmt.Fprintf(&b, "%s %s, for %s\n", a.ID, a.Title, cmp.Or(a.Addressed(), "any"))
	}
	for _, e := range things.Evidence {
		fmt.Fprintf(&b, "%s %s: %s, of %s, by %s\n", e.ID, e.Kind, e.URI+e.Text, e.Of, cmp.Or(e.By, "somebody"))
	}
	return b.String()
}

// involvedText lists who may not review a record, and why.
func (w *world) involvedText(n string) string {
	var b strings.Builder
	for _, i := range w.row(n).Record.Involved {
		fmt.Fprintf(&b, "%s %s", cmp.Or(i.Person, "somebody"), i.As)
		if i.Field != "" {
			fmt.Fprintf(&b, " of %s", i.Field)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// actsText lists the audit entries about a record and the issues bound to it.
func (w *world) actsText(n string) string {
	r := w.row(n)
	links, err := w.app.Store.BoundIssues(w.Context(), r.Record.ID)
	w.must(err)
	bound := map[string]bool{}
	for _, l := range links {
		bound[l.Binding+" "+l.Ref.ID] = true
	}
	var b strings.Builder
	for e, err := range auditdb.Read(w.Context(), w.app.Store.Reader(), 0, -1) {
		w.must(err)
		if s := e.Entry.Subject; s.ID != r.Record.ID && (s.Type != audit.SubjectIssue || !bound[e.Entry.Origin.Binding+" "+s.ID]) {
			continue
		}
		fmt.Fprintf(&b, "%s", e.Entry.Verb)
		if e.Entry.Actor.ID != "" {
			fmt.Fprintf(&b, " by %s (%s)", e.Entry.Actor.ID, e.Entry.Actor.How)
		}
		if e.Entry.Origin.Binding != "" {
			fmt.Fprintf(&b, " %s", e.Entry.Origin.Binding)
		}
		if q := e.Entry.Request; q != nil {
			fmt.Fprintf(&b, " %s %s", q.Op, q.Target)
		}
		if e.Entry.Outcome != "" {
			fmt.Fprintf(&b, ": %s, read back %s", e.Entry.Outcome, e.Entry.Request.ReadBack)
		}
		var fs []string
		for _, c := range e.Entry.Changes {
			fs = append(fs, c.Field)
		}
		if len(fs) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(fs, " "))
		}
		var rules []string
		for _, v := range e.Entry.Rules {
			rules = append(rules, v.Rule)
		}
		if len(rules) > 0 {
			fmt.Fprintf(&b, " %s", strings.Join(slices.Compact(rules), " "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// datesText lists by when each milestone of a record is due, and who moved a date.
func (w *world) datesText(n string) string {
	var b strings.Builder
	r := w.row(n).Record
	for _, d := range register.Deadlines(r, w.clock.Now()) {
		fmt.Fprintln(&b, present.Date(d))
	}
	for _, e := range r.Extensions {
		fmt.Fprintf(&b, "%s: %s asked for %s instead of %s, %s", e.Milestone.Words(), e.By, e.To, e.Before, e.State)
		if e.DecidedBy != "" {
			fmt.Fprintf(&b, " by %s", e.DecidedBy)
		}
		if e.Date != "" {
			fmt.Fprintf(&b, " until %s", e.Date)
		}
		fmt.Fprintf(&b, ": %s\n", cmp.Or(e.Because, e.Reason))
	}
	return b.String()
}

// exceptionsText lists the exceptions of a record, with who asked, who approved and what became
// of each.
func (w *world) exceptionsText(n string) string {
	var b strings.Builder
	for _, a := range w.row(n).Record.Acceptances {
		fmt.Fprintln(&b, present.Exception(a, present.Names{}))
		if a.Because != "" {
			fmt.Fprintf(&b, "  %s by %q: %s\n", a.State, a.EndedBy, a.Because)
		}
	}
	return b.String()
}

// linksText lists the issues bound to a record.
func (w *world) linksText(n string) string {
	ls, err := w.daemon().Store.BoundIssues(w.Context(), w.row(n).Record.ID)
	w.must(err)
	var b strings.Builder
	for _, l := range ls {
		fmt.Fprintf(&b, "%s %s %s", l.Binding, l.Ref.Key, l.State)
		if !l.Missing.IsZero() {
			b.WriteString(", not found")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (w *world) conflictsText() string {
	cs, err := w.daemon().Store.Conflicts(w.Context())
	w.must(err)
	var b strings.Builder
	for _, c := range cs {
		state := "open"
		if !c.Closed.IsZero() {
			state = "over"
		}
		fmt.Fprintf(&b, "%s %s\n", c.Conflict.Field, state)
		for _, v := range c.Conflict.Values {
			fmt.Fprintf(&b, "  %s: %q, agreed before: %q\n", v.Place, v.Value, v.Base)
		}
	}
	return b.String()
}

// verify checks what holds after every story: the audit log verifies, every write
// has its outcome, and nothing counts as closed that the guards hold back.
func (w *world) verify() {
	w.Helper()
	v, err := tree.NewVerifier(w.app.Public)
	w.must(err)
	rep, err := verify.DB(w.Context(), w.app.Store.Reader(), v, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	w.must(err)
	if len(rep.Findings) > 0 {
		w.Errorf("audit log: %+v", rep.Findings)
	}
	rows, err := w.app.Store.Records(w.Context())
	w.must(err)
	for _, r := range rows {
		if r.Record.State != register.Closed {
			continue
		}
		findings, err := w.app.Store.Findings(w.Context(), r.Record)
		w.must(err)
		ctx := register.Context{At: w.clock.Now(), People: w.app.Reconciler.People, Findings: findings}
		for _, x := range register.Check(r.Record, register.Closed, ctx, w.app.Reconciler.Policy) {
			if x.Rule.Severity == register.Must {
				w.Errorf("%s counts as closed although %s does not hold", r.Record.Ref, x.Rule.ID)
			}
		}
	}
	w.bracketed()
}

// bracketed checks against the trackers' own record of requests that every write
// that arrived has an intent.
func (w *world) bracketed() {
	w.Helper()
	intents := 0
	for e, err := range auditdb.Read(w.Context(), w.app.Store.Reader(), 0, -1) {
		w.must(err)
		if e.Entry.Verb == audit.WriteIntent || e.Entry.Verb == audit.LogRestored {
			intents++ // a log that was set back says itself that entries are lost
		}
	}
	changed := map[string]bool{}
	for _, c := range slices.Concat(w.trackers.Jira.Truth().All(), w.trackers.GitHub.Truth().All()) {
		if c.By == "conformd" {
			changed[c.Tracker+c.Issue+c.Request+c.At.String()] = true
		}
	}
	if intents == 0 && len(changed) > 0 {
		w.Errorf("the trackers show %d writes of conformd, the log has no intent", len(changed))
	}
}
