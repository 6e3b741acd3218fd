package auditor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// A Source is a project or repository that records come from.
type Source struct {
	Binding string
	Tracker connectors.Tracker
	Profile *mapping.Profile
}

// A Population is the register beside its sources, issue by issue.
type Population struct {
	AsOf    time.Time `json:"as_of"`
	Entries int64     `json:"log_entries"`
	Records int       `json:"records"`
	// Without are the numbers of the records that are bound to no issue.
	Without []string `json:"records_without_issue"`
	Counts  []Count  `json:"bindings"`
}

// A Count is one binding: what is there, what the register has of it, and how the two differ.
type Count struct {
	Binding     string       `json:"binding"`
	Query       string       `json:"query"`       // in the tracker's own words
	Seen        int          `json:"issues"`      // that conformd's account sees there
	Selected    int          `json:"selected"`    // of them
	Bound       int          `json:"bound"`       // issues that the register has there
	Quarantined int          `json:"quarantined"` // known to the register, of no record
	Differences []Difference `json:"differences"`
	// Unselected counts the issues that are not selected and show nothing of a record.
	Unselected int `json:"unselected"`
	// Problem says why the source could not be counted.
	Problem string `json:"problem,omitempty"`
}

// A Difference is an issue that source and register do not have alike.
type Difference struct {
	What   What   `json:"difference"`
	Key    string `json:"issue"`
	Record string `json:"record,omitempty"`
	Title  string `json:"title,omitempty"`
	URL    string `json:"url,omitempty"`
	Why    string `json:"why"`
}

// A What is a sort of difference.
type What string

// The sorts of difference.
const (
	Unknown      What = "not in the register" // selected, and neither bound nor quarantined
	NotSelected  What = "not selected"        // without the label, of another type
	Quarantined  What = "quarantined"
	Deleted      What = "deleted"
	Hidden       What = "hidden"            // the tracker says that our account may not see it
	GoneOrHidden What = "deleted or hidden" // the tracker answers alike
	MovedAway    What = "moved"
	NotListed    What = "not listed" // it is there, and no listing shows it
	Unanswered   What = "not known"  // the tracker did not say
)

// mostDifferent is how many differences are named; beyond it the binding is another one than the
// register was filled from.
const mostDifferent = 10000

// Count holds the register against its sources: it lists every issue that each source shows to
// conformd's account and compares. All names also the issues that show nothing of a record. A
// source that cannot be read is a Count with a Problem.
func (d Desk) Count(ctx context.Context, sources []Source, all bool) (Population, error) {
	s, err := Read(ctx, d.Store.Reader())
	if err != nil {
		return Population{}, err
	}
	p := Population{AsOf: s.At, Entries: s.Entries, Records: len(s.Records), Without: []string{}, Counts: []Count{}}
	has := map[string]bool{}
	for _, src := range sources {
		known, err := d.Store.Population(ctx, src.Binding)
		if err != nil {
			return p, err
		}
		for _, k := range known {
			has[k.Record] = true
		}
		c, err := count(ctx, src, known, all)
		if ctx.Err() != nil {
			return p, ctx.Err()
		}
		if err != nil {
			c = Count{Binding: src.Binding, Query: c.Query, Differences: []Difference{}, Problem: err.Error()}
		}
		p.Counts = append(p.Counts, c)
	}
	for _, r := range s.Records {
		if !has[r.Ref] {
			p.Without = append(p.Without, r.Ref)
		}
	}
	return p, nil
}

// count counts one source.
func count(ctx context.Context, src Source, known []store.Counted, all bool) (Count, error) {
	c := Count{Binding: src.Binding, Differences: []Difference{}}
	census, ok := src.Tracker.(connectors.Census)
	if !ok {
		return c, errors.New("this kind of tracker cannot list the issues that are not selected")
	}
	c.Query = census.Selects()
	byID := map[string]store.Counted{}
	for _, k := range known {
		byID[k.ID] = k
		if k.Record == "" {
			c.Quarantined++
		} else {
			c.Bound++
		}
	}
	seen := map[string]bool{}
	for page, err := range census.Everything(ctx) {
		if err != nil {
			return c, err
		}
		for _, is := range page {
			if !seen[is.Ref.ID] {
				seen[is.Ref.ID] = true
				k, there := byID[is.Ref.ID]
				c.take(src, is, k, there, all)
			}
		}
	}
	for _, k := range known {
		if !seen[k.ID] {
			c.Differences = append(c.Differences, missing(ctx, src, k))
		}
	}
	slices.SortStableFunc(c.Differences, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Key, b.Key)) })
	if len(c.Differences) > mostDifferent {
		return c, fmt.Errorf("more than %d issues differ: the binding selects other issues than those that the register has", mostDifferent)
	}
	return c, nil
}

