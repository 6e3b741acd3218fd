package github

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// A wireFault is one entry of the errors of a 422.
// https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
type wireFault struct {
	Resource, Field, Code, Message string
	Value                          json.RawMessage
}

// faults reads the errors of a refusal: objects as a rule, sometimes bare texts.
func faults(body []byte) []wireFault {
	var m struct{ Errors []json.RawMessage }
	if json.Unmarshal(body, &m) != nil {
		return nil // none, or of a shape that GitHub does not use
	}
	var out []wireFault
	for _, raw := range m.Errors {
		var f wireFault
		if json.Unmarshal(raw, &f.Message) == nil || json.Unmarshal(raw, &f) == nil {
			out = append(out, f)
		}
	}
	return out
}

// text is what GitHub says of a fault. A bare code says little, so the value that it
// is about goes along.
func (f wireFault) text() string {
	if f.Message != "" {
		return f.Message
	}
	text := strings.TrimSpace(f.Resource + " " + f.Field + " " + f.Code)
	var value string
	if json.Unmarshal(f.Value, &value) == nil && value != "" {
		text += fmt.Sprintf(" (%.100s)", value)
	}
	return text
}

// of is the field of an issue that a fault is about, "" if it is about none. A label
// that cannot be put on an issue is a fault of the label's name.
func (f wireFault) of() connectors.Field {
	switch f.Resource + "." + f.Field {
	case "Issue.title":
		return connectors.Title
	case "Issue.body", "IssueComment.body", "IssueComment.data":
		return connectors.Body
	case "Issue.labels", "Label.name":
		return connectors.Labels
	case "Issue.assignee", "Issue.assignees":
		return connectors.Assignee
	case "Issue.type":
		return connectors.Type
	}
	return ""
}

// refusedFields are the fields that GitHub names as the reason of a refusal.
func refusedFields(body []byte) map[connectors.Field]string {
	var out map[connectors.Field]string
	for _, f := range faults(body[:min(len(body), transport.RefusalBytes)]) {
		field := f.of()
		if field == "" {
			continue
		}
		if out == nil {
			out = map[connectors.Field]string{}
		}
		if was := out[field]; was != "" {
			f.Message = was + "; " + f.text()
		}
		out[field] = transport.Detail([]byte(f.text()))
	}
	return out
}

// refusedField is the refusal of a request that was not sent because of the value
// of one field.
func (r request) refusedField(field connectors.Field, why string) *connectors.Error {
	e := r.err(connectors.Rejected, nil)
	e.Detail, e.Fields = why, map[connectors.Field]string{field: why}
	return e
}
