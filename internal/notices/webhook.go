package notices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
)

// A Form is the form of the JSON that a webhook takes.
type Form string

// The forms that a webhook may take.
const (
	// FormText is {"text": …}, as Slack and Mattermost take it.
	FormText Form = "text"
	// FormCard is a message with an Adaptive Card, as workflows of Microsoft Teams take it.
	FormCard Form = "card"
)

// A Webhook posts messages to one address, each with the name of the person it is for.
type Webhook struct {
	// URL is the address. It lets whoever knows it post, so it is a secret.
	URL  func() string
	Form Form
	// Names are the names of people, by person id.
	Names map[string]string
	// Client is the client to use; its timeout bounds one attempt.
	Client *http.Client
}

// NewWebhookClient returns a client that follows no redirection: the address is a secret.
func NewWebhookClient() *http.Client {
	return &http.Client{Timeout: sendWithin, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Name is the name of the channel.
func (*Webhook) Name() string { return "webhook" }

// Reaches reports whether the register knows a person.
func (w *Webhook) Reaches(person string) bool { _, ok := w.Names[person]; return ok }

// Send posts one message.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	body, err := w.body(m)
	if err != nil {
		return err
	}
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: the address is not valid", ErrRefused) // err shows the address
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "conformd")
	resp, err := w.Client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address
		}
		if written.Load() {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable:
		return fmt.Errorf("the webhook answered %s", resp.Status)
	case resp.StatusCode >= 500:
		return fmt.Errorf("%w: the webhook answered %s", ErrUnknown, resp.Status)
	default:
		return fmt.Errorf("%w: the webhook answered %s", ErrRefused, resp.Status)
	}
}

func (w *Webhook) body(m Message) ([]byte, error) {
	text := quiet(w.Names[m.Person] + ", " + m.Subject + "\n\n" + m.Text)
	if w.Form == FormCard {
		type block struct {
			Type string `json:"type"`
			Text string `json:"text"`
			Wrap bool   `json:"wrap"`
		}
		var blocks []block
		for l := range strings.Lines(text) {
			if l = strings.TrimSpace(l); l != "" {
				blocks = append(blocks, block{"TextBlock", l, true})
			}
		}
		return json.Marshal(map[string]any{"type": "message", "attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content":     map[string]any{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": blocks},
		}}})
	}
	return json.Marshal(map[string]string{"text": text})
}

// quiet takes from a text what Slack, Mattermost or Teams would act on: titles come from
// trackers, where anybody may write, and <!channel> or @here calls everybody.
func quiet(s string) string {
	return strings.NewReplacer("<", "‹", ">", "›", "@", "@\u2060", "`", "'", "*", "∗", "[", "(", "]", ")", "~", "∼").Replace(s)
}
