package github

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// mostEventPages bounds how far back the events of a repository are read: the listing has
// those of pull requests among them, and no beginning to read it from.
const mostEventPages = 10

// fromEvents puts into issues what the REST API tells of them: one listing, newest first, of
// the events of all issues. Quiet listings are answered with 304. Of the texts it tells the
// titles alone, so the histories are parts.
// https://docs.github.com/rest/issues/events#list-issue-events-for-a-repository
func (c *Client) fromEvents(ctx context.Context, issues []*connectors.Issue) error {
	if len(issues) == 0 {
		return nil
	}
	byID := map[string]*connectors.Issue{}
	all := map[string][]connectors.Change{}
	oldest := issues[0].Updated
	for _, i := range issues {
		byID[i.Ref.ID] = i
		oldest = earlier(oldest, i.Updated)
	}
	r := request{op: "events", method: http.MethodGet, path: c.path("issues/events"), again: true, newest: true}
	read := 0
	for p, err := range pages[wireEvent](ctx, c, r, nil) {
		if k := connectors.KindOf(err); k == connectors.NotFound || k == connectors.Denied {
			return nil // the server has no such listing either
		}
		if err != nil {
			return err
		}
		for n := range p.rows {
			w := &p.rows[n]
			if w.Issue == nil || byID[decimal(w.Issue.ID)] == nil {
				continue
			}
			if x, ok := c.restEvent(w).change(); ok {
				all[decimal(w.Issue.ID)] = append(all[decimal(w.Issue.ID)], x)
				note(byID[decimal(w.Issue.ID)], x.Author)
			}
		}
		if read++; read >= mostEventPages || len(p.rows) > 0 && p.rows[len(p.rows)-1].At.Before(oldest) {
			break
		}
	}
	for id, i := range byID {
		slices.Reverse(all[id])
		i.Changes, i.History = shown(i, all[id]), connectors.HistoryPart
	}
	return nil
}

type wireEvent struct {
	ID       int64      `json:"id"`
	NodeID   string     `json:"node_id"`
	Kind     string     `json:"event"`
	At       time.Time  `json:"created_at"`
	Actor    *wireUser  `json:"actor"`
	Label    *wireLabel `json:"label"`
	Assignee *wireUser  `json:"assignee"`
	Reason   string     `json:"state_reason"`
	Rename   *struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"rename"`
	Issue *struct {
		ID int64 `json:"id"`
	} `json:"issue"`
}

func (w *wireEvent) complete() bool { return w.ID > 0 && w.Kind != "" && !w.At.IsZero() }

func (w *wireEvent) key() (string, time.Time) { return decimal(w.ID), w.At }

// restEvent reads an event of the REST API.
func (c *Client) restEvent(w *wireEvent) happening {
	h := happening{kind: w.Kind, id: w.NodeID, at: w.At, by: c.living(w.Actor), assignee: c.living(w.Assignee), reason: w.Reason}
	if w.Label != nil {
		h.label = w.Label.Name
	}
	if w.Rename != nil {
		h.from, h.to = w.Rename.From, w.Rename.To
	}
	return h
}

// ghost is the account that the REST API shows in the place of deleted ones.
const ghost = "ghost"

// living turns an account into the contract's form; its ID is "" where the account is gone.
func (c *Client) living(w *wireUser) connectors.User {
	if w == nil || !w.complete() || w.Login == ghost {
		return connectors.User{}
	}
	return c.user(w)
}
