package simkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// What a Fault can do to a request.
const (
	Drop     = "drop"     // close the connection without an answer
	Status   = "status"   // answer Fault.Status instead
	Truncate = "truncate" // send half the body under the full Content-Length
	Garbage  = "garbage"  // answer 200 with a login page
	Delay    = "delay"    // wait, then go on as usual
)

// A Fault says which requests fail and how. Times counts matching requests, so
// that a fault can hit the third write only.
type Fault struct {
	Method string `json:"method,omitempty"` // "" any
	Path   string `json:"path,omitempty"`   // regular expression on the path; "" any
	// After says that the request takes effect and its answer is lost. If it is false, the
	// request never reaches the simulator.
	After  bool              `json:"after,omitempty"`
	Do     string            `json:"do"` // "drop", "status", "truncate", "garbage" or "delay"
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header,omitempty"` // of "status"
	Body   string            `json:"body,omitempty"`   // of "status"
	Delay  time.Duration     `json:"-"`                // before the answer, with any Do; in JSON a string, "2s"
	Skip   int               `json:"skip,omitempty"`   // matching requests to let through first
	Times  int               `json:"times,omitempty"`  // matching requests to hit then: 0 means 1, -1 all
}

// Validate says what is wrong with f, or nil.
func (f Fault) Validate() error {
	switch f.Do {
	case Drop, Truncate, Garbage:
	case Delay:
		if f.Delay <= 0 {
			return fmt.Errorf("fault %q needs a delay", f.Do)
		}
	case Status:
		if f.Status < 200 || f.Status > 599 {
			return fmt.Errorf("fault %q needs a status from 200 to 599, not %d", f.Do, f.Status)
		}
	default:
		return fmt.Errorf("fault %q is none of drop, status, truncate, garbage, delay", f.Do)
	}
	if _, err := regexp.Compile(f.Path); err != nil {
		return fmt.Errorf("fault path: %w", err)
	}
	return nil
}

type plainFault Fault

type jsonFault struct {
	plainFault
	Delay string `json:"delay,omitempty"`
}

// MarshalJSON writes the delay as a string, "1.5s".
func (f Fault) MarshalJSON() ([]byte, error) {
	j := jsonFault{plainFault: plainFault(f)}
	if f.Delay != 0 {
		j.Delay = f.Delay.String()
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fault) UnmarshalJSON(b []byte) error {
	var j jsonFault
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields() // a mistyped key would arm another fault than meant
	if err := dec.Decode(&j); err != nil {
		return err
	}
	*f = Fault(j.plainFault)
	if j.Delay == "" {
		return nil
	}
	d, err := time.ParseDuration(j.Delay)
	f.Delay = d
	return err
}
