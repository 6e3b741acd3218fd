package present

import (
	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Sent says what went to a party outside: "2027-02-10 to Body X: response.html (SHA-256
// 0123456789ab…), noted by Irene Ismail: the answer to F-01".
func Sent(s register.Sending, n Names) string {
	out := sent(s) + ", noted by " + n.Person(s.By)
	if s.Reason != "" {
		out += ": " + line(s.Reason)
	}
	return out
}

// sent names a sending without who noted it.
func sent(s register.Sending) string {
	out := line(s.On) + " to " + line(s.To)
	if s.SHA256 != "" {
		out += ": " + line(s.File) + " (SHA-256 " + line(s.SHA256[:min(len(s.SHA256), mostDigest)]) + "…)"
	}
	return out
}

// tellSent tells that a document about the record went to a party outside.
func tellSent(v *Event, e *audit.Entry) {
	v.What, v.Changes = "noted what was sent: "+sent(register.SendingOf(after(e))), nil
}
