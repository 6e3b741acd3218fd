package message

import (
	"encoding/json"
	"strings"
)

// A Text is a message as it is stored: the sentence itself, or a JSON object if it has places.
// "" is no message. Texts are equal if they say the same.
type Text string

type stored struct {
	ID   string      `json:"id"`
	One  string      `json:"one,omitempty"`
	Args []storedArg `json:"args"`
}

type storedArg struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind,omitempty"`
	Text string `json:"text,omitempty"`
	Of   []Text `json:"of,omitempty"`
}

// objects is how the JSON of a message begins. No sentence does.
const objects = `{"id":`

// Text returns the message in its stored form.
func (m *Message) Text() Text {
	if m == nil {
		return ""
	}
	if len(m.Args) == 0 {
		return Text(m.ID)
	}
	s := stored{ID: m.ID, One: m.One}
	for _, a := range m.Args {
		x := storedArg{Name: a.Name, Kind: a.Kind, Text: a.Text}
		for _, o := range a.Of {
			x.Of = append(x.Of, o.Text())
		}
		s.Args = append(s.Args, x)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return Text(m.String())
	}
	return Text(b)
}

// Message returns the message of the text, nil if there is none.
func (t Text) Message() *Message {
	if t == "" {
		return nil
	}
	var s stored
	if !strings.HasPrefix(string(t), objects) || json.Unmarshal([]byte(t), &s) != nil {
		return &Message{ID: string(t)}
	}
	m := &Message{ID: s.ID, One: s.One}
	for _, a := range s.Args {
		x := Arg{Name: a.Name, Kind: a.Kind, Text: a.Text}
		for _, o := range a.Of {
			x.Of = append(x.Of, o.Message())
		}
		m.Args = append(m.Args, x)
	}
	return m
}

// String says the text in English.
func (t Text) String() string { return t.Message().String() }
