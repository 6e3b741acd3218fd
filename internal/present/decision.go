package present

import "github.com/conformd/conformd/register"

// Decision names what was decided: "triage", "effectiveness review: effective".
func Decision(a register.Approval) string {
	if a.Subject == register.SubjectTriage || a.Subject == register.SubjectReopening || a.Subject == register.SubjectRejection {
		return decision(string(a.Subject))
	}
	if a.Until != "" {
		return decision(string(a.Subject)) + ": " + string(a.Outcome) + " until " + a.Until
	}
	return decision(string(a.Subject)) + ": " + string(a.Outcome)
}

// Stands says whether a decision counts, and else why: "counts no longer: Root cause
// changed after it".
func Stands(a register.Approval, r register.Record) (counts bool, words string) {
	lasting := a.Subject == register.SubjectTriage || a.Subject == register.SubjectReopening
	switch {
	case a.Refused != "":
		return false, "does not count: " + a.Refused
	case a.Void != "":
		return false, "counts no longer: " + a.Void
	case a.Round < r.Round && !lasting:
		return false, "counted in an earlier round of work"
	default:
		return true, "counts"
	}
}

// mostDigest is how many characters of a digest are shown; the log has all of them.
const mostDigest = 12

// Covered is the beginning of the digest of what a decision covers, "" if it covers
// nothing.
func Covered(a register.Approval) string { return a.Covers[:min(len(a.Covers), mostDigest)] }
