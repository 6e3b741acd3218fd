package auditor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/connectors"
)

// RequestLabel is the label of the issues by which an auditor asks for something.
const RequestLabel = "audit-request"

// Asked are the requests of an audit day, as the trackers show them.
type Asked struct {
	Bindings []string         `json:"bindings"` // where they were looked for
	Read     time.Time        `json:"read"`
	Requests []export.Request `json:"requests"`
}

// A SourceError says that the requests of a binding cannot be read.
type SourceError struct {
	Binding string
	Err     error
}

// Error says which binding and why.
func (e *SourceError) Error() string { return e.Binding + " could not be read: " + e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// slack is how far a tracker's clock may be behind ours, and how coarse its times are: a request that
// was closed right after the opening must not look like one from before.
const slack = time.Minute

// Requests lists the issues with the label that belong to a day which began at since: those that
// were filed later, and those from before that were not closed by then. The error is a *SourceError
// if a source cannot be read: requests that are not seen must not look like none.
func (d Desk) Requests(ctx context.Context, sources []Source, since, now time.Time) (Asked, error) {
	out := Asked{Bindings: []string{}, Read: now.UTC().Truncate(time.Second), Requests: []export.Request{}}
	for _, src := range sources {
		known, err := d.Store.Population(ctx, src.Binding)
		if err != nil {
			return out, err
		}
		records := map[string]string{}
		for _, k := range known {
			records[k.ID] = k.Record
		}
		rs, err := src.requests(ctx, since, records)
		if err != nil {
			return out, cmp.Or(ctx.Err(), error(&SourceError{src.Binding, err}))
		}
		out.Bindings, out.Requests = append(out.Bindings, src.Binding), append(out.Requests, rs...)
	}
	slices.SortStableFunc(out.Requests, func(a, b export.Request) int {
		return cmp.Or(cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.Binding, b.Binding), cmp.Compare(a.Issue, b.Issue))
	})
	return out, nil
}

func (s Source) requests(ctx context.Context, since time.Time, records map[string]string) ([]export.Request, error) {
	by, ok := s.Tracker.(connectors.LabelReader)
	if !ok {
		return nil, errors.New("this kind of tracker cannot list issues by a label")
	}
	var out []export.Request
	seen := map[string]bool{}
	for page, err := range by.Labelled(ctx, RequestLabel) {
		if err != nil {
			return nil, err
		}
		for _, is := range page {
			closed := closedAt(is)
			twin := is.Marker != "" // conformd filed it for a record whose issue has the label
			if seen[is.Ref.ID] || twin || is.Status.Done && !closed.IsZero() && closed.Before(since.Add(-slack)) {
				continue
			}
			seen[is.Ref.ID] = true
			r, err := s.request(ctx, is, closed)
			if err != nil {
				return nil, fmt.Errorf("comments of %s: %w", is.Ref, err)
			}
			r.Record = records[is.Ref.ID]
			out = append(out, r)
		}
	}
	return out, nil
}

// request reads who answered an issue, and when.
func (s Source) request(ctx context.Context, is *connectors.Issue, closed time.Time) (export.Request, error) {
	asker := is.Author
	if is.Reporter.ID != "" {
		asker = is.Reporter
	}
	r := export.Request{
		Binding: s.Binding, Issue: is.Ref.Key, Title: is.Fields[connectors.Title].Text, URL: is.URL, Done: is.Status.Done,
		Asked: stamp(is.Created), AskedBy: s.Profile.PersonOf(asker),
	}
	if is.Status.Done && !closed.IsZero() {
		r.Closed = stamp(closed)
	}
	for page, err := range s.Tracker.Comments(ctx, is.Ref, "") {
		if err != nil {
			return r, err
		}
		for _, c := range page.Comments {
			if answers(c, is) {
				r.Answered, r.AnsweredBy = stamp(c.Created), s.Profile.PersonOf(c.Author)
				return r, nil
			}
		}
	}
	return r, nil
}

// answers reports whether a comment is by a person who neither asked nor filed the issue.
func answers(c connectors.Comment, is *connectors.Issue) bool {
	return c.Marker == "" && !c.Author.Bot && c.Author.ID != is.Author.ID && c.Author.ID != is.Reporter.ID
}

// closedAt returns when an issue reached the status in which it is, zero if the tracker does not tell.
func closedAt(is *connectors.Issue) time.Time {
	if !is.Closed.IsZero() || !is.Status.Done {
		return is.Closed
	}
	for _, c := range slices.Backward(is.Changes) {
		if c.Field == "status" {
			return c.At
		}
	}
	return time.Time{}
}
