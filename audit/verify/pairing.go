package verify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// defaultGrace is how long a write may be under way.
const defaultGrace = 15 * time.Minute

// An intentState is what the log says of an intent.
type intentState struct {
	at    time.Time
	final int64 // number of its final outcome, -1 while there is none
}

// pairings holds the events against the rule that every intent has one final
// outcome. It returns the state of each intent.
func pairings(events []event) (map[int64]intentState, []Finding) {
	state := map[int64]intentState{}
	var found []Finding
	for _, ev := range events {
		if ev.verb == audit.WriteIntent {
			state[ev.seq] = intentState{ev.at, -1}
			continue
		}
		st, ok := state[ev.intent]
		switch {
		case !ok:
			found = append(found, Finding{
				Code: OrphanOutcome, Seq: ev.seq, Where: "entry",
				Text: fmt.Sprintf("entry %d is the outcome of entry %d, which is not an intent before it", ev.seq, ev.intent),
			})
		case st.final >= 0:
			found = append(found, Finding{
				Code: DoubleOutcome, Seq: ev.seq, Where: "entry",
				Text: fmt.Sprintf("entry %d is an outcome of intent %d, which had its final one in entry %d", ev.seq, ev.intent, st.final),
			})
		case ev.final:
			st.final = ev.seq
			state[ev.intent] = st
		}
	}
	return state, found
}

// unpaired sorts the intents without a final outcome into those that were still
// under way at the time now, and findings.
func unpaired(state map[int64]intentState, now time.Time, grace time.Duration) (open []int64, found []Finding) {
	for _, seq := range slices.Sorted(maps.Keys(state)) {
		st := state[seq]
		switch {
		case st.final >= 0:
		case now.Sub(st.at) <= grace:
			open = append(open, seq)
		default:
			found = append(found, Finding{
				Code: UnpairedIntent, Seq: seq, Where: "entry",
				Text: fmt.Sprintf("entry %d announces a write to a tracker on %s, and no entry says how it ended",
					seq, st.at.UTC().Format(time.RFC3339)),
			})
		}
	}
	return open, found
}

// disclosed holds what lies beside the log against the commitments in it. It
// returns how many commitments can be opened and how many were erased.
func disclosed(f *facts, there map[place]auditdb.Disclosure) (opened, erased int64, found []Finding) {
	for _, c := range f.committed {
		d, ok := there[c.place]
		delete(there, c.place)
		got := ""
		if ok {
			got = d.Commitment()
		}
		switch {
		case ok && got == c.want:
			opened++
		case ok:
			found = append(found, Finding{
				Code: DisclosureMismatch, Seq: c.seq, Where: c.field, Want: c.want, Got: got,
				Text: fmt.Sprintf("the personal data of entry %d (%s) is not what the entry commits to", c.seq, c.field),
			})
		case f.erasedBy(c.place):
			erased++
		default:
			found = append(found, Finding{
				Code: DisclosureMismatch, Seq: c.seq, Where: c.field, Want: c.want,
				Text: fmt.Sprintf("the personal data of entry %d (%s) is gone, and no entry tells of its erasure", c.seq, c.field),
			})
		}
	}
	for p := range there {
		found = append(found, Finding{
			Code: DisclosureMismatch, Seq: p.seq, Where: p.field,
			Text: fmt.Sprintf("personal data lies at entry %d (%s), which commits to none", p.seq, p.field),
		})
	}
	return opened, erased, found
}
