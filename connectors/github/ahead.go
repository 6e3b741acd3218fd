package github

import (
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Issues that many webhooks speak of are read one after the other. The question about the
// first of them is asked for those that wait as well, and its answer kept until they are read.

// mostAhead is how many issues are asked about that were not read yet, and mostKept how long
// the texts of one may be that are kept, in bytes.
const (
	mostAhead = 20
	mostKept  = 1 << 18
)

// ahead returns which of the issues that wait are asked about beside those that were read.
func ahead(read, soon []connectors.Ref) []connectors.Ref {
	if len(read) == 0 {
		return nil
	}
	rest := slices.DeleteFunc(slices.Clone(soon), func(s connectors.Ref) bool {
		return s.ID == "" || numberOf(s.Key) == 0 || slices.Contains(read, s)
	})
	return rest[:min(len(rest), mostAhead, mostAsked-len(read))]
}

// Tidings are the history of an issue at a time of GitHub's clock.
type tidings struct {
	history *wireHistory
	at      time.Time
}

// keep replaces what is kept.
func (c *Client) keep(told map[string]tidings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = told
}

// answered puts into issues the histories that are kept, and returns the other ones. A
// history counts if it was told in a later second than that of the last change of the issue:
// within the same one more may have happened.
func (c *Client) answered(issues []*connectors.Issue, self connectors.User) (others []*connectors.Issue) {
	for _, i := range issues {
		c.mu.Lock()
		t, ok := c.ahead[i.Ref.ID]
		delete(c.ahead, i.Ref.ID)
		c.mu.Unlock()
		if !ok || !t.at.After(i.Updated) {
			others = append(others, i)
			continue
		}
		c.told(i, t.history, self)
	}
	return others
}

// size is how long the texts of a history are.
func (h *wireHistory) size() (n int) {
	if h.Edits == nil {
		return 0
	}
	for _, e := range h.Edits.Nodes {
		if e.Text != nil {
			n += len(*e.Text)
		}
	}
	return n
}
