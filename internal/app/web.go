package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/internal/server"
)

// Addrs are the addresses that the daemon listens on.
type Addrs struct {
	Pages net.Addr
	Hooks net.Addr // nil if no binding takes webhooks
}

// A web is the HTTP side of the daemon: pages for people and webhooks for trackers. Each has
// a listener of its own, so that a proxy can open the webhooks to the internet and not the
// pages.
type web struct {
	addrs     Addrs
	servers   []*http.Server
	listeners []net.Listener
}

// serve opens the listeners.
func (a *App) serve(ctx context.Context, deliveries http.Handler) (w *web, err error) {
	w = &web{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	log := a.Log.Named("http")
	if a.Config.TakesWebhooks() {
		if w.addrs.Hooks, err = w.listen(ctx, a.Config.Webhooks.Listen, server.HookConnections, server.Hooks(deliveries, log)); err != nil {
			return w, err
		}
	}
	reg, err := Register(ctx, a.Config, a.Store)
	if err != nil {
		return w, err
	}
	o := server.Options{
		Store: a.Store, Register: reg, Log: log, Public: a.Public, Requests: a.Requests, Setup: a.Setup, PollEvery: a.Config.Sync.PollEvery,
		Hosts: a.hosts(), Policy: a.policyNotices, Measurements: a.takesValues(), Desk: a.desk(), PublicURL: a.Config.PublicURL, Acts: a.Acts(), Control: a.Control(),
		Interface: a.Programs(), Scratch: a.Config.DataDir,
	}
	if w.addrs.Hooks != nil {
		o.HooksAt = w.addrs.Hooks.String()
	}
	if w.addrs.Pages, err = w.listen(ctx, a.Config.Listen, server.PageConnections, server.Pages(o)); err != nil {
		return w, err
	}
	a.pagesAt = w.addrs.Pages
	a.warn(w.addrs)
	return w, nil
}

// policyNotices says why the configured policy is not in force, or why the adopted policies
// cannot be read.
func (a *App) policyNotices(ctx context.Context) []string {
	p, err := Policies(ctx, a.Config, a.Store)
	var out []string
	if err == nil {
		out, err = p.Notices()
	}
	if err != nil {
		out = append(out, err.Error())
	}
	return out
}

// warn logs a warning for each listener that the configuration should change.
func (a *App) warn(at Addrs) {
	if a.Config.OpenPages() {
		a.Log.Warn("the pages are open: whoever reaches this address reads the whole register without a login", zap.Stringer("listen", at.Pages))
	}
	if a.Config.WebhooksMoved() {
		a.Log.Warn("webhooks have a listener of their own, and the configuration does not name it: point the proxy to it and set webhooks.listen", zap.Stringer("webhooks", at.Hooks))
	}
}

// hosts returns the host names that the pages answer to.
func (a *App) hosts() server.Hosts {
	host, _, err := net.SplitHostPort(a.Config.Listen)
	if err != nil {
		host = "127.0.0.1" // a valid configuration has an address
	}
	h := server.Hosts{Listen: host, Names: slices.Clone(a.Config.Hosts)}
	if u, err := url.Parse(a.Config.PublicURL); err == nil && u.Hostname() != "" {
		h.Names = append(h.Names, u.Hostname())
	}
	return h
}

func (w *web) listen(ctx context.Context, address string, connections int, srv *http.Server) (net.Addr, error) {
	lc := net.ListenConfig{}
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	w.servers, w.listeners = append(w.servers, srv), append(w.listeners, server.Limit(l, connections))
	return l.Addr(), nil
}

// close closes the listeners of servers that do not run.
func (w *web) close() error {
	var errs []error
	for _, l := range w.listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// run serves until ctx is done, then waits for open requests to end.
func (w *web) run(ctx context.Context, g *errgroup.Group) {
	for i, srv := range w.servers {
		g.Go(func() error {
			if err := srv.Serve(w.listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		g.Go(func() error {
			<-ctx.Done()
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return srv.Shutdown(stop)
		})
	}
}
