package server

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/charts"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register/kpi"
)

const (
	monthsShown = 6
	// figuresFor is how long figures are shown before they are counted again: those of a large register take
	// seconds.
	figuresFor = time.Minute
	// figuresWait is how long a page waits for figures that are counted for the first time.
	figuresWait = 300 * time.Millisecond
	// causePrefix begins the names of the values of K30 that are categories of causes.
	causePrefix = "cause category "
)

// recent keeps the figures of the dashboard. They are counted by one request at a time, and beside it.
type recent struct {
	mu      sync.Mutex
	shown   web.Figures
	drawn   charts.Chart
	running chan struct{} // closed when counting ends, nil while nothing counts
}

// show returns the figures, those of a minute ago if they are counted anew.
func (c *recent) show(ctx context.Context, h *handler) web.Figures {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil && (!c.shown.Counted || time.Since(c.shown.AsOf) > figuresFor) {
		c.running = make(chan struct{})
		go c.count(context.WithoutCancel(ctx), h, c.running)
	}
	if done := c.running; done != nil && !c.shown.Counted {
		c.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
		case <-time.After(figuresWait):
		}
		c.mu.Lock()
	}
	return c.shown
}

// count reads the figures, whoever waits for them.
func (c *recent) count(ctx context.Context, h *handler, done chan struct{}) {
	got, err := h.o.Register.Recent(ctx, monthsShown)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = nil
	close(done)
	if err != nil {
		h.o.Log.Error("the figures could not be counted", zap.Error(err))
		return
	}
	c.shown, c.drawn = shown(got)
}

// chart returns the drawing of the months.
func (c *recent) chart(ctx context.Context, h *handler) (charts.Chart, bool) {
	f := c.show(ctx, h)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drawn, f.Counted
}

// shown takes what the dashboard shows out of the figures.
func shown(r service.Recent) (web.Figures, charts.Chart) {
	now := r.Months[len(r.Months)-1]
	out := web.Figures{Counted: true, AsOf: now.At}
	opened, closed := charts.Series{Name: "Opened"}, charts.Series{Name: "Closed"}
	c := charts.Chart{Title: "Records opened and closed by month"}
	for _, s := range r.Months {
		m := web.Month{Name: s.From.Format("Jan 2006"), Opened: whole(s, "K2", "opened"), Closed: whole(s, "K2", "closed")}
		out.Months = append(out.Months, m)
		c.Groups = append(c.Groups, m.Name)
		opened.Values, closed.Values = append(opened.Values, m.Opened), append(closed.Values, m.Closed)
	}
	c.Series = []charts.Series{opened, closed}
	out.Alt = c.Alt()
	for _, v := range values(now, "K3") {
		if v.Unit == kpi.Count {
			out.Ages = append(out.Ages, web.Bar{Name: v.Name, Count: v.N})
		}
	}
	for _, v := range values(r.Year, "K30") {
		if name, ok := strings.CutPrefix(v.Name, causePrefix); ok {
			out.Causes = append(out.Causes, web.Bar{Name: name, Count: v.N})
		}
	}
	return out, c
}

func values(s kpi.Sheet, figure string) []kpi.Value {
	for _, f := range s.Figures {
		if f.ID == figure {
			return f.Values
		}
	}
	return nil
}

// whole returns a count of a sheet, 0 if it has none.
func whole(s kpi.Sheet, figure, name string) int {
	for _, v := range values(s, figure) {
		if v.Name == name {
			return v.N
		}
	}
	return 0
}

// figuresPart answers the figures alone, for a dashboard that waits for them.
func (h *handler) figuresPart(w http.ResponseWriter, r *http.Request) {
	h.fragment(w, r, web.FiguresSection(h.figures.show(r.Context(), h), display(r)))
}

// flow draws what was opened and closed by month.
func (h *handler) flow(w http.ResponseWriter, r *http.Request) {
	c, ok := h.figures.chart(r.Context(), h)
	if !ok {
		http.Error(w, "the figures are being counted; look again in a minute", http.StatusServiceUnavailable)
		return
	}
	p := charts.Light()
	if web.ThemeOf(r.URL.Query().Get("theme")) == web.Dark {
		p = charts.Dark()
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	if _, err := w.Write(c.SVG(p)); err != nil {
		h.o.Log.Debug("chart", zap.Error(err))
	}
}
