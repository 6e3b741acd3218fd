package github

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// historyOf is what is asked of each issue: the newest of its events, and the newest of the
// versions of its body. What GitHub calls a diff is the whole text as the edit left it; the
// oldest version is the one that the issue was created with.
// https://docs.github.com/graphql/reference/objects#issue
// https://docs.github.com/graphql/reference/objects#usercontentedit
const historyOf = `fragment asked on Issue {
  fullDatabaseId
  updatedAt
  includesCreatedEdit
  userContentEdits(first: 25) {
    totalCount
    nodes { id editedAt diff editor { ...who } }
  }
  timelineItems(last: 50, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, ASSIGNED_EVENT, UNASSIGNED_EVENT, CLOSED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT]) {
    pageInfo { hasPreviousPage }
    nodes {
      __typename
      ... on LabeledEvent { id createdAt actor { ...who } label { name } }
      ... on UnlabeledEvent { id createdAt actor { ...who } label { name } }
      ... on AssignedEvent { id createdAt actor { ...who } assignee { ...who } }
      ... on UnassignedEvent { id createdAt actor { ...who } assignee { ...who } }
      ... on ClosedEvent { id createdAt actor { ...who } stateReason }
      ... on ReopenedEvent { id createdAt actor { ...who } }
      ... on RenamedTitleEvent { id createdAt actor { ...who } previousTitle currentTitle }
    }
  }
}
`

type wireHistory struct {
	ID        json.RawMessage `json:"fullDatabaseId"`
	Updated   time.Time       `json:"updatedAt"`
	WithFirst bool            `json:"includesCreatedEdit"`
	Edits     *wireEdits      `json:"userContentEdits"`
	Timeline  *wireTimeline   `json:"timelineItems"`
}

type wireEdits struct {
	Total int        `json:"totalCount"`
	Nodes []wireEdit `json:"nodes"` // newest first
}

type wireEdit struct {
	ID     string     `json:"id"`
	At     time.Time  `json:"editedAt"`
	Text   *string    `json:"diff"` // null where somebody deleted the version from the history
	Editor *wireActor `json:"editor"`
}

type wireTimeline struct {
	Page struct {
		Earlier *bool `json:"hasPreviousPage"`
	} `json:"pageInfo"`
	Nodes []*wireTimelineItem `json:"nodes"` // oldest first
}

type wireTimelineItem struct {
	Kind     string     `json:"__typename"`
	ID       string     `json:"id"`
	At       time.Time  `json:"createdAt"`
	Actor    *wireActor `json:"actor"`
	Label    *wireLabel `json:"label"`
	Assignee *wireActor `json:"assignee"`
	Reason   string     `json:"stateReason"`
	From     string     `json:"previousTitle"`
	To       string     `json:"currentTitle"`
}

// complete reports whether the answer shows all that it was asked for. An event without its
// time would pass for one from the beginning.
func (h *wireHistory) complete() bool {
	if h.Updated.IsZero() || h.Timeline == nil || h.Timeline.Page.Earlier == nil {
		return false
	}
	if h.Edits != nil && slices.ContainsFunc(h.Edits.Nodes, func(e wireEdit) bool { return e.ID == "" || e.At.IsZero() }) {
		return false
	}
	return !slices.ContainsFunc(h.Timeline.Nodes, func(e *wireTimelineItem) bool { return e != nil && (e.ID == "" || e.At.IsZero()) })
}

// told puts the history of an issue into it.
func (c *Client) told(i *connectors.Issue, h *wireHistory, self connectors.User) {
	whole := !*h.Timeline.Page.Earlier && !h.Updated.Before(i.Updated)
	var all []connectors.Change
	for _, w := range h.Timeline.Nodes {
		if w == nil {
			whole = false // it is about something that our account may not see
			continue
		}
		if x, ok := c.event(w).change(); ok {
			all = append(all, x)
			note(i, x.Author)
			if w.Assignee != nil {
				note(i, c.actor(w.Assignee))
			}
		}
	}
	edits, complete := c.edits(i, h, self)
	whole = whole && complete
	for _, x := range edits {
		note(i, x.Author)
	}
	i.Changes = shown(i, append(all, edits...))
	i.History = connectors.HistoryPart
	if whole {
		i.History = connectors.HistoryWhole
	}
}

// note keeps an account that the changes of an issue speak of.
func note(i *connectors.Issue, u connectors.User) {
	if u.ID == "" {
		return
	}
	if i.Users == nil {
		i.Users = map[string]connectors.User{}
	}
	if _, known := i.Users[u.ID]; !known {
		i.Users[u.ID] = u
	}
}

