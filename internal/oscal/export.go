package oscal

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// NS is the namespace of the values that are conformd's own.
const NS = "https://github.com/conformd/conformd/ns/oscal"

// Versions returns the versions of OSCAL that are written, the usual one first.
func Versions() []string { return []string{"1.1.3", "1.2.1", "1.2.2"} }

// A Source is what a document is made of.
type Source struct {
	Origin  string // first name of the log: the register that it is
	Version string // of OSCAL
	// At is when the last of the Entries of the log was written, of which the document is.
	At      time.Time
	Entries int64
	// Kinds are the kinds of record that go in beside nonconformities.
	Kinds   []register.Kind
	Records []Record
}

// A Record is a record with the names of its people and the addresses of its issues.
type Record struct {
	register.Record
	Names  present.Names
	Issues []string
}

// ErrEmpty says that no record goes into a document: OSCAL has no plan without an item.
var ErrEmpty = errors.New("no record of the register goes into it, and a plan of action and milestones has at least one item")

// New makes the document. Its ids follow from those of the records, so that the same register
// gives the same document. The error is ErrEmpty, or names what would break a rule of OSCAL.
func New(s Source) (Document, error) {
	d := Document{POAM: POAM{
		UUID:     id(s.Origin, fmt.Sprint("poam ", s.Entries, s.Kinds, s.Version)),
		SystemID: SystemID{Type: "http://ietf.org/rfc/rfc4122", ID: id(s.Origin, "system")},
	}}
	parties := newParties(s.Origin)
	var resources []Resource
	rejected, other := 0, 0
	for _, r := range s.Records {
		switch {
		case r.State == register.StateRejected:
			rejected++
			continue
		case r.Kind() != register.Nonconformity && !slices.Contains(s.Kinds, r.Kind()):
			other++
			continue
		}
		w := &writer{Record: r, parties: parties, origin: s.Origin}
		o := w.observation()
		item := w.item(o)
		d.POAM.Observations = append(d.POAM.Observations, o)
		if k := r.Kind(); k == register.Nonconformity || k == register.PotentialNonconformity {
			risk := w.risk(o)
			d.POAM.Risks = append(d.POAM.Risks, risk)
			item.Risks = []ToRisk{{risk.UUID}}
		}
		d.POAM.Items = append(d.POAM.Items, item)
		resources = append(resources, w.resources()...)
	}
	if len(d.POAM.Items) == 0 {
		return Document{}, ErrEmpty
	}
	if len(resources) > 0 {
		d.POAM.BackMatter = &BackMatter{resources}
	}
	at := moment(s.At)
	d.POAM.Metadata = Metadata{
		Title: "Register of nonconformities " + line(s.Origin), LastModified: at, Version: at, OSCALVersion: s.Version,
		Props: []Prop{prop("log-entries", fmt.Sprint(s.Entries))}, Roles: roles(), Parties: parties.sorted(),
		Remarks: fmt.Sprintf("%s as of %s, after %d entries of the audit log. Left out: %s, %s of another kind.",
			present.Count(len(d.POAM.Items), "record", "records"), at, s.Entries, present.Count(rejected, "rejected record", "rejected records"), present.Count(other, "record", "records")),
	}
	return d, d.check()
}

// JSON returns the document as indented text.
func (d Document) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(d, "", "  ")
	return append(b, '\n'), err
}

const roleAssignee = "action-assignee"

func roles() []Role { return []Role{{roleAssignee, "Assignee of an action"}} }

func id(of, what string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(NS+"\n"+of+"\n"+what)).String()
}

func moment(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// endOf is the last second of a day, "" if it is none.
func endOf(day string) string {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day + "T23:59:59Z"
}

// prop is a value of conformd's own. Its value must not be empty.
func prop(name, value string) Prop { return Prop{name, NS, line(value)} }

// line is a text as a value on one line, which OSCAL wants without blanks around it.
func line(s string) string { return strings.Join(strings.Fields(shown(s)), " ") }

// text is a text of several lines.
func text(s string) string { return strings.TrimSpace(shown(s)) }

// shown leaves out of a text what a reader does not see.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f || r == '\u200b' || r == '\u2060' || r == '\ufeff':
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// stated is a text, or that nobody has written it yet: OSCAL asks for texts that the register
// may not have yet.
func stated(s string) string { return cmp.Or(text(s), "Not stated yet.") }

// parties are the people whom a document names, and the organisation.
type parties struct {
	list map[string]Party
	org  Party
}

func newParties(origin string) *parties {
	p := &parties{list: map[string]Party{}, org: Party{UUID: id(origin, "organization"), Type: "organization", Name: cmp.Or(line(origin), "The organisation")}}
	p.list[p.org.UUID] = p.org
	return p
}

// person returns the id of a person, or of the organisation if nobody is named.
func (p *parties) person(who string, n present.Names) string {
	if who == "" {
		return p.org.UUID
	}
	x := Party{UUID: id("person", who), Type: "person", Name: cmp.Or(line(n.Person(who)), line(who), "A person")}
	p.list[x.UUID] = x
	return x.UUID
}

func (p *parties) sorted() []Party {
	var out []Party
	for _, x := range p.list {
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Party) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.UUID, b.UUID))
	})
	return out
}