// take compares an issue that the source shows with what the register knows of it.
func (c *Count) take(src Source, is connectors.Counted, k store.Counted, known, all bool) {
	c.Seen++
	if is.Selected {
		c.Selected++
	}
	d := Difference{Key: is.Ref.Key, Record: k.Record, Title: is.Fields[connectors.Title].Text, URL: is.URL}
	switch {
	case known && k.Record == "":
		d.What, d.Why = Quarantined, k.Why
	case known && !is.Selected:
		d.What, d.Why = NotSelected, "it is bound, and the selection of the binding leaves it out"
	case known:
		return
	case is.Selected:
		d.What, d.Why = Unknown, "the binding selects it, and conformd has not taken it in"
	case is.Marker != "":
		d.What, d.Why = NotSelected, "conformd filed it, and the selection of the binding leaves it out"
	case src.recorded(is.Issue):
		d.What, d.Why = NotSelected, "it shows values of a record, and the selection of the binding leaves it out"
	case all:
		d.What, d.Why = NotSelected, "the selection of the binding leaves it out"
	default:
		c.Unselected++
		return
	}
	c.Differences = append(c.Differences, d)
}

// recorded reports whether an issue shows a value in a place that only records have: a section of
// the description, or a custom field.
func (s Source) recorded(is *connectors.Issue) bool {
	if s.Profile == nil {
		return false
	}
	view := s.Profile.Read(is).View
	return slices.ContainsFunc(s.Profile.Fields, func(m mapping.FieldMap) bool {
		return (m.Remote.Kind == mapping.KindSection || m.Remote.Kind == mapping.KindField) && view[m.Field].Raw != ""
	})
}

// missing says what became of an issue that the register knows and the source does not list. The
// source of truth is asked.
func missing(ctx context.Context, src Source, k store.Counted) Difference {
	d := Difference{Key: k.Key, Record: k.Record}
	is, err := src.Tracker.Get(ctx, k.Ref)
	e, _ := errors.AsType[*connectors.Error](err)
	switch kind := connectors.KindOf(err); {
	case err == nil && is.Ref.Key != k.Key:
		d.What, d.Why = MovedAway, "it is "+is.Ref.Key+" now"
	case err == nil:
		d.What, d.Why, d.Title, d.URL = NotListed, "the tracker shows it by its number, and in no listing: the listing may lag behind", is.Fields[connectors.Title].Text, is.URL
	case kind == connectors.Moved && e != nil && e.To != (connectors.Ref{}):
		d.What, d.Why = MovedAway, "it is "+cmp.Or(e.To.Key, e.To.ID)+" now"
	case kind == connectors.Moved:
		d.What, d.Why = MovedAway, "it is in another project or repository"
	case kind == connectors.Gone:
		d.What, d.Why = Deleted, "the tracker says that it was deleted"+status(e)
	case kind == connectors.Denied:
		d.What, d.Why = Hidden, "conformd's account may not see it"+status(e)
	case kind == connectors.NotFound:
		d.What, d.Why = GoneOrHidden, "the tracker answers the same for an issue that was deleted and for one that conformd's account may not see"+status(e)+": ask an administrator of the tracker"
	default:
		d.What, d.Why = Unanswered, err.Error()
	}
	if k.State == store.IssueOrphaned {
		d.Why += "; the register says so too"
	}
	return d
}

func status(e *connectors.Error) string {
	if e == nil || e.Status == 0 {
		return ""
	}
	return fmt.Sprintf(" (HTTP %d)", e.Status)
}
