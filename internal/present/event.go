package present

import (
	"time"

	"github.com/conformd/conformd/audit"
)

// An Event is something that happened to a record, in words for people. It stands for one
// entry of the log, or for several that followed from each other.
type Event struct {
	// Entries are the numbers of the log entries that the event stands for, ascending. The
	// event is about the first one; the pages of a history are cut by it.
	Entries []int64    `json:"entries"`
	Verb    audit.Verb `json:"verb"` // of the first entry
	// Recorded is when conformd logged the event; Occurred is when it happened by the clock
	// of the tracker, zero if the tracker does not say.
	Recorded time.Time `json:"recorded_at"`
	Occurred time.Time `json:"occurred_at,omitzero"`
	// Who acted, in words, and their id in the log; How says from where that is known.
	Who   string `json:"who"`
	WhoID string `json:"who_id,omitempty"`
	How   string `json:"how,omitempty"`
	// What they did, and where: "changed Title and Owner in ISMS-3".
	What    string `json:"what"`
	Where   string `json:"where,omitempty"` // key of the issue
	Binding string `json:"binding,omitempty"`
	// Attention marks an event about which a person may have to do something, or a decision
	// that did not count.
	Attention bool     `json:"attention,omitempty"`
	Changes   []Change `json:"changes,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Rules     []Rule   `json:"rules,omitempty"`
	// Writes are conformd's writes to trackers that followed from the event, oldest first.
	Writes []Write `json:"writes,omitempty"`
	// Times is how often the same happened in a row, 1 for once; Last is when it was last
	// recorded, zero if it happened once.
	Times int       `json:"times"`
	Last  time.Time `json:"last_recorded_at,omitzero"`
}

// OtherTime reports whether the tracker's clock gives another time than the log, to the
// second.
func (e Event) OtherTime() bool {
	return !e.Occurred.IsZero() && !e.Occurred.Truncate(time.Second).Equal(e.Recorded.Truncate(time.Second))
}

// A Rule is the result of one guard.
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

// event returns the event of one entry, without its writes.
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
