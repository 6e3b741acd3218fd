package queue

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
)

// askAnyway is how often a listener asks for notifications though no bell rang. None should be
// found then: other programs that open the register, such as conformd register, insert no jobs.
const askAnyway = 5 * time.Second

// mostNotifications is how many notifications one query reads.
const mostNotifications = 256

// A listener reads River's notifications from the table in which its driver for SQLite writes
// them. It asks when the bell rings.
type listener struct {
	db   *sql.DB
	bell <-chan struct{}

	mu      sync.Mutex
	last    int64            // the newest notification that was read
	topics  map[string]int64 // the newest notification when a topic was asked for
	waiting []notification
}

type notification struct {
	id    int64
	value riverdriver.Notification
}

// Connect implements riverdriver.Listener. What was written before is not read.
func (l *listener) Connect(ctx context.Context) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, err = l.newest(ctx)
	l.topics = map[string]int64{}
	return err
}

func (l *listener) newest(ctx context.Context) (id int64, err error) {
	return id, l.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM river_notification").Scan(&id)
}

// Close implements riverdriver.Listener.
func (l *listener) Close(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.topics, l.waiting = nil, nil
	return nil
}

// Listen implements riverdriver.Listener.
func (l *listener) Listen(ctx context.Context, topic string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.topics == nil {
		return errors.New("listener is not connected")
	}
	if _, known := l.topics[topic]; known {
		return nil
	}
	newest, err := l.newest(ctx)
	if err != nil {
		return err
	}
	l.topics[topic] = max(l.last, newest)
	return nil
}

// Unlisten implements riverdriver.Listener.
func (l *listener) Unlisten(_ context.Context, topic string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.topics, topic)
	return nil
}

// WaitForNotification implements riverdriver.Listener.
func (l *listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	t := time.NewTicker(askAnyway)
	defer t.Stop()
	for {
		// River interrupts a wait whenever it asks for a topic. The bell may have rung
		// for a query that was interrupted, so each wait begins with a query.
		n, found, err := l.next(ctx)
		if found || err != nil {
			return n, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.bell:
		case <-t.C:
		}
	}
}

// next returns the next notification, if there is one.
func (l *listener) next(ctx context.Context) (n *riverdriver.Notification, found bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		if err := l.read(ctx); err != nil {
			if ctx.Err() != nil { // River takes the error of a context for an interruption
				return nil, false, ctx.Err()
			}
			return nil, false, err
		}
	}
	for len(l.waiting) > 0 {
		n := l.waiting[0]
		l.waiting = l.waiting[1:]
		if since, ok := l.topics[n.value.Topic]; ok && n.id > since {
			return &n.value, true, nil
		}
	}
	return nil, false, nil
}

func (l *listener) read(ctx context.Context) error {
	rows, err := l.db.QueryContext(ctx, "SELECT id, topic, payload FROM river_notification WHERE id > $1 ORDER BY id LIMIT $2", l.last, mostNotifications)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var found []notification
	for rows.Next() {
		var n notification
		if err := rows.Scan(&n.id, &n.value.Topic, &n.value.Payload); err != nil {
			return err
		}
		found = append(found, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if l.waiting = found; len(found) > 0 {
		l.last = found[len(found)-1].id
	}
	return nil
}

// Ping implements riverdriver.Listener.
func (l *listener) Ping(ctx context.Context) error { return l.db.PingContext(ctx) }

// Schema implements riverdriver.Listener.
func (l *listener) Schema() string { return "" }

// SetAfterConnectExec implements riverdriver.Listener, for River's tests of drivers only.
func (l *listener) SetAfterConnectExec(string) {}
