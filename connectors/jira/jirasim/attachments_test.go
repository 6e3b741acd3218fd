package jirasim_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// An attachment that was embedded in a text dies on Cloud when the last text that shows
// it is replaced, whoever replaces it; on Data Center it stays.
func TestAttachmentsThatDie(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		s, c := start(t, jirasim.Options{Deployment: d})
		erik, olga := s.Person("erik"), s.Person("olga")
		_, key, err := erik.File("Nonconformity", "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		attach := func(names ...string) {
			t.Helper()
			for _, name := range names {
				if _, err := erik.Attach(key, name, []byte(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		done := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		left := func(what string, cloud ...string) {
			t.Helper()
			want := cloud
			if d == jirasim.DataCenter {
				want = []string{"loose.txt", "screen.png", "report.pdf", "log.txt", "twice.png"}
			}
			is, _ := s.Snapshot(key)
			if diff := cmp.Diff(want, is.Attachments); diff != "" {
				t.Errorf("%s: attachments after %s (-want +got):\n%s", d, what, diff)
			}
		}
		attach("loose.txt", "screen.png", "report.pdf", "log.txt", "twice.png")
		done(erik.Edit(key, map[string]any{"description": "See !screen.png|thumbnail! and [the report|^report.pdf].\n\n!twice.png!", "Root cause": "!twice.png|width=300!"}))
		comment, err := erik.Comment(key, "[^log.txt]")
		done(err)
		left("embedding", "loose.txt", "screen.png", "report.pdf", "log.txt", "twice.png")
		done(olga.Edit(key, map[string]any{"description": "See [the report|^report.pdf]. Wow! What a picture!"}))
		left("a picture went", "loose.txt", "report.pdf", "log.txt", "twice.png")
		done(erik.EditComment(key, comment, "nothing"))
		left("a file went from a comment", "loose.txt", "report.pdf", "twice.png")
		done(olga.Edit(key, map[string]any{"Root cause": nil}))
		left("the second reference went", "loose.txt", "report.pdf")
		if status := c.status("PUT", "/rest/api/2/issue/"+key, map[string]any{"fields": map[string]any{"description": "none"}}); status != 204 {
			t.Fatalf("%s: edit = %d", d, status)
		}
		left("all went", "loose.txt")

		var died []string
		for _, x := range s.Truth().All() {
			if x.Field == "attachment" && x.To == "" {
				died = append(died, x.From+" by "+x.By)
			}
		}
		slices.Sort(died)
		want := []string{"log.txt by erik", "report.pdf by erik", "screen.png by olga", "twice.png by olga"}
		if d == jirasim.DataCenter {
			want = nil
		}
		if diff := cmp.Diff(want, died); diff != "" {
			t.Errorf("%s: deletions in the ground truth (-want +got):\n%s", d, diff)
		}
		_, is := c.do("GET", "/rest/api/2/issue/"+key+"?fields=attachment", nil)
		fields, _ := is["fields"].(map[string]any)
		if list, _ := fields["attachment"].([]any); len(list) != len(s.Snapshots()[0].Attachments) {
			t.Errorf("%s: the issue shows %v", d, fields["attachment"])
		}
	}
}
