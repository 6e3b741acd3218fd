package mapping

import (
	"strings"

	"github.com/conformd/conformd/connectors"
)

// LinkedRecord returns the number of the record in the last line of a description that conformd
// wrote, "" if it names none. See Draft.
func (p *Profile) LinkedRecord(is *connectors.Issue) string {
	body := is.Fields[connectors.Body].Text
	i := strings.LastIndex(body, linked)
	if i < 0 {
		return ""
	}
	ref, _, _ := strings.Cut(body[i+len(linked):], ",")
	return strings.TrimSpace(ref)
}
