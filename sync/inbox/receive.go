package inbox

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// onceWithin is how long an equal body counts as a redelivery, which is accepted and ignored.
// GitHub redelivers when a person presses the button, Jira Cloud up to five times, 5 to 15
// minutes apart (https://developer.atlassian.com/cloud/jira/platform/webhooks/). A replay
// after that costs one read.
const onceWithin = 75 * time.Minute

// forgetEvery is how often deliveries older than onceWithin are deleted.
const forgetEvery = 10 * time.Minute

// safe matches the event ids and names that are kept. They come from headers, which the
// signature does not cover.
var safe = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// named returns a delivery; an event id or name that is not safe is removed from it.
func named(d connectors.Delivery) connectors.Delivery {
	if !safe.MatchString(d.ID) {
		d.ID = ""
	}
	if !safe.MatchString(d.Event) {
		d.Event = "other"
	}
	return d
}

// receive stores a delivery once and turns it into hints, in one transaction. Digest
// identifies its body. It reports whether the delivery was new.
func (in *Inbox) receive(ctx context.Context, binding, digest string, d connectors.Delivery) (fresh bool, err error) {
	if d.ID == "" {
		d.ID = digest
	}
	err = in.o.Store.Write(ctx, func(t *store.Tx) error {
		fresh, err = t.Receive(ctx, binding, digest, d.Event, t.Now().Add(-onceWithin))
		if err != nil || !fresh {
			return err
		}
		if err := in.forget(ctx, t); err != nil {
			return err
		}
		return in.hints(ctx, t, binding, d)
	})
	return fresh, err
}

// hints asks for the reads that a delivery makes necessary. The delivery gets no entry in the
// audit log: its id stands in the entries about the changes that it led to.
func (in *Inbox) hints(ctx context.Context, t *store.Tx, binding string, d connectors.Delivery) error {
	for _, ref := range d.Issues {
		id, err := t.Hint(ctx, binding, ref, d.ID)
		if errors.Is(err, store.ErrNotFound) {
			if err := in.sight(ctx, t, binding, ref, d); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := t.MarkDirty(ctx, id); err != nil {
			return err
		}
		if in.o.Wake != nil {
			if err := in.o.Wake(ctx, t, id); err != nil {
				return err
			}
		}
	}
	if !d.All || in.o.Jobs == nil {
		return nil
	}
	at := in.gates[binding].nextPoll(in.o.Now())
	return in.o.Jobs.Poll(context.WithoutCancel(ctx), t.SQL(), binding, at)
}

// sight asks for the read of an issue that is bound to nothing. It does not if the payload
// proves that the binding does not select the issue.
func (in *Inbox) sight(ctx context.Context, t *store.Tx, binding string, ref connectors.Ref, d connectors.Delivery) error {
	if d.Unselected || in.o.Jobs == nil {
		return nil
	}
	return in.o.Jobs.Sight(context.WithoutCancel(ctx), t.SQL(), binding, ref.ID, ref.Key)
}

// forget deletes, every forgetEvery, the deliveries that are older than onceWithin.
func (in *Inbox) forget(ctx context.Context, t *store.Tx) error {
	in.mu.Lock()
	due := t.Now().Sub(in.forgot).Abs() >= forgetEvery
	if due {
		in.forgot = t.Now()
	}
	in.mu.Unlock()
	if !due {
		return nil
	}
	return t.ForgetDeliveries(ctx, t.Now().Add(-onceWithin))
}
