package present

import (
	"time"

	"github.com/conformd/conformd/audit"
)

// An Event is something that happened to a record, as people are told of it: an entry
// of the log, or several of which one followed from the other.
type Event struct {
	// Entries are the numbers in the log of all that the event stands for, ascending. The
	// first is what the event is about; pages are cut by it.
	Entries []int64    `json:"entries"`
	Verb    audit.Verb `json:"verb"` // of the first entry
	// Recorded is when conformd wrote it down, Occurred when it happened by the clock of
	// the tracker; zero where the tracker does not say.
	Recorded time.Time `json:"recorded_at"`
	Occurred time.Time `json:"occurred_at,omitzero"`
	// Who acted, in words, and the id that the log has of them; How says how that is known.
	Who   string `json:"who"`
	WhoID string `json:"who_id,omitempty"`
	How   string `json:"how,omitempty"`
	// What they did, and where: "changed Title and Owner in ISMS-3".
	What    string `json:"what"`
	Where   string `json:"where,omitempty"` // key of the issue
	Binding string `json:"binding,omitempty"`
	// Attention marks what may ask a person to do something, or says that something did
	// not count.
	Attention bool     `json:"attention,omitempty"`
	Changes   []Change `json:"changes,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Rules     []Rule   `json:"rules,omitempty"`
	// Writes are what conformd wrote to trackers because of it, oldest first.
	Writes []Write `json:"writes,omitempty"`
	// Times is how often the same happened in a row, 1 for once, and Last when it was
	// recorded the last time, zero for once.
	Times int       `json:"times"`
	Last  time.Time `json:"last_recorded_at,omitzero"`
}

// OtherTime reports whether the tracker's clock gives another time than the log, to the
// second.
func (e Event) OtherTime() bool {
	return !e.Occurred.IsZero() && !e.Occurred.Truncate(time.Second).Equal(e.Recorded.Truncate(time.Second))
}

// A Rule is what a guard said.
type Rule struct {
	ID  string `json:"rule"` // "G07"
	OK  bool   `json:"ok"`
	Why string `json:"why,omitempty"`
}

// Holding names the rules that held, "" for none: "G01, G02 and G24 hold".
func (e Event) Holding() string {
	var ids []string
	for _, r := range e.Rules {
		if r.OK && r.Why == "" {
			ids = append(ids, r.ID)
		}
	}
	switch len(ids) {
	case 0:
		return ""
	case 1:
		return ids[0] + " holds"
	default:
		return Join(ids) + " hold"
	}
}

// Broken are the rules that did not hold, and those that held for a reason.
func (e Event) Broken() []Rule {
	var out []Rule
	for _, r := range e.Rules {
		if !r.OK || r.Why != "" {
			out = append(out, r)
		}
	}
	return out
}

// event tells an entry by itself.
func (n Names) event(s audit.Stored) Event {
	e := &s.Entry
	v := Event{
		Entries: []int64{s.Seq}, Verb: e.Verb, Recorded: e.At, Occurred: e.Occurred,
		Who: n.Actor(e.Actor), WhoID: e.Actor.ID, How: how(e.Actor.How), Binding: n.binding(e), Where: n.where(e),
		Changes: n.changes(e), Reason: reason(e.Reason), Times: 1,
	}
	for _, r := range e.Rules {
		v.Rules = append(v.Rules, Rule{r.Rule, r.OK, reason(r.Why)})
	}
	tell(&v, e)
	return v
}
