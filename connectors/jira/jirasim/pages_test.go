package jirasim_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// A page may hold fewer issues than were asked for; the token leads to all others.
func TestSearchInSmallPages(t *testing.T) {
	s, c := start(t, jirasim.Options{PageSize: 2})
	var want, got []string
	for range 5 {
		_, key := file(t, s, "erik", "Nonconformity", nil)
		want = append(want, key)
	}
	token, sizes := "", []int{}
	for range len(want) {
		q := url.Values{"jql": {"project = ISMS ORDER BY key ASC"}, "fields": {"summary"}, "maxResults": {"100"}}
		if token != "" {
			q.Set("nextPageToken", token)
		}
		_, m := c.do("GET", "/rest/api/2/search/jql?"+q.Encode(), nil)
		list, _ := m["issues"].([]any)
		sizes = append(sizes, len(list))
		for _, x := range list {
			is, _ := x.(map[string]any)
			key, _ := is["key"].(string)
			got = append(got, key)
		}
		if token, _ = m["nextPageToken"].(string); token == "" {
			break
		}
	}
	if !slices.Equal(sizes, []int{2, 2, 1}) || !slices.Equal(got, want) {
		t.Errorf("pages of %v with %v, want [2 2 1] with %v", sizes, got, want)
	}
}

// So may a page of comments, which is counted by startAt.
func TestCommentsInSmallPages(t *testing.T) {
	s, c := start(t, jirasim.Options{PageSize: 2})
	_, key := file(t, s, "erik", "Nonconformity", nil)
	for range 3 {
		c.do("POST", "/rest/api/2/issue/"+key+"/comment", map[string]any{"body": "seen"})
	}
	for start, want := range map[string]int{"0": 2, "2": 1, "3": 0} {
		_, m := c.do("GET", "/rest/api/2/issue/"+key+"/comment?maxResults=100&startAt="+start, nil)
		if list, _ := m["comments"].([]any); len(list) != want || fmt.Sprint(m["total"]) != "3" {
			t.Errorf("comments from %s = %d of %v, want %d of 3", start, len(list), m["total"], want)
		}
	}
}
