package github_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

// between calls a function before each request whose path and query contain a
// text, which is how an edit happens in the middle of a listing.
type between struct {
	part string
	call func(n int)
	n    int
}

func (b *between) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.String(), b.part) {
		b.call(b.n)
		b.n++
	}
	return http.DefaultTransport.RoundTrip(r)
}

func meanwhile(b *between) setting {
	return func(_ *githubsim.Options, c *github.Config) { c.Base = b }
}

func numbers(is []*connectors.Issue) map[string]int {
	seen := map[string]int{}
	for _, i := range is {
		seen[i.Ref.Key]++
	}
	return seen
}

// Every issue is shown although issues change, are deleted and are filed during
// the listing.
func TestChangedSkipsNothing(t *testing.T) {
	for _, spread := range []bool{true, false} {
		t.Run(fmt.Sprintf("spread=%v", spread), func(t *testing.T) {
			b := &between{part: "sort=updated", call: func(int) {}}
			s := open(t, meanwhile(b))
			const n = 450
			if spread {
				_, err := s.Seed("bob", n, func(k int) (string, string, []string) { return fmt.Sprint(k), "", nil })
				must(t, err)
			} else {
				for k := range n { // a whole page and more within one second
					_, err := s.As("bob").Open(fmt.Sprint(k), "")
					must(t, err)
				}
				s.Clock().Advance(time.Minute)
			}
			b.call = func(page int) {
				if page == 0 || page > 4 {
					return
				}
				must(t, s.As("bob").Retitle(page*7, "changed")) // shown before: moves to the end
				must(t, s.As("alice").Delete(page*11))
			}
			got := numbers(all(t, s, time.Time{}))
			for _, st := range s.Issues() {
				if got[fmt.Sprintf("acme/isms#%d", st.Number)] == 0 {
					t.Errorf("issue %d was skipped", st.Number)
				}
			}
			t.Logf("%d requests", b.n)
		})
	}
}

func TestChangedSinceIsInclusive(t *testing.T) {
	s := open(t)
	_, err := s.Seed("bob", 5, func(k int) (string, string, []string) { return fmt.Sprint(k), "", nil })
	must(t, err)
	at := s.Issue(3).Updated
	got := numbers(all(t, s, at.Add(700*time.Millisecond))) // GitHub has whole seconds
	if d := cmp.Diff(map[string]int{"acme/isms#3": 1, "acme/isms#4": 1, "acme/isms#5": 1}, got); d != "" {
		t.Errorf("Changed (-want +got):\n%s", d)
	}
}

func TestChangedTellsGitHubsClock(t *testing.T) {
	s := open(t)
	s.Clock().Advance(48 * time.Hour)
	for p, err := range s.Changed(t.Context(), s.Clock().Now()) {
		must(t, err)
		if d := p.At.Sub(s.Clock().Now()).Abs(); d > 2*time.Second || len(p.Issues) != 0 {
			t.Errorf("page = %+v, want an empty one, stamped by GitHub's clock", p)
		}
	}
}

// A listing may lag; what it shows late is met when listing again.
func TestChangedLags(t *testing.T) {
	s := open(t, func(o *githubsim.Options, _ *github.Config) { o.ListLag = time.Minute })
	ref := s.file(t, "a", "")
	if got := all(t, s, time.Time{}); len(got) != 0 {
		t.Errorf("Changed = %d issues, want none yet", len(got))
	}
	if _, err := s.Get(t.Context(), ref); err != nil {
		t.Errorf("Get = %v, want the truth at once", err)
	}
	s.Clock().Advance(time.Minute)
	must(t, s.As("bob").Retitle(1, "b"))
	got := all(t, s, time.Time{})
	if len(got) != 1 || got[0].Fields[connectors.Title].Text != "a" {
		t.Errorf("Changed = %v, want the issue as it was a minute ago", got)
	}
}

func TestAllCommentsAreRead(t *testing.T) {
	b := &between{part: "/issues/1/comments", call: func(int) {}}
	s := open(t, meanwhile(b))
	ref := s.file(t, "a", "")
	var ids []int64
	for k := range 230 {
		id, err := s.As("bob").Comment(1, fmt.Sprint(k))
		must(t, err)
		ids = append(ids, id)
	}
	b.call = func(page int) {
		if page == 1 { // pulls the later ones forward
			must(t, s.As("bob").DeleteComment(ids[3]))
			must(t, s.As("bob").DeleteComment(ids[4]))
		}
	}
	got, err := connectors.AllComments(s.Comments(t.Context(), ref, ""))
	must(t, err)
	shownOnce(t, got, ids, func(k int) bool { return k == 3 || k == 4 })
}

// Comments that are deleted after a part of the listing was read shift the rest. None of
// those that are left is skipped where the listing goes on, and it does not begin again.
func TestCommentsGoOnAfterADeletion(t *testing.T) {
	s := open(t, meanwhile(&between{part: "/issues/1/comments", call: func(int) {}}))
	ref := s.file(t, "a", "")
	var ids []int64
	for k := range 900 {
		id, err := s.As("bob").Comment(1, fmt.Sprint(k))
		must(t, err)
		ids = append(ids, id)
	}
	next, read := "", 0
	for page, err := range s.Comments(t.Context(), ref, "") {
		must(t, err)
		next = page.Next
		if read += len(page.Comments); read > 700 {
			break
		}
	}
	for _, id := range ids[3:130] {
		must(t, s.As("bob").DeleteComment(id))
	}
	s.Faults().ResetCount()
	rest, err := connectors.AllComments(s.Comments(t.Context(), ref, next))
	must(t, err)
	for k := read; k < len(ids); k++ {
		if !slices.ContainsFunc(rest, func(c connectors.Comment) bool { return c.ID == fmt.Sprint(ids[k]) }) {
			t.Errorf("comment %d was skipped", k)
		}
	}
	if n := s.Faults().Count("GET", "/issues/1/comments$"); n > 8 {
		t.Errorf("%d requests for the last %d of %d comments: the listing began again", n, len(ids)-read, len(ids)-127)
	}
}

