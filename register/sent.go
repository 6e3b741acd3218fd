package register

import (
	"slices"
	"strings"
	"time"
)

// A Sending is one document about the record that went to a party outside the organisation,
// such as the answer to the certification body. The register holds the digest of the document
// and not the document: whoever has the file can show that it is the one that was sent.
type Sending struct {
	To     string    `json:"to"`
	On     string    `json:"on"`               // date on which it was sent
	File   string    `json:"file,omitempty"`   // name of the document
	SHA256 string    `json:"sha256,omitempty"` // of the document, in hexadecimal; "" where no file was named
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"` // who says so
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // identifies it
}

// Send says that a document about the record was sent. Anybody in the register's list of
// people may say so: it decides nothing.
type Send struct {
	By     Author
	To     string
	On     string // date
	File   string
	SHA256 string
	Reason string
}

func (c Send) author() Author { return c.By }

// sentChange is the name by which the log calls what is told of a sending: "sent.to".
const sentChange = "sent"

// Changes are what the log shows of a sending, by name.
func (s Sending) Changes() [][2]string {
	out := [][2]string{{sentChange + ".to", s.To}, {sentChange + ".on", s.On}}
	if s.SHA256 != "" {
		out = append(out, [2]string{sentChange + ".file", s.File}, [2]string{sentChange + ".sha256", s.SHA256})
	}
	return out
}

// SendingOf returns the sending of which the log shows these changes, without who noted it.
func SendingOf(changes map[string]string) Sending {
	return Sending{To: changes[sentChange+".to"], On: changes[sentChange+".on"], File: changes[sentChange+".file"], SHA256: changes[sentChange+".sha256"]}
}

// send takes in that a document was sent.
func (w *decision) send(c Send) Refusal {
	if slices.ContainsFunc(w.r.Sent, func(s Sending) bool { return c.By.Event != "" && s.Event == c.By.Event }) {
		return Refusal{} // taken in before
	}
	on, isDate := date(c.On)
	switch {
	case c.By.Event == "" || c.By.Bot || !c.By.How.says():
		return Refusal{What: "it is not an attributable event", Told: say("note it with an account of your own")}
	case !w.ctx.knows(c.By.Person):
		return w.stranger(c.By)
	case strings.TrimSpace(c.To) == "":
		return Refusal{What: "it is not said to whom it was sent", Told: say("name the certification body")}
	case !isDate:
		return Refusal{What: quote(c.On) + " is not a date", Told: say("say when it was sent, as in 2026-12-31")}
	case on.After(w.ctx.At.Add(24 * time.Hour)): // a date has no time zone
		return Refusal{What: c.On + " is in the future", Told: say("note a document on the day on which it was sent, or later")}
	}
	s := Sending{To: c.To, On: c.On, File: c.File, SHA256: c.SHA256, Reason: c.Reason, By: c.By.Person, At: w.when(c.By), Event: c.By.Event}
	f := c.By.fact(Fact{Kind: FactSent, Sending: &s, Why: c.Reason})
	f.At = s.At
	w.add(f)
	return Refusal{}
}
