package plan

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
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
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: d.Field, Code: d.Code, What: d.What, Cure: d.Cure, Mild: true,
		})
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
	c = sticky.Comment{Ref: m.rec.Ref, State: m.rec.State}
	if was != nil {
		c.Next, c.Commands = was.Next || was.Requested != "", was.Commands
	}
	help, status := m.wanted(s)
	c.Commands = c.Commands || help
	c.Next = (c.Next || status) && !m.rec.State.Ended()
	c.Answers = m.answers(s)
	c.Conflicts = m.differences(s)
	c.Contested = m.contested(s)
	var told bool
	c.Unread, told = m.unread(s)
	switch {
	case m.heldOn(s):
		c.Requested, c.Next = m.rec.Requested, false
		c.Needs, c.Unread = m.needs(s, m.plan.Held, c.Unread)
		c.Back = m.back(s)
	case c.Next:
		c.Needs, c.Unread = m.needs(s, register.Missing(m.rec, m.in.Context, m.in.Policy), c.Unread)
	}
	exists := was != nil || s.Comment.Uncertain
	if !exists && !told && len(c.Conflicts) == 0 {
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

// answers lists what people of the issue are told about commands that do not count:
// the latest of each person and command, unless a later one counts.
func (m *merge) answers(s *Side) []sticky.Answer {
	if m.rec.State.Ended() {
		return nil
	}
	all := m.told()
	slices.SortStableFunc(all, func(a, b Answer) int { return b.Event.At.Compare(a.Event.At) })
	var out []sticky.Answer
	seen := map[string]bool{}
	for _, a := range all {
		key := a.Event.By + " " + a.Event.Verb
		if a.Event.Binding != s.Binding || a.Event.Bot || seen[key] {
			continue
		}
		seen[key] = true
		if a.Told != "" && len(out) < mostAnswers {
			x := sticky.Answer{Who: a.Event.Name, Told: a.Told}
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

// differences lists the fields of the issue that wait for a person to decide.
func (m *merge) differences(s *Side) []sticky.Conflict {
	var out []sticky.Conflict
	for _, c := range m.plan.Conflicts {
		i := slices.IndexFunc(c.Values, func(v ConflictValue) bool { return v.Place == s.Binding })
		if c.Winner != "" || i < 0 {
			continue
		}
		info, _ := register.Info(c.Field)
		x := sticky.Conflict{Label: info.Label}
		for _, v := range c.Values {
			x.Values = append(x.Values, sticky.Value{Place: m.placeName(s, v.Place), Text: v.Value})
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
	for i := range m.in.Sides {
		if o := &m.in.Sides[i]; o.Binding == binding && o.Issue != nil {
			return o.Issue.Ref.Key
		}
	}
	return binding
}

// contested lists the fields, apart from the state, that conformd has stopped putting
// back on an issue.
func (m *merge) contested(s *Side) []string {
	var out []string
	for _, f := range fields() {
		if f != register.FieldState && m.plan.Bases[s.Binding][f].Contested {
			info, _ := register.Info(f)
			out = append(out, info.Label)
		}
	}
	return out
}

// unread lists the problems of an issue. Told reports whether one of them must reach
// people even where there is no comment yet.
func (m *merge) unread(s *Side) (out []sticky.Unread, told bool) {
	for _, p := range m.plan.Problems {
		if p.Binding != s.Binding || p.Issue == "" {
			continue
		}
		info, _ := register.Info(p.Field)
		out = append(out, sticky.Unread{Field: p.Field, Label: info.Label, What: p.What, Cure: p.Cure})
		told = told || !p.Mild
	}
	return out, told
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

// needs lists what violated rules need, and how the people of this issue give it. A
// problem of a field that is needed stands in its row and nowhere else.
func (m *merge) needs(s *Side, vs []register.Violation, unread []sticky.Unread) ([]sticky.Need, []sticky.Unread) {
	var out []sticky.Need
	for _, v := range vs {
		for _, l := range v.Lacks {
			n := sticky.Need{
				What: l.What, Rule: v.Rule.ID, Clause: register.Clause(v.Rule.Requirement, m.in.Policy.Edition), Remedy: m.remedy(s, l),
			}
			if l.Missing {
				info, _ := register.Info(l.Field)
				n.Empty = info.Label
			}
			if p, ok := m.problemOf(s, l.Field); ok && (l.Missing || l.Remedy.Kind == register.RemedyPerson) {
				n.What, n.Empty, n.Remedy = p.What, "", sticky.Remedy{Kind: sticky.Cure, Words: p.Cure}
				if p.Binding != s.Binding {
					n.Remedy.On = p.Issue
				}
				unread = slices.DeleteFunc(slices.Clone(unread), func(u sticky.Unread) bool { return u.Field == l.Field })
			}
			out = append(out, n)
		}
	}
	return out, unread
}

// problemOf returns a problem of a field: that of this issue, else that of another.
func (m *merge) problemOf(s *Side, f register.Field) (Problem, bool) {
	var found Problem
	for _, p := range m.plan.Problems {
		if p.Field != f || p.Issue == "" || p.Code == codeCannotShow {
			continue
		}
		if p.Binding == s.Binding {
			return p, true
		}
		if found.Code == "" {
			found = p
		}
	}
	return found, found.Code != ""
}

// remedy says how the people of an issue take a lack away.
func (m *merge) remedy(s *Side, l register.Lack) sticky.Remedy {
	p := s.Profile
	switch l.Remedy.Kind {
	case register.RemedyWait:
		return sticky.Remedy{Kind: sticky.Wait, Until: l.Remedy.Until}
	case register.RemedyFinish:
		return sticky.Remedy{Kind: sticky.Finish}
	case register.RemedyPerson:
		return sticky.Remedy{Kind: sticky.Person}
	case register.RemedyMove:
		return sticky.Remedy{Kind: sticky.Move}
	case register.RemedyDecide:
		if r, ok := decision(p, l.Remedy); ok {
			return r
		}
		for i := range m.in.Sides {
			o := &m.in.Sides[i]
			if r, ok := decision(o.Profile, l.Remedy); ok && o.read() {
				r.On = o.Issue.Ref.Key
				return r
			}
		}
		return sticky.Remedy{Kind: sticky.Manager}
	}
	if r, ok := giving(p, l.Field); ok {
		return r
	}
	for i := range m.in.Sides {
		o := &m.in.Sides[i]
		if r, ok := giving(o.Profile, l.Field); ok && o.read() {
			r.On = o.Issue.Ref.Key
			return r
		}
	}
	return sticky.Remedy{Kind: sticky.Manager}
}

// giving says how people give a field on an issue of a binding.
func giving(p *mapping.Profile, f register.Field) (sticky.Remedy, bool) {
	if m, ok := p.Field(f); ok && p.Gives(f) {
		switch m.Remote.Kind {
		case mapping.KindSection:
			return sticky.Remedy{Kind: sticky.Heading, Name: m.Remote.Name}, true
		case mapping.KindField:
			return sticky.Remedy{Kind: sticky.Field, Name: m.Remote.Name}, true
		case mapping.KindLabel:
			return sticky.Remedy{Kind: sticky.Label, Name: m.Remote.Name}, true
		default:
			return sticky.Remedy{Kind: sticky.Place, Name: m.Place()}, true
		}
	}
	if c := mapping.CommandFor(f); c != "" && p.Commands && p.AuthorityOver(f) != mapping.AuthorityRegister {
		return sticky.Remedy{Kind: sticky.Command, Name: c}, true
	}
	return sticky.Remedy{}, false
}

// decision says how people decide something on an issue of a binding.
func decision(p *mapping.Profile, r register.Remedy) (sticky.Remedy, bool) {
	command, move := sticky.ReviewCommand, sticky.ReviewMove
	if r.Subject == register.SubjectRejection {
		command, move = sticky.RejectCommand, sticky.RejectMove
	}
	if p.Commands {
		return sticky.Remedy{Kind: command, Name: strings.ToLower(string(r.Outcome))}, true
	}
	i := slices.IndexFunc(p.Approvals, func(a mapping.ApprovalMap) bool { return a.Subject == r.Subject && a.Outcome == r.Outcome })
	if i < 0 {
		return sticky.Remedy{}, false
	}
	return sticky.Remedy{Kind: move, Name: p.Approvals[i].To}, true
}
