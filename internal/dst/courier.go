package dst

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// A parcel is a delivery on its way.
type parcel struct {
	simkit.Delivery
	due time.Time
}

// courier delivers the webhooks of both trackers, as badly as the options say.
func (w *world) courier(stop <-chan struct{}) {
	a := &actor{courierID, "courier"}
	var under []parcel
	for {
		a.sleep(700 * time.Millisecond)
		select {
		case <-stop:
			return
		default:
		}
		for _, c := range []*simkit.Courier{w.trackers.Jira.Courier(), w.trackers.GitHub.Courier()} {
			for _, d := range c.Take() {
				if w.isDeaf() {
					continue
				}
				under = append(under, w.post(d)...)
			}
		}
		now := time.Now()
		var later []parcel
		for _, p := range under {
			if now.Before(p.due) && !w.isCalm() {
				later = append(later, p)
				continue
			}
			w.deliver(a, p.Delivery)
		}
		under = later
	}
}

// post decides what becomes of a delivery.
func (w *world) post(d simkit.Delivery) []parcel {
	now := time.Now()
	if w.draw(w.hooks, HookLost) {
		return nil
	}
	p := parcel{Delivery: d, due: now}
	if w.draw(w.hooks, HookLate) {
		p.due = now.Add(w.between(w.hooks, time.Second, 30*time.Minute))
	}
	out := []parcel{p}
	if w.draw(w.hooks, HookReplay) {
		again := p
		again.Header = p.Header.Clone()
		for _, h := range []string{"X-GitHub-Delivery", "X-Atlassian-Webhook-Identifier"} {
			if again.Header.Get(h) != "" {
				again.Header.Set(h, "replayed-"+again.Header.Get(h))
			}
		}
		again.due = now.Add(30 * time.Minute)
		out = append(out, again)
	}
	if w.draw(w.hooks, HookTwice) {
		again := p
		again.due = now.Add(w.between(w.hooks, 0, 5*time.Minute))
		out = append(out, again)
	}
	return out
}

func (w *world) deliver(a *actor, d simkit.Delivery) {
	w.mu.Lock()
	e := w.engine
	w.mu.Unlock()
	if e == nil || e.hooks == nil || e.standsStill() > 0 {
		w.note(a.name, "nobody answers at %s", d.URL)
		return
	}
	r, err := d.Request()
	if err != nil {
		panic(err)
	}
	r = r.WithContext(withActor(r.Context(), a))
	forged := w.draw(w.hooks, HookForged)
	if forged {
		r.Body = io.NopCloser(bytes.NewReader(append(slices.Clone(d.Body[:len(d.Body)-1]), ",\"forged\":true}"...)))
		r.ContentLength = -1
	}
	rec := httptest.NewRecorder()
	e.hooks.ServeHTTP(rec, r)
	w.note(a.name, "%s: %d", r.URL.Path, rec.Code)
	if forged {
		if rec.Code != http.StatusUnauthorized {
			w.violated("hooks", "a forged delivery was answered with %d", rec.Code)
		}
		a.sleep(time.Millisecond)
		return
	}
	if rec.Code >= 400 && rec.Code != http.StatusServiceUnavailable && rec.Code != http.StatusBadGateway {
		w.violated("hooks", "a genuine delivery was refused with %d", rec.Code)
	}
	if rec.Code == http.StatusAccepted {
		w.accepted(d)
	}
	a.sleep(time.Millisecond)
}

func (w *world) isDeaf() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.deaf
}
