package notices

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A News is one line of a message: a date, or a request.
type News struct {
	Stage
	Record  string // id
	Ref     string // number
	Title   string
	Item    register.DueItem
	Request *register.Request // in place of the item
	Loss    *register.Loss    // likewise
}

// told is the key under which the register remembers it.
func (n News) told() store.Told {
	x := store.Told{Record: n.Record, Item: n.Item.Key(), Due: n.Item.Due, Stage: n.Name, Person: n.Person}
	if n.Request != nil {
		x.Item, x.Due = n.Request.Key, n.Request.To
	}
	if n.Loss != nil {
		x.Item, x.Due = "evidence", n.Loss.At.UTC().Format(time.DateOnly)
	}
	return x
}

// line is the news in words.
func (n News) line(l *catalogue.Language, today string, names present.Names) string {
	if n.Request != nil {
		return present.RequestLine(l, n.Ref, n.Title, *n.Request, names)
	}
	if n.Loss != nil {
		return present.LossLine(l, n.Ref, n.Title, *n.Loss, names)
	}
	return present.NoticeLine(l, n.Ref, n.Title, n.Item, today, names)
}

// A Digest is what one person is told on one day.
type Digest struct {
	Person string
	Day    string
	News   []News
	// Known lists the records whose missed dates an earlier message told.
	Known []string
}

// digests returns what is to be told on a day, in the order of people. Old reports what a
// person was told before, or may have been told before a backup was restored.
func (r Rules) digests(rows []store.Row, at time.Time, today string, old func(News) bool) []Digest {
	by := map[string]*Digest{}
	add := func(n News) {
		x := by[n.Person]
		if x == nil {
			x = &Digest{Person: n.Person, Day: today}
			by[n.Person] = x
		}
		switch {
		case !old(n):
			x.News = append(x.News, n)
		case n.Kind == Missed, n.Kind == Escalated:
			x.Known = append(x.Known, n.Ref)
		}
	}
	for _, row := range rows {
		rec := row.Record
		n := News{Record: rec.ID, Ref: rec.Ref, Title: rec.Fields[register.FieldTitle]}
		for _, d := range register.Due(rec, at) {
			n.Item = d
			for _, n.Stage = range latest(r.stages(rec, d), today) {
				add(n)
			}
		}
		for _, q := range register.Requests(rec) {
			n.Item, n.Request = register.DueItem{}, &q
			for _, n.Stage = range latest(r.asked(q), today) {
				add(n)
			}
		}
		n.Item, n.Request, n.Loss = register.DueItem{}, nil, rec.Lost
		for _, n.Stage = range latest(r.gone(rec), today) {
			add(n)
		}
	}
	var out []Digest
	for _, x := range by {
		if len(x.News) == 0 {
			continue
		}
		slices.SortStableFunc(x.News, func(a, b News) int {
			return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.told().Due, b.told().Due), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.told().Item, b.told().Item))
		})
		slices.Sort(x.Known)
		x.Known = slices.Compact(x.Known)
		out = append(out, *x)
	}
	slices.SortStableFunc(out, func(a, b Digest) int { return cmp.Compare(a.Person, b.Person) })
	return out
}

// counts says how many dates of each kind there are: "1 to decide, 2 missed, 3 to come".
func (d Digest) counts(l *catalogue.Language) string {
	n := map[Kind]int{}
	for _, x := range d.News {
		n[x.Kind]++
	}
	var out []string
	for _, x := range []struct {
		kind Kind
		says *message.Message
	}{
		{Gone, message.New("{{.N}} lost", "N", n[Gone])},
		{Asked, message.New("{{.N}} to decide", "N", n[Asked])},
		{Escalated, message.New("{{.N}} escalated", "N", n[Escalated])},
		{Missed, message.New("{{.N}} missed", "N", n[Missed])},
		{Coming, message.New("{{.N}} to come", "N", n[Coming])},
	} {
		if n[x.kind] > 0 {
			out = append(out, l.Say(x.says))
		}
	}
	return strings.Join(out, ", ")
}

// heading begins the lines of a kind.
func (k Kind) heading() *message.Message {
	switch k {
	case Gone:
		return message.New("Evidence was lost, and the record went back:")
	case Asked:
		return message.New("You may decide (the comment on the issue names the command, and so does conformd register show):")
	case Escalated:
		return message.New("Escalated to you, because the date has passed:")
	case Missed:
		return message.New("Missed:")
	default:
		return message.New("To come:")
	}
}

// mostNews bounds the lines of a message; the list of the register has all of them.
const mostNews = 50

// Message returns the digest as text in the person's language. Link is the address of the pages,
// "" if there is none.
func (d Digest) Message(l *catalogue.Language, names present.Names, link string) Message {
	m := Message{Person: d.Person, Subject: l.New("conformd: {{.Counts}} on {{.Date}}", "Counts", d.counts(l), "Date", message.Day(d.Day))}
	var out []string
	heading := Kind(-1)
	for i, n := range d.News {
		if i == mostNews {
			out = append(out, "", l.New("… and {{.N}} more.", "N", len(d.News)-i))
			break
		}
		if n.Kind != heading {
			heading = n.Kind
			out = append(out, "", l.Say(heading.heading()))
		}
		out = append(out, n.line(l, d.Day, names))
	}
	if n := len(d.Known); n > mostNews {
		out = append(out, "", l.New("You were told before of missed dates of {{.Records}} and {{.N}} more.", "Records", strings.Join(d.Known[:mostNews], ", "), "N", n-mostNews))
	} else if n > 0 {
		out = append(out, "", l.New("You were told before of missed dates of {{.Records}}.", "Records", strings.Join(d.Known, ", ")))
	}
	out = append(out, "", l.New("All of your dates: conformd due list --owner {{.Person}}", "Person", d.Person))
	if link != "" {
		out = append(out, strings.TrimSuffix(link, "/")+"/")
	}
	m.Text = strings.TrimLeft(strings.Join(out, "\n"), "\n")
	return m
}

// A Message is text for one person.
type Message struct {
	// ID is the same each time the message is sent, so that mail programs can recognise it.
	ID      string
	Person  string
	Subject string
	Text    string
}
