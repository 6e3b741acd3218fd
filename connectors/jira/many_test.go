package jira_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// talkative is a world with an issue that has many comments; it returns their ids.
func talkative(t *testing.T, deployment string, inline, many int) (*rig, connectors.Ref, []string) {
	t.Helper()
	r := open(t, jirasim.Options{Deployment: deployment, InlineComments: inline}, nil)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seed := jirasim.Seed{ID: 70001, Key: "ISMS-900", Created: at, Updated: at.Add(time.Hour), Fields: map[string]any{"summary": "Talked to death"}}
	for k := range many {
		seed.Comments = append(seed.Comments, jirasim.SeedComment{By: "erik", Body: fmt.Sprint("comment ", k), At: at.Add(time.Duration(k) * time.Second)})
	}
	must(t, r.sim.Seed(seed))
	is, _ := r.sim.Snapshot("70001")
	return r, connectors.Ref{ID: "70001", Key: "ISMS-900"}, is.CommentIDs
}

// An issue with very many comments comes with its newest, however many of them Jira shows
// with it, in a listing as by itself.
func TestTheNewestOfManyComments(t *testing.T) {
	const many = 620
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		for _, inline := range []int{20, 150, 5000} {
			r, ref, ids := talkative(t, d, inline, many)
			is := r.get(t, ref)
			if len(is.Comments) != 100 || is.Older != many-100 || is.Comments[0].ID != ids[many-100] || is.Comments[99].ID != ids[many-1] {
				t.Errorf("%s, %d shown: %d comments, %d older, want the newest 100 and %d", d, inline, len(is.Comments), is.Older, many-100)
			}
			for _, listed := range all(t, r.client, time.Time{}) {
				if listed.Ref.ID == ref.ID && listed.Version != is.Version {
					t.Errorf("%s, %d shown: the listing shows version %s, and Get %s", d, inline, listed.Version, is.Version)
				}
			}
		}
	}
}

// Comments that are deleted after a part of the listing was read shift the rest. None of
// those that are left is skipped where it goes on.
func TestCommentsGoOnAfterADeletion(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		r, ref, ids := talkative(t, d, 0, 450)
		next := ""
		for page, err := range r.client.Comments(t.Context(), ref, "") {
			must(t, err)
			if next = page.Next; slices.ContainsFunc(page.Comments, func(c connectors.Comment) bool { return c.ID == ids[250] }) {
				break
			}
		}
		for _, id := range append(slices.Clone(ids[3:130]), next[strings.LastIndexByte(next, ':')+1:]) { // with the last that was read
			must(t, r.sim.Person("erik").DeleteComment(ref.ID, id))
		}
		r.sim.Faults().ResetCount()
		rest, err := connectors.AllComments(r.client.Comments(t.Context(), ref, next))
		must(t, err)
		for _, id := range ids[300:] {
			if !slices.ContainsFunc(rest, func(c connectors.Comment) bool { return c.ID == id }) {
				t.Errorf("%s: comment %s was skipped", d, id)
			}
		}
		if n := r.sim.Faults().Count("GET", "/comment$"); n > 7 {
			t.Errorf("%s: %d requests for the rest", d, n)
		}
	}
}

// Comments are read by their ids; one that is gone is left out.
func TestCommentsByID(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		r, ref, ids := talkative(t, d, 0, 30)
		must(t, r.sim.Person("erik").DeleteComment(ref.ID, ids[4]))
		must(t, r.sim.Person("erik").EditComment(ref.ID, ids[2], "other words"))
		got, err := r.client.CommentsByID(t.Context(), ref, []string{ids[2], ids[4], ids[7]})
		must(t, err)
		if len(got) != 2 || got[0].ID != ids[2] || got[0].Body != "other words" || got[1].ID != ids[7] || got[0].Issue != ref {
			t.Errorf("%s: CommentsByID = %+v, want the third as it was edited, and the eighth", d, got)
		}
	}
}
