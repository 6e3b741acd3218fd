package present

import "github.com/conformd/conformd/register"

// Standing says where a record stands: "planning, close requested".
func Standing(state, requested register.State) string {
	if requested == "" {
		return string(state)
	}
	return string(state) + ", " + Request(requested)
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

// Sign is a sign for where a record stands; the words stand beside it. A record that is
// held has the sign of what needs attention.
func Sign(state, requested register.State) string {
	switch {
	case requested.Ended():
		return "▲"
	case state == register.Closed:
		return "✓"
	case state.Ended():
		return "–"
	case state == register.Reported:
		return "○"
	default:
		return "◐"
	}
}
