//go:build unix

package blackbox

import (
	"slices"
	"strings"
	"time"
)

// An edit is a value that a person put into an issue for the first time.
type edit struct {
	change
	tracker, token string
}

// edits are what people wrote, by the trackers' own account. A value that stands in a
// text again, because somebody saved an older copy of a body, is no new one.
func (p *picture) edits() []edit {
	var out []edit
	for t, changes := range p.truth {
		known := map[string]bool{}
		for _, c := range changes {
			for _, tok := range tokens(c.To) {
				mine := tok[0] == t[0]
				if c.By != bot && c.Field != "comment" && mine && !known[tok] {
					out = append(out, edit{c, t, tok})
				}
				known[tok] = true
			}
		}
	}
	return out
}

// lostEdits is S1: each edit stands at the end, or was carried to the other side, or
// was replaced by a person on its own side, or lies in a conflict.
func (v *verdict) lostEdits() {
	all := v.edits()
	for _, e := range all {
		switch {
		case v.stands(e), v.carried(e), v.inConflict(e):
		default:
			by := v.takenAway(e)
			switch {
			case by == nil:
				v.say("S1: %s of %s %s is gone, and nothing took it away", e.token, e.Issue, e.Field)
			case by.By != bot:
			case v.inWindow(e, by):
				v.seen["edits overwritten between read and write of an issue of GitHub"]++
			default:
				v.say("S1: %s by %s, %s %s at %s, was overwritten by conformd at %s and is nowhere:\n  from %q\n  to   %q",
					e.token, e.By, e.Issue, e.Field, clock(e.At), clock(by.At), by.From, by.To)
			}
		}
	}
	v.seen["edits"] += len(all)
}

func (p *picture) stands(e edit) bool {
	for _, is := range p.issues {
		if is.tracker == e.tracker && is.id == e.Issue && strings.Contains(is.all, e.token) {
			return true
		}
	}
	return false
}

// carried reports whether an edit has stood on the other side. What an issue of GitHub
// is filed with shows when it is replaced, or at the end.
func (p *picture) carried(e edit) bool {
	for t, changes := range p.truth {
		if t != e.tracker && slices.ContainsFunc(changes, func(c change) bool {
			return c.By == bot && strings.Contains(c.To, e.token) || strings.Contains(c.From, e.token)
		}) {
			return true
		}
	}
	for _, is := range p.issues {
		if is.tracker != e.tracker && strings.Contains(is.all, e.token) {
			return true
		}
	}
	return false
}

func (p *picture) inConflict(e edit) bool {
	for _, c := range p.conflicts {
		for _, v := range c.Conflict.Values {
			if strings.Contains(v.Value+v.Base, e.token) {
				return true
			}
		}
	}
	return false
}

// takenAway is the change after which an edit stood no more on its own side, the first
// time; nil if there is none.
func (p *picture) takenAway(e edit) *change {
	for i, c := range p.truth[e.tracker] {
		same := c.Field == e.Field || e.Field == "created" && (c.Field == "title" || c.Field == "summary")
		if c.Seq > e.Seq && c.Issue == e.Issue && same && !strings.Contains(c.To, e.token) {
			return &p.truth[e.tracker][i]
		}
	}
	return nil
}

// inWindow reports whether an edit fell between the daemon's last read of an issue of
// GitHub and its write. There GitHub has neither a precondition that would prevent the
// loss nor a history of texts that would show it. Jira has a history; there nothing is
// excused.
func (p *picture) inWindow(e edit, by *change) bool {
	if e.tracker != "github" {
		return false
	}
	var read time.Time
	path := repo + "/issues/" + strings.TrimPrefix(e.Issue, "acme/isms#")
	for _, r := range p.requests["github"] {
		if r.By == bot && r.Method == "GET" && r.Path == path && r.Status == 200 && !r.Began.After(by.At) && r.Began.After(read) {
			read = r.Began
		}
	}
	return !read.IsZero() && !e.At.Before(read) && !e.At.After(by.At)
}

// lostDecisions is S1 for what people decide by a comment: it counts or is refused,
// and the register says which.
func (v *verdict) lostDecisions() {
	for _, c := range v.truth["github"] {
		if c.Field != "comment" || c.By == bot || !strings.HasPrefix(c.To, "/capa") {
			continue
		}
		token := tokens(c.To)[0]
		known := slices.ContainsFunc(v.records, func(r record) bool {
			if r.waits(lostCreate) && r.has(c.Issue) {
				return true // it is taken in with everything else
			}
			for _, a := range r.Approvals {
				if strings.Contains(a.Reason, token) {
					return true
				}
			}
			return false
		})
		if !known {
			v.say("S1: what %s decided on %s (%s) is neither counted nor refused", c.By, c.Issue, token)
		}
		v.seen["decisions"]++
	}
}
