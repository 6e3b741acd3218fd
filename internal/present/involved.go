package present

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// An Involved is a person who may not review a record, and why.
type Involved struct {
	Who string `json:"who"` // "somebody whom the tracker does not name" for nobody
	As  string `json:"as"`  // "owner", "worked on an action", "wrote Root cause and Similar nonconformities"
	// First is the reason that came first, for a sentence.
	First *message.Message `json:"-"`
	// unnamed says that the tracker does not name the person.
	unnamed bool
}

// unnamed is who is not known.
const unnamed = "somebody whom the tracker does not name"

// Brief names the person with one reason.
func (i Involved) Brief() *message.Message {
	if i.unnamed {
		return message.New("{{.Person}} ({{.As}})", "Person", message.Term(unnamed), "As", i.First)
	}
	return message.New("{{.Person}} ({{.As}})", "Person", i.Who, "As", i.First)
}

// String names the person with the reason: "Erik Engel (owner)".
func (i Involved) String() string { return i.Who + " (" + i.As + ")" }

// InvolvedIn returns who may not review a record, each person once, in the order in which
// they became involved. A person who owned the record is called the owner before anything else.
func InvolvedIn(r register.Record, n Names) []Involved {
	var ids []string
	roles, wrote := map[string][]string{}, map[string][]string{}
	for _, i := range r.Involved {
		if len(roles[i.Person])+len(wrote[i.Person]) == 0 {
			ids = append(ids, i.Person)
		}
		switch i.As {
		case register.InvolvedOwner:
			roles[i.Person] = append(roles[i.Person], "owner")
		case register.InvolvedAssignee:
			roles[i.Person] = append(roles[i.Person], "worked on an action")
		default:
			wrote[i.Person] = append(wrote[i.Person], label(string(i.Field)))
		}
	}
	out := make([]Involved, len(ids))
	for k, id := range ids {
		out[k].Who = n.Person(id)
		if id == "" {
			out[k].Who, out[k].unnamed = unnamed, true
		}
		as := roles[id]
		slices.Sort(as)
		if len(as) == 0 {
			out[k].First = message.New("wrote {{.Field}}", "Field", message.Term(wrote[id][0]))
		} else {
			out[k].First = message.New(as[0])
		}
		if len(wrote[id]) > 0 {
			as = append(as, "wrote "+Join(wrote[id]))
		}
		out[k].As = strings.Join(as, "; ")
	}
	return out
}
