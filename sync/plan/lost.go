package plan

import (
	"slices"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/sticky"
)

// lost is what the comment says of evidence that is gone, nil for none.
func (m *merge) lost() *sticky.Lost {
	l := m.rec.Lost
	if l == nil {
		return nil
	}
	out := &sticky.Lost{From: l.From, To: l.To, Day: l.At.UTC().Format(time.DateOnly), What: slices.Clone(l.What), SaidWhat: slices.Clone(l.Said), Review: !slices.ContainsFunc(l.Rules, func(id string) bool { return id != "G15" && id != "G16" && id != "G26" })}
	if l.By != "" {
		out.By = m.in.Context.Name(l.By)
	}
	for _, id := range m.rec.Concerned() {
		as := message.Term("owner")
		if id != m.rec.Fields[register.FieldOwner] {
			as = "reviewer"
		}
		whom := message.New("{{.Person}} ({{.As}})", "Person", m.in.Context.Name(id), "As", as)
		out.Whom, out.SaidWhom = append(out.Whom, whom.String()), append(out.SaidWhom, whom.Text())
	}
	return out
}
