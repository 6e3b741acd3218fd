package inbox

import (
	"net/http"
	"time"
)

// A Result is what became of a delivery.
type Result string

// The results.
const (
	Accepted       Result = "accepted"
	Duplicate      Result = "duplicate"
	Forged         Result = "forged"
	Malformed      Result = "malformed"
	TooLarge       Result = "too_large"
	TooSlow        Result = "too_slow"
	TooMany        Result = "too_many"
	Busy           Result = "busy"
	UnknownBinding Result = "unknown_binding"
	Failed         Result = "failed"
)

// answers say how each result is answered. The meaning is for the person who reads the
// answer in the tracker's list of deliveries.
var answers = map[Result]struct {
	status  int
	wait    time.Duration // when to try again, 0 if that would not help
	meaning string
}{
	Accepted:       {status: http.StatusAccepted},
	Duplicate:      {status: http.StatusAccepted},
	Forged:         {http.StatusUnauthorized, 0, "the signature is missing or wrong; check the webhook's secret"},
	Malformed:      {http.StatusBadRequest, 0, "the body could not be read as a delivery of the tracker"},
	TooLarge:       {http.StatusRequestEntityTooLarge, 0, "the body is larger than webhooks.max_body allows"},
	TooSlow:        {http.StatusRequestTimeout, 0, "the body did not arrive in time"},
	TooMany:        {http.StatusTooManyRequests, time.Minute, "more deliveries than a tracker sends; the next poll finds the change"},
	Busy:           {http.StatusServiceUnavailable, 10 * time.Second, "other deliveries are being read; the next poll finds the change"},
	UnknownBinding: {http.StatusNotFound, 0, "no binding of this name takes webhooks; check the address"},
	Failed:         {http.StatusServiceUnavailable, 30 * time.Second, "it could not be stored; the next poll finds the change"},
}
