package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/sticky"
)

// tell says what people are told: by conformd's comment on each issue, and by a thumb
// on each of their commands.
func (m *merge) tell() {
	for i := range m.in.Sides {
		if s := &m.in.Sides[i]; s.read() {
			m.doubts(s)
		}
	}
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if !s.read() {
			continue
		}
		m.react(s)
		if c, ok := m.comment(s); ok && !s.Comment.Shows(c) {
			a := Comment{About: s.about(ReasonNotice), Says: c}
			if c.Requested != "" {
				a.Rules = rules(m.plan.Held)
			}
			m.plan.Actions = append(m.plan.Actions, a)
		}
	}
}

// doubts notes what a person should look at although it was read.
func (m *merge) doubts(s *Side) {
	for _, d := range s.Reading.Doubts {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: d.Field, Code: d.Code, Mild: true,
		}.Saying(d.What, d.Remedy))
	}
}

// react answers the commands of each comment with a thumb: up if all of them count.
func (m *merge) react(s *Side) {
	if !s.Reacts {
		return
	}
	var out []React
	for _, x := range m.answered() {
		if x.Event.Binding != s.Binding || x.Event.Comment == "" {
			continue
		}
		i := slices.IndexFunc(out, func(r React) bool { return r.CommentID == x.Event.Comment })
		if i < 0 {
			i = len(out)
			out = append(out, React{About: s.about(ReasonAnswer), CommentID: x.Event.Comment, Reaction: connectors.ThumbsUp})
		}
		out[i].Events = append(out[i].Events, x.Event.ID)
		if x.Told != "" {
			out[i].Reaction = connectors.ThumbsDown
		}
	}
	for _, r := range out {
		m.plan.Actions = append(m.plan.Actions, r)
	}
}

// answered lists the events whose comments wait for a reaction: those taken in before,
// and those that this plan takes in.
func (m *merge) answered() []Answer {
	out := slices.Clone(m.in.Unreacted)
	for _, v := range m.plan.Verdicts {
		i := slices.IndexFunc(m.in.Events, func(e Event) bool { return e.ID == v.Event })
		if m.in.Events[i].React {
			out = append(out, Answer{m.in.Events[i], v.Told})
		}
	}
	return out
}

// comment returns what conformd's comment on an issue should say; ok is false where
// none is needed. Which comment stands there already decides only whether there is
// one to bring up to date.
func (m *merge) comment(s *Side) (c sticky.Comment, ok bool) {
	was := s.Comment.Says
	c = sticky.Comment{Ref: m.rec.Ref, Language: s.Profile.Language, State: m.rec.State}
	if was != nil {
		c.Next, c.Commands = was.Next || was.Requested != "", was.Commands
	}
	help, status := m.wanted(s)
	c.Commands = c.Commands || help
	c.Next = (c.Next || status) && !m.rec.State.Ended()
	c.Answers = m.answers(s)
	c.Conflicts = m.differences(s)
	c.Contested = m.contested(s)
	c.Waiting = m.proposed(s)
	c.Links = m.links()
	c.Exception = m.exception()
	c.Adoption = m.adoption()
	c.Lost = m.lost()
	left := m.plan.Problems
	switch {
	case m.heldOn(s):
		c.Requested, c.Next = m.rec.Requested, false
		c.Needs, left = m.needs(s, m.plan.Held)
		c.Back = m.back(s)
	case c.Next:
		c.Needs, left = m.needs(s, register.Missing(m.rec, m.in.Context, m.in.Policy))
	}
	if slices.ContainsFunc(c.Needs, func(n present.Need) bool {
		return n.Remedy.Kind == present.ReviewCommand || n.Remedy.Kind == present.ReviewMove
	}) {
		for _, i := range present.InvolvedIn(m.rec, m.names()) {
			c.Barred, c.SaidBarred = append(c.Barred, i.Brief().String()), append(c.SaidBarred, i.Brief().Text())
		}
	}
	c.Unread = unread(s, left)
	exists := was != nil || s.Comment.Uncertain
	if !exists && !m.mustTell(s) && len(c.Conflicts) == 0 {
		c.Unread = nil // mild ones alone are worth no comment
	}
	return c, exists || c.Says()
}

// wanted reports what people asked for on the issue: the list of commands, or where
// the record stands.
func (m *merge) wanted(s *Side) (help, status bool) {
	for _, a := range m.told() {
		if a.Event.Binding == s.Binding && a.Event.Kind == mapping.EventAsk && a.Told == "" {
			help = help || a.Event.Verb == "help"
			status = status || a.Event.Verb == "status"
		}
	}
	return help, status
}

// told lists what people commanded with what they are told about it: earlier, and in
// this plan.
func (m *merge) told() []Answer {
	out := slices.Clone(m.in.Answers)
	for _, v := range m.plan.Verdicts {
		i := slices.IndexFunc(m.in.Events, func(e Event) bool { return e.ID == v.Event })
		out = append(out, Answer{m.in.Events[i], v.Told})
	}
	return out
}

