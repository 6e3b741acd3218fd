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

// Sign returns a symbol for the standing of a record, to be shown beside the words. A held
// record has the symbol for attention.
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
