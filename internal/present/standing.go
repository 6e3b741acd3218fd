package present

import "github.com/conformd/conformd/register"

// Standing says where a record stands: "planning, close requested".
func Standing(r register.Record) string {
	if r.Requested == "" {
		return string(r.State)
	}
	return string(r.State) + ", " + Request(r.Requested)
}

// Request names the request to enter a state: "close requested".
func Request(s register.State) string {
	switch s {
	case register.Closed:
		return "close requested"
	case register.StateRejected:
		return "rejection requested"
	case register.Accepted:
		return "acceptance requested"
	default:
		return string(s) + " requested"
	}
}
