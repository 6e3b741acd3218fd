package present

import "github.com/conformd/conformd/register"

// EvidenceOf says what a piece of evidence is of: the label of a field, or the id of an
// action.
func EvidenceOf(e register.Evidence) string {
	if info, ok := register.Info(register.Field(e.Of)); ok {
		return info.Label
	}
	return e.Of
}
