package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// Begin reads the header of a delivery: X-Hub-Signature-256 must carry a signature. The
// older SHA-1 signature is not accepted.
func (c *Client) Begin(h http.Header) (connectors.Incoming, error) {
	return transport.Begin(h, h.Get("X-Hub-Signature-256"), c.cfg.WebhookSecrets, c.hint)
}

// hint reads the payload of an authentic delivery. Events that are unknown or of no
// concern give a Delivery without hints, because GitHub adds events at any time.
func (c *Client) hint(h http.Header, body []byte) (connectors.Delivery, error) {
	event := h.Get("X-GitHub-Event")
	d := connectors.Delivery{ID: h.Get("X-GitHub-Delivery"), Event: event}
	if event == "" {
		return d, malformed(errors.New("no X-GitHub-Event header"))
	}
	if strings.HasPrefix(h.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return d, malformed(errors.New("the form cannot be read"))
		}
		body = []byte(form.Get("payload"))
	}
	var w wireHook
	if err := json.Unmarshal(body, &w); err != nil || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return d, malformed(errors.New("the payload is no JSON object of this event"))
	}
	if w.Action != "" {
		d.Event += "." + w.Action
	}
	if !c.concerns(w) {
		return d, nil
	}
	switch event {
	case "issues":
		if !w.Issue.named() {
			return d, malformed(errors.New("the payload names no issue"))
		}
		if w.Issue.isPull() {
			return d, nil
		}
		d.Issues, d.Unselected = []connectors.Ref{w.Issue.ref(w.Repository)}, !c.mayBeSelected(w.Issue)
		if n := w.Changes.NewIssue; n.named() {
			// Transferred: where it went is told here and nowhere else.
			d.Issues = append(d.Issues, n.ref(w.Changes.NewRepository))
		}
		d.Unselected = d.Unselected || w.Action == "transferred" || w.Action == "deleted" // it is not here any more
	case "issue_comment":
		if !w.Issue.named() {
			return d, malformed(errors.New("the payload names no issue"))
		}
		if w.Issue.isPull() {
			return d, nil
		}
		d.Issues, d.Comment = []connectors.Ref{w.Issue.ref(w.Repository)}, true
		d.Unselected = !c.mayBeSelected(w.Issue)
	case "label", "repository":
		// A renamed label shows on many issues, none of which has an event.
		d.All = true
	}
	return d, nil
}

func malformed(err error) *connectors.Error {
	return &connectors.Error{Op: "webhook", Kind: connectors.Malformed, Err: err}
}

// mayBeSelected reports whether an issue has all selecting labels, as far as its payload
// shows labels.
func (c *Client) mayBeSelected(i *hookItem) bool {
	if i.Labels == nil {
		return true
	}
	return !slices.ContainsFunc(c.cfg.Labels, func(want string) bool {
		return !slices.ContainsFunc(i.Labels, func(l hookLabel) bool { return strings.EqualFold(l.Name, want) })
	})
}

// concerns reports whether a delivery is about our repository. Webhooks of an
// organisation or an app tell of all of them. The id is compared where it is
// known, since the name may have changed.
func (c *Client) concerns(w wireHook) bool {
	if w.Repository == nil {
		return false
	}
	c.mu.Lock()
	id := c.repoID
	c.mu.Unlock()
	if id != 0 {
		return w.Repository.ID == id
	}
	owner, repo, _ := strings.Cut(w.Repository.FullName, "/")
	return strings.EqualFold(owner, c.cfg.Owner) &&
		(strings.EqualFold(repo, c.cfg.Repo) || strings.EqualFold(w.Changes.Repository.Name.From, c.cfg.Repo))
}

type wireHook struct {
	Action     string    `json:"action"`
	Issue      *hookItem `json:"issue"`
	Repository *hookRepo `json:"repository"`
	Changes    struct {
		NewIssue      *hookItem `json:"new_issue"`
		NewRepository *hookRepo `json:"new_repository"`
		Repository    struct {
			Name struct {
				From string `json:"from"`
			} `json:"name"`
		} `json:"repository"`
	} `json:"changes"`
}

type hookRepo struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
}

type hookItem struct {
	ID          int64           `json:"id"`
	Number      int             `json:"number"`
	PullRequest json.RawMessage `json:"pull_request"`
	Labels      []hookLabel     `json:"labels"`
}

type hookLabel struct {
	Name string `json:"name"`
}

// named reports whether the item has all that makes a reference.
func (i *hookItem) named() bool { return i != nil && i.ID > 0 && i.Number > 0 }

func (i hookItem) isPull() bool { return len(i.PullRequest) > 0 && string(i.PullRequest) != "null" }

func (i hookItem) ref(r *hookRepo) connectors.Ref {
	ref := connectors.Ref{ID: decimal(i.ID)}
	if r != nil {
		ref.Key = fmt.Sprintf("%s#%d", r.FullName, i.Number)
	}
	return ref
}
