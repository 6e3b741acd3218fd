package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// The brake looks at what would be written, before anything of it is, and over all
// records that are planned together. Which side changed is not its question: an
// accident in one tracker must not reach the other.

// A Load is how much would be written to one binding.
type Load = present.Load

// Limits are how much may be written to one binding within a while before a person has
// to look. A limit of 0 is none.
type Limits struct {
	// Floor is how many records may always be changed, so that small projects work.
	Floor int
	// Percent is the share of the binding's records that may be changed.
	Percent  int
	Emptied  int
	Replaced int
	Creates  int
	Comments int
}

// Over says why a load is too much for a binding with so many records; "" if it is not.
func (l Limits) Over(load Load, bound int) string {
	var why []string
	if n := load.Records; l.Percent > 0 && n > l.Floor && n*100 > bound*l.Percent {
		why = append(why, fmt.Sprintf("%d of %d records would be changed (the limit is %d %%)", n, bound, l.Percent))
	}
	for _, x := range []struct {
		n, most int
		what    string
	}{
		{load.Emptied, l.Emptied, "values would be emptied"},
		{load.Replaced, l.Replaced, "values would be replaced"},
		{load.Creates, l.Creates, "issues would be created"},
		{load.Comments, l.Comments, "comments would be written"},
	} {
		if x.most > 0 && x.n > x.most {
			why = append(why, fmt.Sprintf("%d %s (the limit is %d)", x.n, x.what, x.most))
		}
	}
	return strings.Join(why, "; ")
}

// Enough is a number of records that are to be changed, each with a value replaced, from which on every load is too much for a binding
// with so many records. It is 0 if no limit says so, however many they are.
func (l Limits) Enough(bound int) int {
	most := 0
	if l.Percent > 0 {
		most = max(l.Floor, bound*l.Percent/100) + 1
	}
	if l.Replaced > 0 && (most == 0 || l.Replaced < most) {
		most = l.Replaced + 1
	}
	return most
}

// An Outbound is what a plan would write to one binding.
type Outbound struct {
	Binding string  `json:"binding"`
	Issue   string  `json:"issue"` // key, "" if it is yet to be created
	Load    Load    `json:"load"`
	Writes  []Write `json:"writes"`
	// Digest identifies the writes: what a person lets go is exactly this.
	Digest string `json:"digest"`
}

// A Write is one thing that would be written, for people.
type Write struct {
	Field  register.Field `json:"field,omitempty"`
	What   string         `json:"what,omitempty"` // "new issue", "label", "comment", "reaction"
	Before string         `json:"before,omitempty"`
	After  string         `json:"after,omitempty"`
}

// Outbound lists what the plan would write, by binding, without what is withheld.
func (p Plan) Outbound() []Outbound {
	var out []Outbound
	for _, a := range p.Actions {
		h := a.Header()
		if h.Withheld != "" {
			continue
		}
		i := slices.IndexFunc(out, func(o Outbound) bool { return o.Binding == h.Binding })
		if i < 0 {
			i = len(out)
			out = append(out, Outbound{Binding: h.Binding, Issue: h.Ref.Key})
		}
		out[i].add(a)
	}
	for i := range out {
		b, err := json.Marshal(out[i].Writes)
		if err != nil {
			continue
		}
		sum := sha256.Sum256(b)
		out[i].Digest = hex.EncodeToString(sum[:12])
	}
	return out
}

func (o *Outbound) add(a Action) {
	switch a := a.(type) {
	case Update:
		o.update(a)
	case Create:
		o.Load.Creates++
		o.Writes = append(o.Writes, Write{What: "new issue", After: a.Want[register.FieldTitle]})
		for _, f := range inOrder(a.Want) {
			if raw := a.Want[f]; raw != "" && f != register.FieldTitle {
				o.Writes = append(o.Writes, Write{Field: f, After: raw})
			}
		}
	case Comment:
		o.Load.Comments++
		o.Writes = append(o.Writes, Write{What: "comment", After: a.Says.Title()})
	case React:
		o.Load.Comments++
		o.Writes = append(o.Writes, Write{What: "reaction", After: a.Reaction})
	}
}

func (o *Outbound) update(u Update) {
	changed := false
	for _, f := range inOrder(u.Want) {
		raw := u.Want[f]
		saw := u.Saw[f]
		o.Writes = append(o.Writes, Write{Field: f, Before: saw, After: raw})
		switch {
		case saw == "":
			continue // nothing is lost where nothing stands
		case raw == "":
			o.Load.Emptied++
		default:
			o.Load.Replaced++
		}
		changed = true
	}
	for _, l := range u.AddLabels {
		o.Writes = append(o.Writes, Write{What: "label", After: l})
	}
	for _, l := range u.RemoveLabels {
		o.Writes = append(o.Writes, Write{What: "label", Before: l})
	}
	if changed {
		o.Load.Records++
	}
}
