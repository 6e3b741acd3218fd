package inbox

import (
	"net/http"
	"time"
)

// A Result says how a delivery ended.
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

// An answer is the HTTP answer for a result. A person reads its meaning in the tracker's list
// of deliveries.
type answer struct {
	status  int
	wait    time.Duration // when to try again, 0 if that would not help
	meaning string
}

func (r Result) answer() answer {
	switch r {
	case Accepted, Duplicate:
		return answer{status: http.StatusAccepted}
	case Forged:
		return answer{http.StatusUnauthorized, 0, "the signature is missing or wrong; check the webhook's secret"}
	case Malformed:
		return answer{http.StatusBadRequest, 0, "the body could not be read as a delivery of the tracker"}
	case TooLarge:
		return answer{http.StatusRequestEntityTooLarge, 0, "the body is larger than webhooks.max_body allows"}
	case TooSlow:
		return answer{http.StatusRequestTimeout, 0, "the body did not arrive in time"}
	case TooMany:
		return answer{http.StatusTooManyRequests, time.Minute, "more deliveries than a tracker sends; the next poll finds the change"}
	case Busy:
		return answer{http.StatusServiceUnavailable, 10 * time.Second, "other deliveries are being read; the next poll finds the change"}
	case UnknownBinding:
		return answer{http.StatusNotFound, 0, "no binding of this name takes webhooks; check the address"}
	default:
		return answer{http.StatusServiceUnavailable, 30 * time.Second, "it could not be stored; the next poll finds the change"}
	}
}
