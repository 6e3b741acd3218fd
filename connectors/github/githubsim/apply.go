package githubsim

import (
	"slices"
	"time"
)

// open files an issue.
func (s *Server) open(r *repo, by *account, ch change, request string) *issue {
	i := &issue{repo: r, version: &version{
		id: s.id(), number: len(r.issues) + 1, title: *ch.title, state: "open", author: by,
		created: s.now(), updated: s.now(), since: s.clock.Now(), pull: ch.pull,
	}}
	if ch.body != nil {
		i.body = *ch.body
	}
	e := &editing{s: s, i: i, by: by, next: *i.version}
	e.relabel(ch.labels)
	e.reassign(ch.assignees)
	e.retype(ch.kind)
	*i.version = e.next
	r.issues = append(r.issues, i)
	r.changed++
	s.log(i.key(), by, request, "created", "", i.title)
	if i.body != nil && *i.body != "" {
		s.log(i.key(), by, request, "body", "", *i.body)
	}
	for _, n := range e.notes {
		s.log(i.key(), by, request, n[0], n[1], n[2])
	}
	s.issueHook(i, "opened", by, nil)
	e.send()
	return i
}

// apply changes an issue, writes the truth and the history, and sends webhooks:
// one for each kind of change, as GitHub does. A request that changes nothing
// leaves even the time alone.
func (s *Server) apply(i *issue, by *account, ch change, request string) {
	e := &editing{s: s, i: i, by: by, next: *i.version}
	e.rewrite(ch.title, ch.body)
	e.relabel(ch.labels)
	e.reassign(ch.assignees)
	e.retype(ch.kind)
	e.move(ch.state, ch.reason)
	if len(e.hooks) == 0 {
		return
	}
	s.edit(i, func(v *version) { *v = e.next })
	for _, n := range e.notes {
		s.log(i.key(), by, request, n[0], n[1], n[2])
	}
	e.send()
}

// An editing is one change of an issue in the making: its next version, what to
// write to the truth, and which webhooks to send.
type editing struct {
	s     *Server
	i     *issue
	by    *account
	next  version
	notes [][3]string // field, from, to
	hooks []struct {
		action string
		extra  map[string]any
	}
}

func (e *editing) note(field, from, to string) { e.notes = append(e.notes, [3]string{field, from, to}) }

func (e *editing) hook(action string, extra map[string]any) {
	e.hooks = append(e.hooks, struct {
		action string
		extra  map[string]any
	}{action, extra})
}

func (e *editing) send() {
	for _, h := range e.hooks {
		e.s.issueHook(e.i, h.action, e.by, h.extra)
	}
}

func (e *editing) rewrite(title *string, body **string) {
	changes := map[string]any{}
	if old := e.next.title; title != nil && *title != old {
		e.next.title = *title
		changes["title"] = map[string]string{"from": old}
		e.s.event(e.i, &event{kind: "renamed", actor: e.by, from: old, to: *title})
		e.note("title", old, *title)
	}
	if old := text(e.next.body); body != nil && text(*body) != old {
		e.next.body = *body
		e.i.edits = e.s.edited(e.i.edits, e.next.author, e.next.created, old, e.by, text(*body))
		changes["body"] = map[string]string{"from": old}
		e.note("body", old, text(*body))
	}
	if len(changes) > 0 {
		e.hook("edited", map[string]any{"changes": changes})
	}
}

func (e *editing) relabel(names *[]string) {
	if names == nil {
		return
	}
	old := e.next.labels
	e.next.labels = e.s.labelsNamed(e.i.repo, *names, e.by)
	gone, came := difference(old, e.next.labels)
	for _, l := range gone {
		e.s.event(e.i, &event{kind: "unlabeled", actor: e.by, label: l})
		e.note("label", l.name, "")
		e.hook("unlabeled", map[string]any{"label": e.s.renderLabel(e.i.repo, l)})
	}
	for _, l := range came {
		e.s.event(e.i, &event{kind: "labeled", actor: e.by, label: l})
		e.note("label", "", l.name)
		e.hook("labeled", map[string]any{"label": e.s.renderLabel(e.i.repo, l)})
	}
}

func (e *editing) reassign(to *[]*account) {
	if to == nil {
		return
	}
	gone, came := difference(e.next.assignees, *to)
	e.next.assignees = *to
	for _, a := range gone {
		e.s.event(e.i, &event{kind: "unassigned", actor: e.by, assignee: a})
		e.note("assignee", a.login, "")
		e.hook("unassigned", map[string]any{"assignee": e.s.renderUser(a)})
	}
	for _, a := range came {
		e.s.event(e.i, &event{kind: "assigned", actor: e.by, assignee: a})
		e.note("assignee", "", a.login)
		e.hook("assigned", map[string]any{"assignee": e.s.renderUser(a)})
	}
}

func (e *editing) retype(to *string) {
	old := e.next.kind
	if to == nil || *to == old {
		return
	}
	e.next.kind = *to
	e.note("type", old, *to)
	if *to == "" {
		e.hook("untyped", map[string]any{"type": e.s.renderType(old)})
		return
	}
	e.hook("typed", map[string]any{"type": e.s.renderType(*to)})
}

func (e *editing) move(to *string, reason string) {
	if to == nil {
		return
	}
	old, action := e.next.state, "reopened"
	e.next.state, e.next.reason = *to, reason
	e.next.closed, e.next.closedBy = time.Time{}, nil
	if *to == "closed" {
		action, e.next.closed, e.next.closedBy = "closed", e.s.now(), e.by
	}
	e.s.event(e.i, &event{kind: action, actor: e.by, reason: reason})
	e.note("state", old, *to+"/"+reason)
	e.hook(action, nil)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// difference returns what left and what joined.
func difference[T comparable](old, now []T) (gone, came []T) {
	for _, x := range old {
		if !slices.Contains(now, x) {
			gone = append(gone, x)
		}
	}
	for _, x := range now {
		if !slices.Contains(old, x) {
			came = append(came, x)
		}
	}
	return gone, came
}

func (s *Server) event(i *issue, e *event) {
	e.id, e.at, e.issue = s.id(), s.now(), i
	i.events = append(i.events, e)
	i.repo.events = append(i.repo.events, e)
}

// labelsNamed finds labels by name; one that does not exist is created, as it is
// when somebody with the right to do so puts it on an issue.
func (s *Server) labelsNamed(r *repo, names []string, by *account) []*label {
	out := make([]*label, 0, len(names))
	for _, n := range names {
		l := r.label(n)
		if l == nil {
			l = &label{id: s.id(), name: n, color: "ededed"}
			r.labels = append(r.labels, l)
			s.hooks(r, "label", map[string]any{"action": "created", "label": s.renderLabel(r, l)}, by)
		}
		out = append(out, l)
	}
	return out
}
