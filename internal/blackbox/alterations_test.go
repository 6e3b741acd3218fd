//go:build unix

package blackbox

import (
	"maps"
	"slices"
	"time"
)

// An alteration makes a good picture a bad one. It reports false where the picture has
// nothing to alter.
type alteration struct {
	name  string
	wants string // what the judge must complain of
	do    func(*picture) bool
}

// alterations are the controls of the judge: for each property a world in which it
// does not hold.
func alterations() []alteration {
	return []alteration{
		{"an edit that is nowhere", "S1", func(p *picture) bool {
			p.truth["jira"] = append(slices.Clone(p.truth["jira"]), change{Seq: 1 << 40, Issue: p.anIssue("jira"), Field: "summary", To: "Title j99999x", By: "olga"})
			return true
		}},
		{"an edit that conformd overwrote", "S1", func(p *picture) bool {
			at := p.end().Add(time.Minute)
			id := p.anIssue("jira")
			p.truth["jira"] = append(slices.Clone(p.truth["jira"]),
				change{Seq: 1 << 40, At: at, Issue: id, Field: "summary", From: "x", To: "Title j99999x", By: "olga", Request: "p"},
				change{Seq: 1<<40 + 1, At: at.Add(time.Second), Issue: id, Field: "summary", From: "Title j99999x", To: "x", By: bot, Request: "q"})
			p.announce("jira-isms", id, "q", at)
			return true
		}},
		{"a decision that nobody heard", "S1", func(p *picture) bool {
			p.truth["github"] = append(slices.Clone(p.truth["github"]), change{Seq: 1 << 40, Issue: p.anIssue("github"), Field: "comment", To: "/capa effective Checked g99999x", By: "rita"})
			return true
		}},
		{"a second counterpart", "S4", func(p *picture) bool {
			for key, is := range p.issues {
				if is.marker != "" && is.tracker == "jira" {
					p.issues = maps.Clone(p.issues)
					p.issues[key+"0"] = &issue{tracker: "jira", id: is.id + "0", marker: is.marker}
					return true
				}
			}
			return false
		}},
		{"a record with two issues in one tracker", "S4", func(p *picture) bool {
			p.records = slices.Clone(p.records)
			r := &p.records[0]
			r.Issues = append(slices.Clone(r.Issues), r.Issues[0])
			return true
		}},
		{"two comments", "S5", func(p *picture) bool {
			p.issues = maps.Clone(p.issues)
			for key, is := range p.issues {
				c := *is
				c.comments = []string{"2 things are missing", "1 thing is missing"}
				p.issues[key] = &c
				return true
			}
			return false
		}},
		{"a request that deletes", "S11", func(p *picture) bool {
			p.requests = maps.Clone(p.requests)
			p.requests["github"] = append(slices.Clone(p.requests["github"]), request{Method: "DELETE", Path: repo + "/issues/1", By: bot})
			return true
		}},
		{"closed without a cause and a review", "E2", func(p *picture) bool {
			p.records = slices.Clone(p.records)
			r := &p.records[0]
			r.State, r.Approvals, r.Fields = "closed", nil, maps.Clone(r.Fields)
			delete(r.Fields, "root_cause")
			return true
		}},
		{"an intent without outcome", "A1", func(p *picture) bool {
			i := slices.IndexFunc(p.log, func(e entry) bool { return e.Entry.Verb == "write.outcome" && e.Entry.Outcome == "done" })
			if i < 0 {
				return false
			}
			p.log = slices.Delete(slices.Clone(p.log), i, i+1)
			return true
		}},
		{"a write without intent", "A1", func(p *picture) bool {
			p.truth["jira"] = append(slices.Clone(p.truth["jira"]), change{Seq: 1 << 40, At: p.end().Add(time.Minute), Issue: p.anIssue("jira"), Field: "labels", By: bot, Request: "nobody's"})
			return true
		}},
		{"a text that differs", "L1", func(p *picture) bool {
			for _, r := range p.records {
				if len(r.Issues) < 2 || r.Attention != "" || p.disputed(r.Ref, "evidence") {
					continue
				}
				c := *p.issues[r.Issues[0].Key]
				c.texts = maps.Clone(c.texts)
				c.texts["evidence"] += "?"
				p.issues = maps.Clone(p.issues)
				p.issues[r.Issues[0].Key] = &c
				return true
			}
			return false
		}},
	}
}

// anIssue is some issue of a tracker, as the truth names it.
func (p *picture) anIssue(tracker string) string {
	for _, key := range slices.Sorted(maps.Keys(p.issues)) {
		if is := p.issues[key]; is.tracker == tracker {
			return is.id
		}
	}
	return ""
}

// end is when the last change took effect.
func (p *picture) end() time.Time {
	var t time.Time
	for _, changes := range p.truth {
		for _, c := range changes {
			if c.At.After(t) {
				t = c.At
			}
		}
	}
	return t
}

// announce adds a write with its outcome to the log.
func (p *picture) announce(binding, issue, request string, at time.Time) {
	var in, out entry
	in.Seq, out.Seq = 1<<40, 1<<40+1
	in.Entry.Verb, in.Entry.At, in.Entry.Origin.Binding, in.Entry.Origin.Issue = "write.intent", at, binding, issue
	out.Entry.Verb, out.Entry.Intent, out.Entry.Outcome, out.Entry.Request.RequestID = "write.outcome", in.Seq, "done", request
	p.log = append(slices.Clone(p.log), in, out)
}