// shownOnce compares the comments that were read with those that were written, but for those
// that were deleted meanwhile.
func shownOnce(t *testing.T, got []connectors.Comment, ids []int64, deleted func(k int) bool) {
	t.Helper()
	seen := map[string]int{}
	for _, c := range got {
		seen[c.ID]++
	}
	for k, id := range ids {
		if n := seen[itoa(id)]; n != 1 && !deleted(k) {
			t.Errorf("comment %d was shown %d times, want once", k, n)
		}
	}
}

// What comes behind a page that is full changes nothing of that page: "not modified" says
// nothing of it. Where a server fills its pages with fewer rows than it is asked for, that is
// known from its earlier listings.
func TestAFullPageIsAskedForAgain(t *testing.T) {
	s := open(t, func(o *githubsim.Options, _ *github.Config) { o.PageSize = 2 })
	for _, title := range []string{"a", "b", "c"} {
		s.Clock().Advance(time.Minute)
		s.file(t, title, "")
	}
	changed := func(since time.Time) (titles []string) {
		t.Helper()
		for p, err := range s.Changed(t.Context(), since) {
			must(t, err)
			for _, is := range p.Issues {
				titles = append(titles, is.Fields[connectors.Title].Text)
			}
		}
		return titles
	}
	changed(time.Time{})
	since := s.Clock().Now().Add(-90 * time.Second)
	for range 2 {
		if d := cmp.Diff([]string{"b", "c"}, changed(since)); d != "" {
			t.Fatalf("changed since b (-want +got):\n%s", d)
		}
	}
	s.Clock().Advance(time.Minute)
	must(t, s.As("bob").Retitle(1, "a, edited"))
	if d := cmp.Diff([]string{"b", "c", "a, edited"}, changed(since)); d != "" {
		t.Errorf("after an edit of a (-want +got):\n%s", d)
	}
}

// A server that gives fewer rows at once than it is asked for hides none of them, also
// while earlier ones disappear.
func TestShortPagesHideNothing(t *testing.T) {
	for _, size := range []int{1, 2, 7, 30, 50} {
		t.Run(itoa(int64(size)), func(t *testing.T) {
			b := &between{part: "/issues/1/comments", call: func(int) {}}
			s := open(t, meanwhile(b), func(o *githubsim.Options, _ *github.Config) { o.PageSize = size })
			ref := s.file(t, "a", "")
			var ids []int64
			for k := range 160 {
				id, err := s.As("bob").Comment(1, fmt.Sprint(k))
				must(t, err)
				ids = append(ids, id)
			}
			gone := 0
			b.call = func(page int) {
				if page == 3 && gone == 0 && size > 3 { // pulls the later ones forward
					must(t, s.As("bob").DeleteComment(ids[0]))
					must(t, s.As("bob").DeleteComment(ids[1]))
					gone = 2
				}
			}
			got, err := connectors.AllComments(s.Comments(t.Context(), ref, ""))
			must(t, err)
			shownOnce(t, got, ids, func(k int) bool { return k < gone })
			if size > 3 && gone == 0 {
				t.Error("nothing disappeared")
			}
			if n := s.Faults().Count("GET", "/issues/1/comments$"); n > 3*(len(ids)/size+3) {
				t.Errorf("%d requests for %d comments in pages of %d", n, len(ids), size)
			}
			// Many issues of one second are listed by page numbers.
			_, err = s.Seed("bob", 130, func(k int) (string, string, []string) { return fmt.Sprint("issue ", k), "", []string{"capa"} })
			must(t, err)
			if got := len(numbers(all(t, s, time.Time{}))); got != 131 {
				t.Errorf("Changed = %d issues, want 131", got)
			}
		})
	}
}

// The label set is computed from what is there at the time of the write.
func TestLabelsOfOthersStay(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "", "bug")
	must(t, s.As("alice").Label(1, "customer"))
	w, err := s.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"capa"}, RemoveLabels: []string{"bug", "absent"}})
	must(t, err)
	if d := cmp.Diff([]string{"capa", "customer"}, w.Issue.Fields[connectors.Labels].Items); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	w, err = s.Update(t.Context(), ref, connectors.Patch{RemoveLabels: []string{"capa", "customer"}})
	must(t, err)
	if got := w.Issue.Fields[connectors.Labels].Items; len(got) != 0 {
		t.Errorf("labels = %v, want none", got)
	}
}

func TestBigRepositoryStaysLight(t *testing.T) {
	s := open(t)
	const n = 10_000
	_, err := s.Seed("bob", n, func(k int) (string, string, []string) {
		return fmt.Sprintf("issue %d", k), strings.Repeat("text ", 40), []string{"capa"}
	})
	must(t, err)
	if got := len(numbers(all(t, s, time.Time{}))); got != n {
		t.Errorf("Changed = %d issues, want %d", got, n)
	}
	if got := s.Faults().Count("GET", `/issues$`); got > n/99+2 {
		t.Errorf("%d requests for %d issues", got, n)
	}
}
