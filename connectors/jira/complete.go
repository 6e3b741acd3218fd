package jira

import (
	"errors"
	"slices"
)

// A partial is an answer that may be incomplete, because any JSON object decodes into any
// struct. Without this check the {} of a proxy would be an empty listing, and an issue
// without its status would look as if the status was removed.
type partial interface{ complete() bool }

// Each complete method reports whether an answer has the members that Jira always sends.

func (w *wireIssue) complete() bool { return numeric(w.ID) && w.Key != "" && w.Fields != nil }

func (w *wireComment) complete() bool {
	return w.ID != "" && !w.Created.IsZero() && !w.Updated.IsZero()
}

func (w *wireComments) complete() bool {
	return w.Comments != nil && w.Total >= len(w.Comments) && each[*wireComment](w.Comments)
}

func (w *wireHistory) complete() bool { return w.ID != "" && !w.Created.IsZero() }

func (w *wireHistories) complete() bool { return w.Values != nil && each[*wireHistory](w.Values) }

func (w *wireHits) complete() bool { return w.Issues != nil && each[*wireIssue](w.Issues) }

func (w *wireIDs) complete() bool {
	if w.Issues == nil {
		return false
	}
	for _, i := range w.Issues {
		if !numeric(i.ID) {
			return false
		}
	}
	return true
}

func (w *wireTransitions) complete() bool {
	return w.List != nil && !slices.ContainsFunc(w.List, func(t wireTransition) bool { return t.ID == "" || t.To.Name == "" })
}

func (w *wireUser) complete() bool { return w.user().ID != "" }

func (w *wireCreated) complete() bool { return numeric(w.ID) && w.Key != "" }

func (w *wirePosted) complete() bool { return w.ID != "" }

func (w *wireMarks) complete() bool { return w.Values != nil }

func (w *wireProperty) complete() bool { return w.Key == propertyKey }

func (w *wireSite) complete() bool { return w.Deployment != "" || w.Version != "" }

func (w *fieldInfo) complete() bool { return w.ID != "" }

func (w *fieldInfos) complete() bool { return len(*w) > 0 && each[*fieldInfo](*w) }

// each reports whether all of a list are complete.
func each[P interface {
	*T
	partial
}, T any](list []T) bool {
	for i := range list {
		if !P(&list[i]).complete() {
			return false
		}
	}
	return true
}

// numeric reports whether s is an id of Jira.
func numeric(s string) bool {
	return s != "" && !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < '0' || r > '9' })
}

// errCut says that an issue cannot be read because its status, times, comments or history are
// incomplete.
var errCut = errors.New("members are missing in the issue")

// errEndless ends a listing that goes on without showing anything new.
var errEndless = errors.New("the listing has no end")