// event reads an event of GraphQL, whose names of events differ from those of REST.
func (c *Client) event(w *wireTimelineItem) happening {
	kind := strings.ToLower(strings.TrimSuffix(w.Kind, "Event"))
	if w.Kind == "RenamedTitleEvent" {
		kind = eventRenamed
	}
	h := happening{kind: kind, id: w.ID, at: w.At, by: c.actor(w.Actor), assignee: c.actor(w.Assignee), reason: w.Reason, from: w.From, to: w.To}
	if w.Label != nil {
		h.label = w.Label.Name
	}
	return h
}

// edits returns the edits of the body that lead to the text that the issue shows, oldest
// first. Complete is false where others may be missing.
func (c *Client) edits(i *connectors.Issue, h *wireHistory, self connectors.User) (out []connectors.Change, complete bool) {
	if h.Edits == nil || h.Edits.Total == 0 {
		return nil, true
	}
	complete = h.WithFirst && h.Edits.Total == len(h.Edits.Nodes)
	text := func(e wireEdit) string {
		if i.Author.ID != self.ID {
			return *e.Text
		}
		body, _ := splitFooter(*e.Text)
		return body
	}
	newest := h.Edits.Nodes
	// The versions that the issue does not show yet were saved after it was read.
	at := slices.IndexFunc(newest, func(e wireEdit) bool {
		return !e.At.After(i.Updated) && (e.Text == nil || sameText(text(e), i.Fields[connectors.Body].Text))
	})
	if at < 0 {
		// Somebody edited it, and nothing says which of the versions it shows.
		last := newest[0]
		return []connectors.Change{{ID: last.ID, At: earlier(last.At.UTC(), i.Updated), Field: string(connectors.Body), Untold: true}}, false
	}
	versions := slices.Clone(newest[at:])
	slices.Reverse(versions)
	for n, e := range versions {
		if n == 0 && (h.WithFirst || !complete && len(newest) < h.Edits.Total) {
			continue // what the first edit found, or the version before those that were asked for
		}
		x := connectors.Change{ID: e.ID, At: e.At.UTC(), Author: c.actor(e.Editor), Field: string(connectors.Body)}
		if x.Untold = n == 0 || versions[n-1].Text == nil; !x.Untold {
			x.From = text(versions[n-1])
		}
		if e.Text != nil {
			x.To = text(e)
		}
		out = append(out, x)
	}
	return out, complete
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// sameText compares two texts. A browser sends CR LF, and GitHub shows either form.
func sameText(a, b string) bool {
	return strings.ReplaceAll(a, "\r\n", "\n") == strings.ReplaceAll(b, "\r\n", "\n")
}

// shown orders the changes of an issue, oldest first, and leaves out what the issue does
// not show: a change that came after it was read. It goes back from what the issue shows,
// and undoes one change after the other.
func shown(i *connectors.Issue, all []connectors.Change) []connectors.Change {
	slices.SortStableFunc(all, func(a, b connectors.Change) int { return a.At.Compare(b.At) })
	now := map[connectors.Field]map[string]bool{connectors.Labels: {}, connectors.Assignee: {}}
	for _, l := range i.Fields[connectors.Labels].Items {
		now[connectors.Labels][strings.ToLower(l)] = true
	}
	who := i.Fields[connectors.Assignee]
	for _, id := range append(slices.Clone(who.Items), who.Text) {
		if id != "" {
			now[connectors.Assignee][id] = true
		}
	}
	title, state := i.Fields[connectors.Title].Text, i.Status.Name
	var out []connectors.Change
	for _, x := range slices.Backward(all) {
		fits := !x.At.After(i.Updated)
		switch f := connectors.Field(x.Field); f {
		case connectors.Labels, connectors.Assignee:
			from, to := strings.ToLower(x.From), strings.ToLower(x.To)
			if fits = fits && now[f][to] == (to != "") && (from == "" || !now[f][from]); fits {
				delete(now[f], to)
				if from != "" {
					now[f][from] = true
				}
			}
		case connectors.Title:
			if fits = fits && x.To == title; fits {
				title = x.From
			}
		case statusField:
			if fits = fits && x.To == state; fits {
				state = x.From
			}
		}
		if fits {
			out = append(out, x)
		}
	}
	slices.Reverse(out)
	return out
}
