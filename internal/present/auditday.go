package present

import (
	"cmp"
	"strconv"

	"github.com/conformd/conformd/audit"
)

// tellAuditDay tells that a day on which an auditor was there began or ended.
func tellAuditDay(v *Event, e *audit.Entry) {
	told := after(e)
	v.Changes = nil
	if e.Verb == audit.AuditDayClosed {
		n, _ := strconv.Atoi(told["requests"])
		v.What = "closed the audit day, with " + Count(n, "request", "requests")
		return
	}
	v.What = "opened an audit day for " + cmp.Or(told["period"], "a period")
	if told["seed"] != "" {
		v.What += ", with a sample by the word " + line(told["seed"])
	}
}
