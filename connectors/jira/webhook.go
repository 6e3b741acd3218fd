package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// commentSelf finds the issue in the address of a comment: Data Center sends events about
// comments without their issue.
var commentSelf = regexp.MustCompile(`/issue/(\d+)/comment/`)

// Begin reads the header of a delivery. Jira signs the raw body with HMAC SHA-256 and
// puts "sha256=" and hexadecimal digits into X-Hub-Signature, a name without -256
// (https://developer.atlassian.com/cloud/jira/platform/webhooks/). Deliveries without a
// signature are refused, also when no secret is configured.
func (c *Client) Begin(h http.Header) (connectors.Incoming, error) {
	return transport.Begin(h, h.Get("X-Hub-Signature"), c.cfg.WebhookSecrets, c.hint)
}

// hint reads the payload of an authentic delivery.
func (c *Client) hint(h http.Header, body []byte) (connectors.Delivery, error) {
	var p struct {
		Event   string `json:"webhookEvent"`
		Kind    string `json:"issue_event_type_name"`
		Issue   ref    `json:"issue"`
		Comment struct {
			Self string `json:"self"`
		} `json:"comment"`
		Changelog struct {
			Items []struct {
				Field string `json:"field"`
			} `json:"items"`
		} `json:"changelog"`
		IssueID     json.Number `json:"issueId"`            // worklog_*
		Source      json.Number `json:"sourceIssueId"`      // issuelink_*
		Destination json.Number `json:"destinationIssueId"` // issuelink_*
		Link        struct {
			Source      json.Number `json:"sourceIssueId"`
			Destination json.Number `json:"destinationIssueId"`
		} `json:"issueLink"`
		Worklog struct {
			Issue json.Number `json:"issueId"`
		} `json:"worklog"`
	}
	err := json.Unmarshal(body, &p)
	if err == nil && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		err = errors.New("body is no object") // null decodes into any struct
	}
	if err != nil {
		return connectors.Delivery{}, &connectors.Error{Op: "webhook", Kind: connectors.Malformed, Err: err}
	}
	d := connectors.Delivery{
		ID: h.Get("X-Atlassian-Webhook-Identifier"), Event: p.Event,
		// Old servers send no kind of event, but they send the comment or the event of its removal.
		Comment: strings.HasPrefix(p.Event, "comment_") || strings.Contains(p.Kind, "comment") || p.Comment.Self != "",
		All:     strings.HasPrefix(p.Event, "project_"),
	}
	for _, it := range p.Changelog.Items {
		d.Comment = d.Comment || it.Field == "Comment"
	}
	// A payload names further issues without the fields that select them.
	alone := p.Source+p.Destination+p.Link.Source+p.Link.Destination == ""
	d.Unselected = alone && (!c.mayBeSelected(p.Issue) || p.Event == "jira:issue_deleted")
	add := func(r connectors.Ref) {
		if r == (connectors.Ref{}) {
			return
		}
		for _, known := range d.Issues {
			if known.ID == r.ID {
				return
			}
		}
		d.Issues = append(d.Issues, r)
	}
	named := []json.Number{p.Issue.ID, p.IssueID, p.Source, p.Destination, p.Link.Source, p.Link.Destination, p.Worklog.Issue}
	for _, n := range named {
		if n != "" && !numeric(n.String()) {
			return connectors.Delivery{}, &connectors.Error{Op: "webhook", Kind: connectors.Malformed, Err: errors.New("an issue id is not one")}
		}
	}
	add(connectors.Ref{ID: p.Issue.ID.String(), Key: p.Issue.Key})
	if m := commentSelf.FindStringSubmatch(p.Comment.Self); m != nil {
		add(connectors.Ref{ID: m[1]})
	}
	for _, n := range named[1:] {
		add(connectors.Ref{ID: n.String()})
	}
	return d, nil
}

// ref is an issue as a webhook names it.
type ref struct {
	ID     json.Number `json:"id"`
	Key    string      `json:"key"`
	Fields struct {
		Project struct {
			Key string `json:"key"`
		} `json:"project"`
		Type wireNamed `json:"issuetype"`
	} `json:"fields"`
}

// mayBeSelected reports whether the configuration may select an issue, as far as its
// payload shows project and type.
func (c *Client) mayBeSelected(r ref) bool {
	if key := r.Fields.Project.Key; key != "" && key != c.cfg.Project {
		return false
	}
	kind := r.Fields.Type.Name
	return kind == "" || len(c.cfg.IssueTypes) == 0 ||
		slices.ContainsFunc(c.cfg.IssueTypes, func(name string) bool { return strings.EqualFold(name, kind) })
}
