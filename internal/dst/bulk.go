package dst

import (
	"fmt"
	"math/rand/v2"
)

// A bulkEdit is what a script did to one issue.
type bulkEdit struct {
	side, issue   string // Jira's key, GitHub's number
	field         string // "title", or a field of Jira
	before, after string
}

// bulk are scripts that change all issues of a tracker at once.
func bulk() []act {
	return []act{
		{"retitle all issues of GitHub", 2, false, func(p *person) error { return p.script(p.retitled) }},
		{"empty a section of all issues of GitHub", 3, false, func(p *person) error { return p.script(p.cleared) }},
		{"retitle all issues of Jira", 2, false, func(p *person) error { return p.script(p.renamed) }},
		{"empty a field of all issues of Jira", 3, false, func(p *person) error { return p.script(p.blanked) }},
		{mailed, 3, false, func(p *person) error {
			return p.replaceBody("Dear all,\n\nplease see the attached mail, " + p.token() + ".\n\nKind regards")
		}},
		{wiped, 2, false, func(p *person) error { return p.replaceBody("") }},
	}
}

// replaceBody replaces a whole description.
func (p *person) replaceBody(body string) error {
	is, key, ok := p.issue()
	if !ok {
		return errNothing
	}
	return p.hurt(is, key, body)
}

// script runs over all issues and remembers what it did, so that it can be undone.
func (p *person) script(f func() []bulkEdit) error {
	var done []bulkEdit
	for _, e := range f() {
		if e.before != e.after && p.w.save(e, e.after) == nil {
			done = append(done, e)
		}
	}
	if len(done) == 0 {
		return errNothing
	}
	p.w.mu.Lock()
	p.w.accidents = append(p.w.accidents, done)
	p.w.mu.Unlock()
	return nil
}

// save does what a script does to one issue, or undoes it.
func (w *world) save(e bulkEdit, value string) error {
	if e.side == jira {
		return w.trackers.Jira.Person("olga").Edit(e.issue, map[string]any{e.field: value})
	}
	g := w.trackers.GitHub.As("olga")
	var n int
	if _, err := fmt.Sscan(e.issue, &n); err != nil {
		panic(err)
	}
	if e.field == "title" {
		return g.Retitle(n, value)
	}
	return g.Rewrite(n, value)
}

// now returns what an issue shows where a script changed it.
func (w *world) showsNow(e bulkEdit) string {
	if e.side == jira {
		is, _ := w.trackers.Jira.Snapshot(e.issue)
		return is.Fields[e.field]
	}
	var n int
	if _, err := fmt.Sscan(e.issue, &n); err != nil {
		panic(err)
	}
	is := w.trackers.GitHub.Issue(n)
	if e.field == "title" {
		return is.Title
	}
	return is.Body
}

func (p *person) retitled() []bulkEdit {
	var out []bulkEdit
	for i, is := range p.w.trackers.GitHub.Issues() {
		out = append(out, bulkEdit{github, fmt.Sprint(is.Number), "title", is.Title, fmt.Sprintf("[audit] %s %d", p.token(), i)})
	}
	return out
}

func (p *person) cleared() []bulkEdit {
	h := headings()[1+p.r.IntN(len(headings())-1)]
	var out []bulkEdit
	for _, is := range p.w.trackers.GitHub.Issues() {
		body, ok := restructured(is.Body, h, func(line, _ string) string { return line + "\n\n_No response_" })
		if ok {
			out = append(out, bulkEdit{github, fmt.Sprint(is.Number), h, is.Body, body})
		}
	}
	return out
}

func (p *person) renamed() []bulkEdit {
	var out []bulkEdit
	for i, is := range p.w.trackers.Jira.Snapshots() {
		out = append(out, bulkEdit{jira, is.Key, "summary", is.Fields["summary"], fmt.Sprintf("[audit] %s %d", p.token(), i)})
	}
	return out
}

func (p *person) blanked() []bulkEdit {
	name := names()[1+p.r.IntN(len(names())-1)]
	var out []bulkEdit
	for _, is := range p.w.trackers.Jira.Snapshots() {
		out = append(out, bulkEdit{jira, is.Key, name, is.Fields[name], ""})
	}
	return out
}

// undoKind is the kind of act by which people undo what a script did.
const undoKind = "undo what a script did"

// undoBulk has people undo what scripts did, on the issues that nobody has edited since,
// before the manager lets writing go on. In every other case it was meant.
func (w *world) undoBulk(r *rand.Rand) {
	w.mu.Lock()
	accidents := w.accidents
	w.accidents = nil
	w.mu.Unlock()
	for _, done := range accidents {
		if r.IntN(2) == 0 {
			continue
		}
		for _, e := range done {
			if w.showsNow(e) == e.after && w.save(e, e.before) == nil {
				_ = w.did(undoKind, nil)
			}
		}
	}
}
