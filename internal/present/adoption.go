package present

import (
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// tellAdoption tells what was decided about an improvement: "deferred the improvement until
// 2027-03-01".
func tellAdoption(e *audit.Entry) string {
	what, until := "decided about", ""
	for _, c := range e.Changes {
		switch m, dated := register.MilestoneOfChange(c.Field); {
		case c.After == nil:
		case dated && m == register.MilestoneDecision:
			until = " until " + line(c.After.Value)
		case c.Field == "approval."+string(register.SubjectAdoption):
			what = line(c.After.Value)
		}
	}
	return what + " the improvement" + until
}

// promotedTo says to which kind an observation was promoted: " to improvement".
func promotedTo(e *audit.Entry) string {
	for _, c := range e.Changes {
		if c.After != nil && c.Field == "approval."+string(register.SubjectPromotion) {
			return " to " + strings.ReplaceAll(line(c.After.Value), "_", " ")
		}
	}
	return ""
}
