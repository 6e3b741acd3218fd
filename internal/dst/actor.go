package dst

import (
	"context"
	"time"
)

// classes is how many actors can own a nanosecond of each microsecond.
const classes = 1000

// The actors that live through a whole simulation. Those of the engine follow, a
// new set with every start.
const (
	courierID int64 = iota + 1
	supervisorID
	adversaryID
	adminID
	managerID
	clockID
	insiderID
	outageID
	firstPersonID
	firstEngineID int64 = 20
)

// An actor is one line of activity. It wakes only in its own class of nanoseconds.
type actor struct {
	id   int64
	name string
}

// sleep waits for d, rounded up to the actor's next own nanosecond.
func (a *actor) sleep(d time.Duration) {
	now := time.Now().UnixNano()
	wake := now + int64(d)
	wake += (a.id - wake%classes + classes) % classes
	if wake <= now {
		wake += classes
	}
	time.Sleep(time.Duration(wake - now)) //nolint:forbidigo // in a bubble, where no time passes
}

type actorKey struct{}

func withActor(ctx context.Context, a *actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// actorOf returns who makes a request. Every request of a simulation has somebody.
func actorOf(ctx context.Context) *actor {
	a, ok := ctx.Value(actorKey{}).(*actor)
	if !ok {
		panic("dst: a request without an actor")
	}
	return a
}