// mostAnswers is how many answers a comment holds; older ones have been read.
const mostAnswers = 5

// answers lists what the people of an issue are told about commands that do not count: for
// each person and command the latest, unless a later one counts. The answer to a command
// that was not understood goes when the person commands again or edits the comment. A
// command that counts is listed too where the tracker has no reactions to say so. When a
// record has ended, only answers to commands after its last decision are listed.
func (m *merge) answers(s *Side) []sticky.Answer {
	all := m.told()
	slices.SortStableFunc(all, func(a, b Answer) int { return b.Event.At.Compare(a.Event.At) })
	since := m.ended()
	out := m.voided(s)
	seen, over := map[string]bool{}, map[string]bool{}
	for _, a := range all {
		key, edited := a.Event.By+" "+a.Event.Verb, "comment "+a.Event.Comment
		if period, _, _ := strings.Cut(a.Event.Value, " "); a.Event.Typed() {
			key = "the value of " + period
			seen["the value of "] = seen["the value of "] || a.Told == "" && period != ""
		} else if a.Event.Kind == mapping.EventMeasure && a.Told == "" {
			seen["the value of "+period] = true // by comment, whoever it was
		}
		if id, edited := a.Event.Retracts(); edited && slices.ContainsFunc(m.rec.Approvals, func(x register.Approval) bool { return x.Event == id && x.Void != "" }) {
			continue // told as the decision that counts no longer
		}
		nobody := a.Event.Typed() && a.Event.By == "" // the tracker does not name who typed it
		if a.Event.Binding != s.Binding || a.Event.Bot || nobody || !since.IsZero() && !a.Event.At.After(since) {
			continue
		}
		old := seen[key] || a.Event.Kind == mapping.EventUnknown && (over[a.Event.By] || over[edited])
		seen[key], over[edited] = true, true
		over[a.Event.By] = over[a.Event.By] || a.Told == ""
		if old {
			continue
		}
		counts := a.Told == "" && a.Event.Comment != "" && said(a.Event.Kind)
		if (a.Told != "" || counts && !s.Reacts) && len(out) < mostAnswers {
			x := sticky.Answer{Who: a.Event.Name, Told: a.Told.String(), Said: a.Told}
			if x.Who == "" {
				x.Who = m.in.Context.Name(a.Event.By)
			}
			if a.Event.Kind != mapping.EventUnknown {
				x.Command = a.Event.Command()
			}
			out = append(out, x)
		}
	}
	return out
}

// said reports whether an event gives or decides something.
func said(k mapping.EventKind) bool {
	return k == mapping.EventField || k.Decides()
}

// voided lists the decisions on the issue that count no longer, and that nobody has taken
// anew.
func (m *merge) voided(s *Side) []sticky.Answer {
	var out []sticky.Answer
	for i, a := range m.rec.Approvals {
		anew := slices.ContainsFunc(m.rec.Approvals[i+1:], func(b register.Approval) bool { return b.Subject == a.Subject && b.Counts() })
		if a.Void == "" || anew || a.Round < m.rec.Round || m.rec.State.Ended() || !strings.HasPrefix(a.Event, s.Binding+":") {
			continue
		}
		out = append(out, sticky.Answer{Who: m.in.Context.Name(a.By), Command: commandOf(a), Told: a.Void, Said: a.Voided().Text(), Void: true})
	}
	return out[max(0, len(out)-mostAnswers):]
}

// commandOf is the command that decides what an approval decided.
func commandOf(a register.Approval) string {
	switch a.Subject {
	case register.SubjectTriage:
		return "/capa triage"
	case register.SubjectPlan:
		return "/capa approve-plan"
	case register.SubjectRejection:
		return "/capa reject"
	case register.SubjectReopening:
		return "/capa reopen"
	case register.SubjectAcceptance:
		return "/capa accept"
	case register.SubjectSigning:
		return "/capa sign"
	case register.SubjectPromotion:
		return "/capa promote"
	case register.SubjectAdoption:
		return map[register.Outcome]string{register.Adopted: "/capa adopt", register.Declined: "/capa decline", register.Deferred: "/capa defer"}[a.Outcome]
	default:
		return "/capa " + string(a.Outcome)
	}
}

// proposed lists what the issue shows that the register did not take.
func (m *merge) proposed(s *Side) []present.Proposal {
	r := m.rec
	r.Proposals = slices.DeleteFunc(slices.Clone(r.Proposals), func(x register.Proposal) bool { return x.From != s.Binding && x.From != Register })
	r.Extensions = slices.DeleteFunc(slices.Clone(r.Extensions), func(x register.Extension) bool { return x.From != s.Binding })
	r.Acceptances = slices.DeleteFunc(slices.Clone(r.Acceptances), func(x register.Acceptance) bool { return x.From != s.Binding && x.From != Register })
	return present.Proposals(r, m.names(), m.in.Policy)
}

