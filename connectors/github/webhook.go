package github

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// maxDelivery is above what GitHub sends: it drops payloads over 25 MB.
const maxDelivery = 26 << 20

// Hint authenticates a webhook delivery by X-Hub-Signature-256 and says which
// issues to look at. The older SHA-1 signature is not accepted. Events that are
// unknown or of no concern give a Delivery without hints, because GitHub adds
// events at any time.
func (c *Client) Hint(h http.Header, body []byte) (connectors.Delivery, error) {
	if err := c.authentic(h, body); err != nil {
		return connectors.Delivery{}, err
	}
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
		d.Issues = []connectors.Ref{w.Issue.ref(w.Repository)}
		if n := w.Changes.NewIssue; n.named() {
			// Transferred: where it went is told here and nowhere else.
			d.Issues = append(d.Issues, n.ref(w.Changes.NewRepository))
		}
	case "issue_comment":
		if !w.Issue.named() {
			return d, malformed(errors.New("the payload names no issue"))
		}
		if w.Issue.isPull() {
			return d, nil
		}
		d.Issues, d.Comment = []connectors.Ref{w.Issue.ref(w.Repository)}, true
	case "label", "repository":
		// A renamed label shows on many issues, none of which has an event.
		d.All = true
	}
	return d, nil
}

// authentic checks the signature over the raw body against every secret.
func (c *Client) authentic(h http.Header, body []byte) error {
	forged := &connectors.Error{Op: "webhook", Kind: connectors.Forged}
	hexSum, found := strings.CutPrefix(h.Get("X-Hub-Signature-256"), "sha256=")
	got, err := hex.DecodeString(hexSum)
	if !found || err != nil || len(got) != sha256.Size {
		forged.Detail = "no SHA-256 signature"
		return forged
	}
	if len(body) > maxDelivery {
		return malformed(fmt.Errorf("%d bytes", len(body)))
	}
	valid := false
	for _, s := range c.cfg.WebhookSecrets {
		if s == "" {
			continue // would be a signature that anybody can make
		}
		m := hmac.New(sha256.New, []byte(s.Reveal()))
		m.Write(body)
		valid = hmac.Equal(m.Sum(nil), got) || valid
	}
	if !valid {
		return forged
	}
	return nil
}

func malformed(err error) *connectors.Error {
	return &connectors.Error{Op: "webhook", Kind: connectors.Malformed, Err: err}
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
