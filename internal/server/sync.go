package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

const (
	// waitingOnPage is how many records that wait one page lists.
	waitingOnPage = 100
	// writesOnPage is how many writes that wait behind a brake one page lists.
	writesOnPage = 100
)

// controllers are the roles that stop and release writing.
func controllers() []access.Role { return []access.Role{access.ISMSManager, access.Admin} }

// sync shows how far register and trackers are in step.
func (h *handler) sync(w http.ResponseWriter, r *http.Request) { h.showSync(w, r, http.StatusOK, nil) }

func (h *handler) showSync(w http.ResponseWriter, r *http.Request, status int, fault *web.NotCounted) {
	ctx := r.Context()
	p := web.Sync{Now: h.now(), Fault: fault, May: h.mayControl(r)}
	bindings, err := h.o.Store.Bindings(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	trackers, err := h.trackers(ctx, p.Now)
	if err != nil {
		h.fail(w, err)
		return
	}
	options := []service.Option{}
	for _, b := range trackers {
		i := slices.IndexFunc(bindings, func(x store.Binding) bool { return x.ID == b.ID })
		x := web.SyncBinding{Tracker: b, Lag: "not read yet"}
		if i >= 0 {
			x.Lag, x.Stopped = lag(bindings[i], p.Now), len(bindings[i].Brakes) > 0
		}
		p.Bindings = append(p.Bindings, x)
		options = append(options, service.Option{Value: b.ID, Label: b.ID})
	}
	p.Pause = web.Form{Name: "pause", Action: "/sync/pause", Submit: "Pause writing", Inputs: []web.Input{
		{Input: service.Input{Name: "binding", Label: "Binding", Type: register.TypeEnum, Options: options, Needed: true}},
		{Input: service.Input{Name: "reason", Label: "Reason", Type: register.TypeText, Needed: true, Hint: "Everybody reads it who looks at the brake"}},
	}, Hidden: []web.Hidden{{Name: formKey, Value: rand.Text()}}}
	for _, load := range []func(context.Context, *web.Sync) error{h.stops, h.waits, h.quarantined} {
		if err := load(ctx, &p); err != nil {
			h.fail(w, err)
			return
		}
	}
	h.pageAs(w, r, status, h.inside(r, "Synchronisation"), web.SyncPage(p))
}

func (h *handler) now() time.Time {
	if h.o.Register.Now != nil {
		return h.o.Register.Now()
	}
	return time.Now()
}

// mayControl reports whether who is signed in may stop and release writing.
func (h *handler) mayControl(r *http.Request) bool {
	who := you(r)
	return h.o.Control != nil && who != nil && who.Person != "" && who.Has(controllers()...)
}

// lag says how far the register is behind a tracker.
func lag(b store.Binding, now time.Time) string {
	switch {
	case b.Polled.IsZero():
		return "not read yet"
	case !b.Failing.IsZero():
		return "cannot be read since " + web.When(b.Failing)
	default:
		return now.Sub(b.Polled).Truncate(time.Second).String()
	}
}

// stops loads where writing is stopped, with what would be written.
func (h *handler) stops(ctx context.Context, p *web.Sync) error {
	stops, err := h.o.Register.Stops(ctx)
	if err != nil {
		return err
	}
	for _, s := range stops {
		u := url.URL{Path: "/sync/" + s.Binding + "/release"}
		x := web.SyncStop{Stop: s.Stop, Release: u.String()}
		for i, wr := range s.Writes {
			if i == writesOnPage {
				x.More = len(s.Writes) - i
				break
			}
			row, err := h.o.Store.Record(ctx, wr.Ref)
			if err != nil {
				return err
			}
			names, err := h.o.Register.Names(ctx, row.Record.ID)
			if err != nil {
				return err
			}
			one := web.StopWrite{Ref: wr.Ref, Title: wr.Title, Issue: wr.Issue}
			for _, c := range wr.Writes {
				one.Lines = append(one.Lines, h.o.Register.Writing(names, s.Binding, c))
			}
			x.Writes = append(x.Writes, one)
		}
		p.Stops = append(p.Stops, x)
	}
	return nil
}

// waits loads the records on which work waits.
func (h *handler) waits(ctx context.Context, p *web.Sync) error {
	all, err := h.o.Store.Waiting(ctx, waitingOnPage)
	for _, x := range all {
		retry := url.URL{Path: "/sync/records/" + x.Ref + "/retry"}
		one := web.Waiting{Ref: x.Ref, What: x.Problem, Next: x.Next, Retry: retry.String()}
		if one.What == "" {
			one.What = "its next step, which is due then"
		}
		for _, o := range x.Writes {
			issue := o.Issue
			if issue == "" {
				issue = "a new issue"
			}
			one.Open = append(one.Open, fmt.Sprintf("▲ %s of %s in %s has no outcome since %s", o.Op, issue, o.Binding, web.When(o.At)))
			drop := url.URL{Path: "/sync/records/" + x.Ref + "/settle"}
			one.Drop = drop.String()
		}
		p.Waiting = append(p.Waiting, one)
	}
	return err
}

func (h *handler) quarantined(ctx context.Context, p *web.Sync) (err error) {
	p.Asides, p.Aside, err = h.asides(ctx)
	return err
}

// actor is who is signed in, as the log names them.
func (h *handler) actor(r *http.Request) audit.Actor {
	s := seat(r)
	return signin.Actor(s.who, s.signed)
}

// controlled runs an act on the daemon itself by somebody who is one of people, with a reason.
func (h *handler) controlled(w http.ResponseWriter, r *http.Request, do func(by audit.Actor, reason string) error) {
	if !h.form(w, r) || !h.known(w, r) {
		return
	}
	reason := r.PostForm.Get("reason")
	if fault := register.Unsaid(reason); fault != "" {
		h.showSync(w, r, http.StatusUnprocessableEntity, &web.NotCounted{What: "The reason " + fault, Remedy: "Say why in a sentence: it stands in the audit log."})
		return
	}
	err := do(h.actor(r), reason)
	if err == nil {
		h.done(w, r, "/sync", "", "control", false)
		return
	}
	if errors.Is(err, store.ErrNotFound) {
		h.refused(w, r, http.StatusNotFound, codeNone, "There is no such record or binding", "Open the page of the synchronisation again.")
		return
	}
	h.showSync(w, r, http.StatusUnprocessableEntity, &web.NotCounted{What: err.Error(), Remedy: "Look at the list below; it may have changed meanwhile."})
}

func (h *handler) pause(w http.ResponseWriter, r *http.Request) {
	h.controlled(w, r, func(by audit.Actor, reason string) error {
		binding := r.PostForm.Get("binding")
		if !h.o.Register.HasBinding(binding) {
			return store.ErrNotFound
		}
		return h.o.Control.PauseWriting(r.Context(), by, binding, reason)
	})
}

func (h *handler) releaseBrake(w http.ResponseWriter, r *http.Request) {
	h.controlled(w, r, func(by audit.Actor, reason string) error {
		return h.o.Control.Release(r.Context(), by, r.PathValue("binding"), reason, r.PostForm.Get("list"))
	})
}

func (h *handler) settle(w http.ResponseWriter, r *http.Request) {
	h.controlled(w, r, func(by audit.Actor, reason string) error {
		row, err := h.o.Store.Record(r.Context(), r.PathValue("ref"))
		if err != nil {
			return err
		}
		return h.o.Control.Settle(r.Context(), by, row.Record.ID, reason)
	})
}

// retry has a record worked on now. It changes nothing by itself, so it needs no reason.
func (h *handler) retry(w http.ResponseWriter, r *http.Request) {
	if !h.known(w, r) {
		return
	}
	row, ok := h.numbered(w, r)
	if !ok {
		return
	}
	if err := h.o.Control.Retry(r.Context(), row.Record.ID); err != nil {
		h.fail(w, err)
		return
	}
	h.done(w, r, "/sync", "", "control", false)
}
