package simkit

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// maxSent bounds the deliveries a courier remembers; the oldest are forgotten.
const maxSent = 10_000

// A Delivery is one webhook call to make. Sign, if set, returns a header to add
// to each attempt, computed over the body.
type Delivery struct {
	ID     string
	URL    string
	Header http.Header
	Body   []byte
	Sign   func(body []byte) (header, value string)
}

// A Sent is one attempt of a delivery; a doubled or redelivered one has several.
type Sent struct {
	ID     string    `json:"id"`
	Event  string    `json:"event"`  // as named by X-GitHub-Event or the body's webhookEvent
	Status int       `json:"status"` // HTTP status of the receiver; 0 if lost or unreachable
	At     time.Time `json:"at"`
	Lost   bool      `json:"lost,omitempty"` // never sent, see Courier.Lose
}

// A Courier sends webhooks in the background, one after the other and without retries, as a
// vendor does. Tests can make it lose, double, hold and reorder them. It is safe for
// concurrent use.
type Courier struct {
	client *http.Client
	clock  *Clock

	mu              sync.Mutex
	lose, duplicate int
	hold, closed    bool
	held, queue     []Delivery
	idle            chan struct{} // closed when the worker stops; nil while there is none
	known           map[string]Delivery
	order           []string
	sent            []Sent
}

// NewCourier returns a courier. The client's Timeout bounds each delivery.
func NewCourier(client *http.Client) *Courier {
	return &Courier{client: client, known: map[string]Delivery{}}
}

// SetClock makes the courier stamp deliveries by c. Call it before the first Send.
func (c *Courier) SetClock(clock *Clock) { c.clock = clock }

// Lose drops the next n deliveries.
func (c *Courier) Lose(n int) { c.set(func() { c.lose = n }) }

// Duplicate sends each of the next n deliveries twice.
func (c *Courier) Duplicate(n int) { c.set(func() { c.duplicate = n }) }

// Hold keeps deliveries back until Release.
func (c *Courier) Hold() { c.set(func() { c.hold = true }) }

// Release sends the held deliveries, in reverse order if reverse is true, and ends the hold.
func (c *Courier) Release(reverse bool) {
	c.set(func() {
		if reverse {
			slices.Reverse(c.held)
		}
		c.queue, c.held, c.hold = append(c.queue, c.held...), nil, false
		c.start()
	})
}

// Take returns the held deliveries, oldest first. The caller must deliver them. The hold goes
// on.
func (c *Courier) Take() []Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.held
	c.held = nil
	return out
}

func (c *Courier) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// Send queues d and returns at once.
func (c *Courier) Send(d Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(d)
	if c.lose > 0 {
		c.lose--
		c.note(Sent{ID: d.ID, Event: event(d), At: c.clock.Now(), Lost: true})
		return
	}
	copies := []Delivery{d}
	if c.duplicate > 0 {
		c.duplicate--
		copies = append(copies, d)
	}
	if c.hold {
		c.held = append(c.held, copies...)
		return
	}
	c.queue = append(c.queue, copies...)
	c.start()
}

// Redeliver sends a known delivery again, lost ones included, and reports whether
// it was known.
func (c *Courier) Redeliver(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.known[id]
	if ok {
		c.queue = append(c.queue, d)
		c.start()
	}
	return ok
}

// Deliveries returns the deliveries that were sent or lost so far, oldest first.
func (c *Courier) Deliveries() []Sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// Wait waits until everything that is not held back was sent.
func (c *Courier) Wait(ctx context.Context) error {
	for {
		c.mu.Lock()
		idle := c.idle
		c.mu.Unlock()
		if idle == nil {
			return nil
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close drops the queued and held deliveries and waits for the one that is being sent. Later
// deliveries are remembered but not sent.
func (c *Courier) Close() {
	c.mu.Lock()
	c.closed, c.queue, c.held = true, nil, nil
	idle := c.idle
	c.mu.Unlock()
	if idle != nil {
		<-idle
	}
}

// start runs a worker while there is something to send. The caller holds the lock.
func (c *Courier) start() {
	if c.closed {
		c.queue = nil
	}
	if c.idle != nil || len(c.queue) == 0 {
		return
	}
	c.idle = make(chan struct{})
	go c.work()
}

func (c *Courier) work() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			close(c.idle)
			c.idle = nil
			c.mu.Unlock()
			return
		}
		d := c.queue[0]
		c.queue = c.queue[1:]
		c.mu.Unlock()

		status := c.post(d)

		c.mu.Lock()
		c.note(Sent{ID: d.ID, Event: event(d), Status: status, At: c.clock.Now()})
		c.mu.Unlock()
	}
}

// post makes one call and returns its status, 0 if there was none.
func (c *Courier) post(d Delivery) int {
	req, err := d.Request()
	if err != nil {
		return 0
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode
}

// Request returns the call to make, signed. It has no context of its own: a
// delivery outlives the request that caused it, and a client's Timeout ends it.
func (d Delivery) Request() (*http.Request, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, err
	}
	h := d.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if d.Sign != nil {
		name, value := d.Sign(d.Body)
		h.Set(name, value)
	}
	return &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, Header: h,
		Body: io.NopCloser(bytes.NewReader(d.Body)), ContentLength: int64(len(d.Body)),
	}, nil
}

// remember keeps d for Redeliver. The caller holds the lock.
func (c *Courier) remember(d Delivery) {
	if _, ok := c.known[d.ID]; !ok {
		c.order = append(c.order, d.ID)
	}
	c.known[d.ID] = d
	if len(c.order) > maxSent {
		delete(c.known, c.order[0])
		c.order = c.order[1:]
	}
}

// note adds to the log. The caller holds the lock.
func (c *Courier) note(s Sent) {
	c.sent = append(c.sent, s)
	if len(c.sent) > maxSent {
		c.sent = slices.Clone(c.sent[maxSent/2:])
	}
}

// event names the event of a delivery.
func event(d Delivery) string {
	if e := d.Header.Get("X-GitHub-Event"); e != "" {
		return e
	}
	var body struct {
		WebhookEvent string `json:"webhookEvent"`
	}
	_ = json.Unmarshal(d.Body, &body) // a body of another shape has no event
	return body.WebhookEvent
}
