package register_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

func TestEndedAtIsTheDayOfTheLastDecision(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	standing := register.Acceptance{State: register.AcceptanceApproved, Approved: []register.AcceptedBy{{Act: register.ActAccept, At: day(4)}, {Act: register.ActAcceptMajor, At: day(6)}}}
	ended := register.Acceptance{State: register.AcceptanceEnded, Approved: []register.AcceptedBy{{At: day(20)}}}
	rejected := register.Approval{Subject: register.SubjectRejection, Outcome: register.Rejected, At: day(8), Round: 1}
	before, refused, declined := rejected, rejected, rejected
	before.Round, before.At = 0, day(21)
	refused.Refused, refused.At = "G15", day(22)
	declined.Subject, declined.Outcome, declined.At = register.SubjectAdoption, register.Declined, day(9)
	deferred := declined
	deferred.Outcome, deferred.At = register.Deferred, day(23)
	for name, c := range map[string]struct {
		r    register.Record
		want time.Time
	}{
		"closed":                  {register.Record{State: register.Closed, Closed: day(2)}, day(2)},
		"open again":              {register.Record{State: register.Analysis, Closed: day(2)}, time.Time{}},
		"accepted by two":         {register.Record{State: register.Accepted, Acceptances: []register.Acceptance{ended, standing}}, day(6)},
		"accepted, unknown when":  {register.Record{State: register.Accepted}, time.Time{}},
		"rejected":                {register.Record{State: register.StateRejected, Round: 1, Approvals: []register.Approval{before, rejected, refused}}, day(8)},
		"declined":                {register.Record{State: register.StateRejected, Round: 1, Approvals: []register.Approval{declined, deferred}}, day(9)},
		"rejected, unknown when":  {register.Record{State: register.StateRejected}, time.Time{}},
		"reported with a refusal": {register.Record{State: register.Reported, Approvals: []register.Approval{rejected}}, time.Time{}},
	} {
		if got := c.r.EndedAt(); !got.Equal(c.want) {
			t.Errorf("%s: ended %s, want %s", name, got, c.want)
		}
	}
}
