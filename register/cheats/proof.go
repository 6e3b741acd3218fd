package cheats

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// An Outcome is what came of a story.
type Outcome string

// The outcomes. The last two are those of honest stories.
const (
	Held    Outcome = "held"    // it did not come to what the cheater wanted
	Flagged Outcome = "flagged" // it did, and everybody sees why it is doubtful
	Slipped Outcome = "slipped" // it did, and nobody sees anything
	Passed  Outcome = "passed"  // the honest record was closed, with nothing to see
	Stopped Outcome = "stopped" // it was not, or something is shown
)

// A Line is what came of one story.
type Line struct {
	Name    string  `json:"name"`
	Tells   string  `json:"tells"`
	Clause  string  `json:"clause"`
	Outcome Outcome `json:"outcome"`
	// By are the guards that held or flagged it, or in words what did.
	By []string `json:"by,omitempty"`
	// Says is what people are told.
	Says []string `json:"says,omitempty"`
}

// A Proof is what came of the whole corpus under the rules of an organisation.
type Proof struct {
	Total   int    `json:"total"` // of the cheats
	Held    int    `json:"held"`
	Flagged int    `json:"flagged"`
	Slipped int    `json:"slipped"`
	Honest  int    `json:"honest"`  // stories without a cheat
	Stopped int    `json:"stopped"` // of those
	Lines   []Line `json:"lines"`
}

// Sound reports whether no cheat slipped and no honest record was stopped.
func (p Proof) Sound() bool { return p.Slipped == 0 && p.Stopped == 0 }

// Prove plays the corpus under a policy.
func Prove(p register.Policy) (Proof, error) {
	stories, err := All()
	if err != nil {
		return Proof{}, err
	}
	var out Proof
	for _, s := range stories {
		l, err := s.Play(p)
		if err != nil {
			return Proof{}, err
		}
		out.Lines = append(out.Lines, l)
		if s.Honest {
			out.Honest++
		} else {
			out.Total++
		}
		switch l.Outcome {
		case Held:
			out.Held++
		case Flagged:
			out.Flagged++
		case Slipped:
			out.Slipped++
		case Stopped:
			out.Stopped++
		case Passed:
		}
	}
	return out, nil
}

// Play plays a story under a policy, and says what came of it. The error is that of a story
// that cannot be read.
func (s Story) Play(p register.Policy) (Line, error) {
	w, err := s.run(p)
	if err != nil {
		return Line{}, err
	}
	l := Line{Name: s.Name, Tells: s.Tells, Clause: s.Clause}
	reached, instead, err := w.reached()
	if err != nil {
		return Line{}, err
	}
	flags, shown := w.shown(register.Should)
	switch {
	case !reached:
		l.Outcome, l.By, l.Says = Held, instead, w.said()
		if len(instead) == 0 {
			l.By, l.Says = w.held()
		}
	case len(flags) > 0:
		l.Outcome, l.By, l.Says = Flagged, flags, shown
	default:
		l.Outcome = Slipped
	}
	// First the guards that the story is about, then the others that stand in the way, too.
	slices.SortStableFunc(l.By, func(a, b string) int { return rank(s.Expects, a) - rank(s.Expects, b) })
	if s.Honest {
		l.Outcome = Passed
		if by, says := w.held(); !reached || len(flags) > 0 || len(w.refusals) > 0 {
			l.Outcome, l.By, l.Says = Stopped, append(by, flags...), append(says, shown...)
		}
	}
	return l, nil
}

func rank(first []string, id string) int {
	if slices.Contains(first, id) {
		return 0
	}
	return 1
}

// reached reports whether what the cheater wants has come true. Where no guard stands
// against it, instead says in words what does.
func (w *play) reached() (ok bool, instead []string, err error) {
	switch wants := w.story.Wants; wants {
	case "closed":
		return w.rec.State == register.Closed, nil, nil
	case "rejected":
		return w.rec.State == register.StateRejected, nil, nil
	case "to be overlooked":
		return true, nil, nil
	case "opened, or closed at another time":
		instead := "the rules of its day"
		if _, asked := register.ReopeningAsked(w.rec, ""); asked {
			instead = "the closing"
		}
		return w.rec.State != register.Closed || !w.rec.Closed.Equal(w.closed), []string{instead}, nil
	case "accepted":
		return w.rec.State == register.Accepted, nil, nil
	default:
		if until, ok := strings.CutPrefix(wants, "accepted until "); ok {
			a, stands := register.StandingAcceptance(w.rec)
			return stands && a.Until == until, nil, nil
		}
		m := wish.FindStringSubmatch(wants)
		if m == nil {
			return false, nil, w.story.fault("%q is nothing that anybody can want", wants)
		}
		f, _ := register.FieldNamed(m[1])
		value := unfold(m[2])
		if value == "empty" {
			value = ""
		}
		if w.rec.Fields[f] == value {
			return true, nil, nil
		}
		return false, w.against(f), nil
	}
}

// wish is the form of a wish about a field: "Grade is minor".
var wish = regexp.MustCompile("^(" + strings.Join(labels(), "|") + ") is (.*)$")

// against names what stands against a value: the decision that it waits for, the rule that
// refused it, or in words that somebody was refused.
func (w *play) against(f register.Field) []string {
	if by := w.proposed(f); by != nil {
		return by
	}
	var by []string
	for _, x := range w.refusals {
		if x.Rule != "" && !slices.Contains(by, x.Rule) {
			by = append(by, x.Rule)
		}
	}
	if len(by) == 0 && len(w.refusals) > 0 {
		by = []string{"a refusal"}
	}
	return by
}

// proposed names what stands against a change that waits for a decision.
func (w *play) proposed(f register.Field) []string {
	for _, x := range w.rec.Proposals {
		switch {
		case x.Field == f && x.Amends:
			return []string{"the closing"}
		case x.Field == f && w.policy.Disabled["G24"]:
			return []string{"the triage"} // which is no less decided
		case x.Field == f:
			return []string{"G24"}
		}
	}
	return nil
}

// said is what people were told who were refused.
func (w *play) said() []string {
	var out []string
	for _, x := range w.refusals {
		out = append(out, x.What)
	}
	return out
}

// held returns the guards that held the record: those that refused a person, or those that
// it does not meet.
func (w *play) held() (by, says []string) {
	for _, x := range w.refusals {
		if x.Rule != "" && !slices.Contains(by, x.Rule) {
			by = append(by, x.Rule)
		}
	}
	if unmet, says := w.shown(register.Must); len(by) == 0 || w.story.Wants == "rejected" && len(unmet) > 0 {
		return unmet, says
	}
	return by, w.said()
}

// shown returns the rules of a severity that the record does not meet.
func (w *play) shown(s register.Severity) (by, says []string) {
	to := register.Closed
	if strings.HasPrefix(w.story.Wants, "accepted") {
		to = register.Accepted
	}
	switch w.story.Wants {
	case "rejected":
		to = register.StateRejected
	case "to be overlooked":
		to = w.rec.State
	}
	for _, v := range register.Check(w.rec, to, w.context(), w.policy) {
		if v.Rule.Severity != s {
			continue
		}
		by = append(by, v.Rule.ID)
		for _, l := range v.Lacks {
			says = append(says, l.What.String())
		}
	}
	return by, says
}
