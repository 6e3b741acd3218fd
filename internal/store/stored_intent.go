package store

import (
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

type storedIntent struct {
	versioned
	RecordID string                  `json:"record_id"`
	Binding  string                  `json:"binding"`
	Ref      storedRef               `json:"ref"`
	Op       Op                      `json:"op"`
	At       time.Time               `json:"at"`
	Marker   string                  `json:"marker,omitempty"`
	Want     map[string]string       `json:"want,omitempty"`
	Saw      map[string]string       `json:"saw,omitempty"`
	Agree    map[string]storedAgreed `json:"agree,omitempty"`
	Says     *storedSays             `json:"says,omitempty"`
	Comment  string                  `json:"comment,omitempty"`
	Reaction string                  `json:"reaction,omitempty"`
	Labels   []string                `json:"labels,omitempty"`
	Reverts  []register.Field        `json:"reverts,omitempty"`
	Version  string                  `json:"version,omitempty"`
	After    time.Time               `json:"after,omitzero"`
	Known    string                  `json:"known,omitempty"`
}

// form is 4 with those of a base and of what the comment says.
func (*storedIntent) form() int { return 4 }

func encodeIntent(in Intent) (string, error) {
	return encode(&storedIntent{
		RecordID: in.RecordID, Binding: in.Binding, Ref: storedRef(in.Ref), Op: in.Op, At: in.At, Marker: in.Marker,
		Want: texts[string](in.Want), Saw: texts[string](in.Saw), Agree: storeAgreed(in.Agree), Says: storeSays(in.Says),
		Comment: in.Comment, Reaction: in.Reaction, Labels: in.Labels, Reverts: in.Reverts, Version: in.Version, After: in.After, Known: in.Known,
	})
}

// decodeIntent reads an intent; its number is not part of the document.
func decodeIntent(doc string) (Intent, error) {
	var s storedIntent
	err := decode(doc, "intent", &s)
	return Intent{
		RecordID: s.RecordID, Binding: s.Binding, Ref: connectors.Ref(s.Ref), Op: s.Op, At: s.At, Marker: s.Marker,
		Want: texts[register.Field](s.Want), Saw: texts[register.Field](s.Saw), Agree: agreedOf(s.Agree), Says: saysOf(s.Says),
		Comment: s.Comment, Reaction: s.Reaction, Labels: s.Labels, Reverts: s.Reverts, Version: s.Version, After: s.After, Known: s.Known,
	}, err
}
