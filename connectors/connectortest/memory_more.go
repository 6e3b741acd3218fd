package connectortest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// bulk adds connectors.BulkReader to a Memory.
type bulk struct{ mem *Memory }

// GetMany implements connectors.BulkReader.
func (b bulk) GetMany(ctx context.Context, refs []connectors.Ref) (out []*connectors.Issue, err error) {
	m := b.mem
	err = m.call(ctx, OpMany, connectors.Ref{}, func() error {
		for _, r := range refs {
			if h, err := m.there(r); err == nil {
				out = append(out, m.shown(h.now()))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// feed adds connectors.CommentFeed to a Memory.
type feed struct{ mem *Memory }

// CommentsSince implements connectors.CommentFeed.
func (f feed) CommentsSince(ctx context.Context, since time.Time) iter.Seq2[connectors.CommentPage, error] {
	m := f.mem
	return func(yield func(connectors.CommentPage, error) bool) {
		after, lastID := since, ""
		for {
			var page []connectors.Comment
			err := m.call(ctx, OpCommentsSince, connectors.Ref{}, func() error {
				for _, i := range m.listed(func(*connectors.Issue) bool { return true }) {
					for _, c := range m.shownComments(i) {
						if c.Updated.After(after) || c.Updated.Equal(after) && c.ID > lastID {
							page = append(page, c)
						}
					}
				}
				return nil
			})
			if err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
			slices.SortFunc(page, func(a, b connectors.Comment) int { return a.Updated.Compare(b.Updated) })
			more := len(page) > m.opts.PageSize
			page = page[:min(len(page), m.opts.PageSize)]
			out := connectors.CommentPage{Comments: page}
			if n := len(page); n > 0 {
				after, lastID = page[n-1].Updated, page[n-1].ID
				out.Through = after
			}
			if !yield(out, nil) || !more {
				return
			}
		}
	}
}

// CommentsOf implements connectors.CommentFeed.
func (f feed) CommentsOf(ctx context.Context, ref connectors.Ref, since time.Time) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		for page, err := range f.mem.Comments(ctx, ref, "") {
			page.Comments = slices.DeleteFunc(page.Comments, func(c connectors.Comment) bool { return c.Updated.Before(since) })
			if page.Next, page.Total = "", 0; !yield(page, err) {
				return
			}
		}
	}
}

// reactor adds connectors.Reactor to a Memory.
type reactor struct{ mem *Memory }

// React implements connectors.Reactor.
func (r reactor) React(ctx context.Context, ref connectors.Ref, commentID, reaction string) (connectors.Written, error) {
	m := r.mem
	return m.write(ctx, OpReact, ref, func() (w connectors.Written, err error) {
		h, err := m.there(ref)
		if err != nil {
			return w, err
		}
		if !slices.ContainsFunc(h.now().Comments, func(c connectors.Comment) bool { return c.ID == commentID }) {
			return w, connectors.NotFound
		}
		if reaction != connectors.ThumbsUp && reaction != connectors.ThumbsDown {
			return w, refusal(fmt.Sprintf("no reaction %q", reaction))
		}
		if !slices.Contains(m.reacted[commentID], reaction) {
			m.reacted[commentID] = append(m.reacted[commentID], reaction)
		}
		return m.written(h.now(), http.StatusOK, commentID), nil
	})
}

// Reactions returns what our own account reacted to a comment, oldest first.
func (m *Memory) Reactions(commentID string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.reacted[commentID])
}

// The headers of a Memory's webhook deliveries.
const (
	signatureHeader = "X-Memory-Signature"
	deliveryHeader  = "X-Memory-Delivery"
	eventHeader     = "X-Memory-Event"
)

// webhook adds connectors.Webhook to a Memory.
type webhook struct{ mem *Memory }

type payload struct {
	Issue   connectors.Ref `json:"issue"`
	Comment bool           `json:"comment"`
}

func (m *Memory) sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(m.opts.Secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Delivery returns an authentic webhook delivery about an issue, with that body
// or, if it is nil, the usual one.
func (m *Memory) Delivery(ref connectors.Ref, comment bool, body []byte) (http.Header, []byte) {
	if body == nil {
		body, _ = json.Marshal(payload{Issue: ref, Comment: comment}) // two strings and a bool cannot fail
	}
	m.mu.Lock()
	id := m.id()
	m.mu.Unlock()
	h := http.Header{}
	h.Set(deliveryHeader, id)
	h.Set(eventHeader, "issue")
	h.Set(signatureHeader, m.sign(body))
	return h, body
}

// Begin implements connectors.Webhook.
func (w webhook) Begin(h http.Header) (connectors.Incoming, error) {
	given, err := hex.DecodeString(h.Get(signatureHeader))
	if err != nil || len(given) != sha256.Size {
		return nil, &connectors.Error{Op: "hint", Kind: connectors.Forged}
	}
	return &incoming{mem: w.mem, header: h}, nil
}

// incoming is a delivery to a Memory whose body is being read.
type incoming struct {
	mem    *Memory
	header http.Header
	bytes.Buffer
}

// Hint implements connectors.Incoming.
func (in *incoming) Hint() (connectors.Delivery, error) {
	h, body := in.header, in.Bytes()
	if !hmac.Equal([]byte(h.Get(signatureHeader)), []byte(in.mem.sign(body))) {
		return connectors.Delivery{}, &connectors.Error{Op: "hint", Kind: connectors.Forged}
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil || p.Issue == (connectors.Ref{}) {
		return connectors.Delivery{}, &connectors.Error{Op: "hint", Kind: connectors.Malformed, Err: err}
	}
	return connectors.Delivery{ID: h.Get(deliveryHeader), Event: h.Get(eventHeader), Issues: []connectors.Ref{p.Issue}, Comment: p.Comment}, nil
}
