package connectors

import (
	"io"
	"net/http"
)

// A Webhook is implemented by trackers that push changes. A delivery is authenticated
// in two steps, so that a stranger cannot make conformd read a body: the header must
// carry a well-formed signature, then the body must match it.
type Webhook interface {
	// Begin reads the header of a delivery. The error is Forged when it carries no
	// well-formed signature: the body need not be read.
	Begin(h http.Header) (Incoming, error)
}

// An Incoming is a delivery whose body is being read.
type Incoming interface {
	// Write takes in the next bytes of the raw body. It never fails and keeps them: how
	// many there may be is up to the caller.
	io.Writer
	// Hint is called after the last Write. It checks the signature of what was written,
	// and says what may have changed. Nothing else of the payload is used. The error is
	// Forged when the signature is wrong, Malformed when an authentic body cannot be
	// understood.
	Hint() (Delivery, error)
}

// Hint authenticates a delivery whose body is in memory, and says what may have changed.
func Hint(w Webhook, h http.Header, body []byte) (Delivery, error) {
	in, err := w.Begin(h)
	if err != nil {
		return Delivery{}, err
	}
	if _, err := in.Write(body); err != nil {
		return Delivery{}, err
	}
	return in.Hint()
}

// A Delivery is one authenticated webhook call.
type Delivery struct {
	ID     string // as the header names it, outside the signature; "" if the vendor sends none
	Event  string // the vendor's name of the event, for people; as ID
	Issues []Ref  // issues that may have changed; ID or Key may be empty
	// Unselected reports whether the payload shows that the configuration selects none of
	// Issues. One that is bound may have changed all the same; any other need not be read,
	// because an event of its own follows when it is selected, and a listing finds it.
	Unselected bool
	// Comment reports whether comments may have changed too.
	Comment bool
	// All reports whether anything of the binding may have changed (a renamed
	// label, a transferred repository).
	All bool
}