// links lists the links of the record that count, and those of other records to it.
func (m *merge) links() []sticky.Link {
	var out []sticky.Link
	for _, l := range register.Linked(m.rec) {
		out = append(out, sticky.Link{Kind: l.Kind, Ref: l.Ref})
	}
	for _, l := range m.in.Linked {
		out = append(out, sticky.Link{Kind: l.Kind, Ref: l.Ref, From: true})
	}
	return out
}

// names are what people call the people and issues of the record.
func (m *merge) names() present.Names {
	n := present.Names{People: map[string]string{}, Accounts: m.in.Context.Accounts, Issues: map[string]string{}}
	for id, p := range m.in.Context.People {
		n.People[id] = cmp.Or(p.Name, id)
	}
	for _, s := range m.in.Sides {
		if s.Issue != nil {
			n.Issues[s.Binding] = s.Issue.Ref.Key
		}
	}
	return n
}

// ended returns when the last decision about the record was taken, if the record has
// ended; otherwise the zero time.
func (m *merge) ended() time.Time {
	if !m.rec.State.Ended() {
		return time.Time{}
	}
	last := m.rec.Closed
	for _, a := range m.rec.Approvals {
		if a.Refused == "" && a.Round == m.rec.Round {
			last = a.At
		}
	}
	if last.IsZero() {
		return m.in.Context.At
	}
	return last
}

// differences lists the fields of the issue that wait for a person to decide.
func (m *merge) differences(s *Side) []present.Conflict {
	var out []present.Conflict
	for _, c := range m.plan.Conflicts {
		i := slices.IndexFunc(c.Values, func(v ConflictValue) bool { return v.Place == s.Binding })
		if c.Winner != "" || i < 0 {
			continue
		}
		info, _ := register.Info(c.Field)
		x := present.Conflict{Label: info.Label}
		for _, v := range c.Values {
			x.Values = append(x.Values, present.Value{Place: m.placeName(s, v.Place), Text: v.Value})
		}
		out = append(out, x)
	}
	return out
}

// placeName names a place to the people of an issue.
func (m *merge) placeName(s *Side, place string) string {
	switch place {
	case Register:
		return "the register"
	case s.Binding:
		return "this issue"
	}
	return m.issueOf(place)
}

// issueOf names the issue of the record in a binding.
func (m *merge) issueOf(binding string) string {
	if o := m.side(binding); o != nil && o.Issue != nil {
		return o.Issue.Ref.Key
	}
	return binding
}

// contested lists the fields, apart from the state, that conformd has stopped putting
// back on an issue.
func (m *merge) contested(s *Side) []string {
	var out []string
	for _, info := range m.all {
		if f := info.Field; f != register.FieldState && m.plan.Bases[s.Binding][f].Contested {
			out = append(out, info.Label)
		}
	}
	return out
}

// unread lists those of the problems that are the issue's.
func unread(s *Side, ps []Problem) (out []sticky.Unread) {
	for _, p := range ps {
		if p.Binding == s.Binding && p.Issue != "" {
			info, _ := register.Info(p.Field)
			out = append(out, sticky.Unread{Field: p.Field, Label: info.Label, What: p.What, Remedy: p.Remedy, Said: p.Said, SaidRemedy: p.SaidRemedy})
		}
	}
	return out
}

// mustTell reports whether a problem of the issue must reach people even where there is
// no comment yet.
func (m *merge) mustTell(s *Side) bool {
	return slices.ContainsFunc(m.plan.Problems, func(p Problem) bool { return p.Binding == s.Binding && p.Issue != "" && !p.Mild })
}

// needs says what violated rules need to the people of an issue. Left are the problems
// that no need tells.
func (m *merge) needs(s *Side, vs []register.Violation) (needs []present.Need, left []Problem) {
	var places []present.Place
	for i := range m.in.Sides {
		if o := &m.in.Sides[i]; o.read() {
			places = append(places, present.Place{Binding: o.Binding, Key: o.Issue.Ref.Key, Profile: o.Profile})
		}
	}
	return present.Needs(m.rec, vs, m.plan.Problems, s.Binding, places, m.in.Policy)
}

// back says what becomes of moving the issue back; nil where the mode leaves it.
func (m *merge) back(s *Side) *sticky.Back {
	if s.Mode != Reopen {
		return nil
	}
	a := m.plan.Bases[s.Binding][register.FieldState]
	switch {
	case a.Contested:
		return &sticky.Back{Contested: true}
	case a.Refused != "":
		return &sticky.Back{Failed: a.Refused}
	}
	return &sticky.Back{Due: m.rec.RequestedAt.Add(s.Grace)}
}
