package connectortest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func writeCases() []testCase {
	return []testCase{
		{name: "create", run: createIsFound},
		{name: "create whose reply is lost", run: createReplyLost},
		{name: "create that never arrived", run: createNeverArrived},
		{name: "markers are compared whole", run: markersAreWhole},
		{name: "a copied marker counts for nothing", run: copiedMarker},
		{name: "update changes only what it names", run: updateOnlyNamed},
		{name: "update overwrites no later edit of another field", run: updateBesideHumans},
		{name: "update for an older version is refused or told by nobody", run: updateForAnOlderVersion},
		{name: "update of the body keeps the marker", run: updateKeepsMarker},
		{name: "clear a field", run: clearField},
		{name: "labels", run: labelsOfOthersStay},
		{name: "several assignees", needs: FeatureCoAssignees, run: coAssignees},
		{name: "more assignees than an issue can have", run: tooManyAssignees},
		{name: "status", run: statusMoves},
		{name: "unreachable status", run: statusUnreachable},
		{name: "a status of its own", run: statusSeparate},
		{name: "update whose reply is lost", run: updateReplyLost},
		{name: "text comes back as it was sent", run: textRoundTrip},
		{name: "title over the limit", needs: FeatureTitleLimit, run: titleOverLimit},
	}
}

func marker(n int) string { return fmt.Sprintf("cfd-0123456789abcdef-%03d", n) }

func title(s string) connectors.Patch {
	return connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Title: {Text: s}}}
}

func createIsFound(t *testing.T, s *suite) {
	start, n := s.World.Now(t).Truncate(time.Second), s.World.Count(t)
	s.World.Seed(t, 2)
	d := s.draft(marker(1))
	w, err := s.Tracker.Create(t.Context(), d)
	s.works(t, "Create", err)
	if w.Ref.ID == "" || w.Ref.Key == "" || w.Status/100 != 2 {
		t.Errorf("Create = %+v, want id, key and a 2xx status", w)
	}
	if echoes := s.Tracker.Capabilities().WriteEchoes; echoes != (w.Issue != nil) {
		t.Errorf("Create shows the issue: %t, but Traits.WriteEchoes = %t", w.Issue != nil, echoes)
	}
	i := s.get(t, w.Ref)
	if i.Ref != w.Ref || i.Marker != d.Marker {
		t.Errorf("created issue = %+v with marker %q, want %+v with %q", i.Ref, i.Marker, w.Ref, d.Marker)
	}
	for f, want := range d.Fields {
		if diff := cmp.Diff(want, i.Fields[f]); diff != "" {
			t.Errorf("field %q of the created issue (-sent +read):\n%s", f, diff)
		}
	}
	if got := s.World.Count(t) - n; got != 3 {
		t.Errorf("issues = %d, want two seeded and one created", got)
	}
	s.World.Settle(t)
	refs, err := s.Tracker.FindCreated(t.Context(), d.Marker, start)
	s.works(t, "FindCreated", err)
	if diff := cmp.Diff([]connectors.Ref{w.Ref}, refs); diff != "" {
		t.Errorf("FindCreated (-want +got):\n%s", diff)
	}
	for _, after := range []time.Time{start, {}} {
		made, err := s.Tracker.Created(t.Context(), after)
		s.works(t, "Created", err)
		if diff := cmp.Diff([]connectors.Made{{Ref: w.Ref, Marker: d.Marker, Installation: Installation}}, made); diff != "" {
			t.Errorf("Created(%s), beside two issues of other people (-want +got):\n%s", after, diff)
		}
	}
	s.World.Advance(t, time.Hour)
	made, err := s.Tracker.Created(t.Context(), s.World.Now(t))
	if s.works(t, "Created", err); len(made) != 0 {
		t.Errorf("Created(after an hour) = %v, want none: it was created before", made)
	}
	refs, err = s.Tracker.FindCreated(t.Context(), d.Marker, s.World.Now(t))
	if s.works(t, "FindCreated", err); len(refs) != 0 {
		t.Errorf("FindCreated(after an hour) = %v, want none: it was created before", refs)
	}
}

func createReplyLost(t *testing.T, s *suite) {
	for n, do := range []string{simkit.Drop, simkit.Truncate, simkit.Garbage, simkit.Status} {
		start, count, m := s.World.Now(t).Truncate(time.Second), s.World.Count(t), marker(10+n)
		s.World.Fault(t, OpCreate, simkit.Fault{Do: do, Status: 502, After: true})
		_, err := s.Tracker.Create(t.Context(), s.draft(m))
		s.fails(t, "Create with its reply lost by "+do, err, connectors.Unknown)
		s.World.Calm(t)
		if got := s.World.Count(t) - count; got != 1 {
			t.Errorf("%s: issues created = %d, want exactly 1", do, got)
		}
		s.World.Settle(t)
		refs, err := s.Tracker.FindCreated(t.Context(), m, start)
		s.works(t, "FindCreated", err)
		if len(refs) != 1 {
			t.Fatalf("%s: FindCreated = %v, want the one issue", do, refs)
		}
		if got := s.get(t, refs[0]).Marker; got != m {
			t.Errorf("%s: marker of the found issue = %q, want %q", do, got, m)
		}
	}
}

func createNeverArrived(t *testing.T, s *suite) {
	start, count := s.World.Now(t).Truncate(time.Second), s.World.Count(t)
	s.World.Fault(t, OpCreate, simkit.Fault{Do: simkit.Drop})
	_, err := s.Tracker.Create(t.Context(), s.draft(marker(2)))
	s.fails(t, "Create with its request lost", err, connectors.Unknown)
	s.World.Settle(t)
	refs, err := s.Tracker.FindCreated(t.Context(), marker(2), start)
	s.works(t, "FindCreated", err)
	if len(refs) != 0 || s.World.Count(t) != count {
		t.Errorf("FindCreated = %v, want none", refs)
	}
}

func markersAreWhole(t *testing.T, s *suite) {
	start := s.World.Now(t).Truncate(time.Second)
	long := "cfd-0123456789-longer"
	_, err := s.Tracker.Create(t.Context(), s.draft(long))
	s.works(t, "Create", err)
	s.World.Settle(t)
	for _, other := range []string{"cfd-0123456789", "0123456789-longer", "cfd-0123456789-longer-still"} {
		refs, err := s.Tracker.FindCreated(t.Context(), other, start)
		if s.works(t, "FindCreated", err); len(refs) != 0 {
			t.Errorf("FindCreated(%q) = %v, want none: the marker is %q", other, refs, long)
		}
	}
}

// A marker counts only on what our own account wrote, since anyone can copy it.
func copiedMarker(t *testing.T, s *suite) {
	start := s.World.Now(t).Truncate(time.Second)
	w, err := s.Tracker.Create(t.Context(), s.draft(marker(4)))
	s.works(t, "Create", err)
	s.World.Advance(t, 2*time.Second)
	copied := s.World.Copy(t, w.Ref)
	if i := s.get(t, copied); i.Marker != "" {
		t.Errorf("marker of the copy that a person filed = %q, want none", i.Marker)
	}
	if i := s.get(t, w.Ref); i.Marker != marker(4) {
		t.Errorf("marker of the issue that was copied = %q, want %q", i.Marker, marker(4))
	}
	_, err = s.Tracker.Update(t.Context(), copied, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "Ours."}}})
	s.works(t, "Update(body of the copy)", err)
	if i := s.get(t, copied); i.Marker != "" || i.Fields[connectors.Body].Text != "Ours." {
		t.Errorf("body, marker of the copy = %q, %q, want what was written and none", i.Fields[connectors.Body].Text, i.Marker)
	}
	other := s.World.Copy(t, w.Ref)
	s.World.Settle(t)
	refs, err := s.Tracker.FindCreated(t.Context(), marker(4), start)
	s.works(t, "FindCreated", err)
	if diff := cmp.Diff([]connectors.Ref{w.Ref}, refs); diff != "" {
		t.Errorf("FindCreated beside a copy, %s (-want +got):\n%s", other, diff)
	}
	listed, _ := s.changed(t, time.Time{})
	for _, i := range listed {
		if i.Ref.ID != w.Ref.ID && i.Marker != "" {
			t.Errorf("Changed shows the copy %s with marker %q, want none", i.Ref, i.Marker)
		}
	}
}

func updateOnlyNamed(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	s.World.HumanEdit(t, ref, connectors.Labels, connectors.Value{Items: []string{"team-a", "team-b"}})
	for _, n := range []int{0, 1} {
		for _, f := range slices.Sorted(maps.Keys(s.Facts.Writable)) {
			before, want := s.get(t, ref), s.Facts.Writable[f][n]
			w, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: want}})
			s.works(t, "Update("+string(f)+")", err)
			after := s.get(t, ref)
			if diff := cmp.Diff(want, after.Fields[f]); diff != "" {
				t.Errorf("field %q (-sent +read):\n%s", f, diff)
			}
			same(t, "Update("+string(f)+")", before, after, f)
			if s.Tracker.Capabilities().WriteEchoes {
				if w.Issue == nil {
					t.Errorf("Update(%s) shows no issue, but Traits.WriteEchoes is set", f)
				} else if diff := cmp.Diff(want, w.Issue.Fields[f]); diff != "" {
					t.Errorf("field %q in the answer (-sent +answered):\n%s", f, diff)
				}
			}
		}
	}
}

// The connector must not send back what it read some time ago.
func updateBesideHumans(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	s.get(t, ref)
	s.World.HumanEdit(t, ref, connectors.Body, connectors.Value{Text: "edited by a person meanwhile"})
	s.World.HumanEdit(t, ref, connectors.Labels, connectors.Value{Items: []string{"kept"}})
	_, err := s.Tracker.Update(t.Context(), ref, title("new title"))
	s.works(t, "Update", err)
	f := s.get(t, ref).Fields
	if f[connectors.Title].Text != "new title" || f[connectors.Body].Text != "edited by a person meanwhile" || !slices.Equal(f[connectors.Labels].Items, []string{"kept"}) {
		t.Errorf("fields = %+v, want our title and the person's body and label", f)
	}
}

// A tracker that can tell that an issue is not in the version a patch was made for
// refuses the patch and changes nothing. The others write.
func updateForAnOlderVersion(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	read := s.get(t, ref)
	s.World.HumanEdit(t, ref, connectors.Body, connectors.Value{Text: "edited by a person meanwhile"})
	p := connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "ours"}}, IfVersion: read.Version}
	_, err := s.Tracker.Update(t.Context(), ref, p)
	want := "ours"
	if connectors.KindOf(err) == connectors.Conflict {
		want = "edited by a person meanwhile"
	} else {
		s.works(t, "Update", err)
	}
	now := s.get(t, ref)
	if got := now.Fields[connectors.Body].Text; got != want {
		t.Errorf("body after Update() = %v is %q, want %q", err, got, want)
	}
	p.IfVersion = now.Version
	_, err = s.Tracker.Update(t.Context(), ref, p)
	s.works(t, "Update for the version at hand", err)
}

// A marker may live in the body, where people do not see it.
func updateKeepsMarker(t *testing.T, s *suite) {
	start := s.World.Now(t).Truncate(time.Second)
	w, err := s.Tracker.Create(t.Context(), s.draft(marker(3)))
	s.works(t, "Create", err)
	for _, text := range []string{"A new body.", "", "Another one."} {
		_, err := s.Tracker.Update(t.Context(), w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: text}}})
		s.works(t, "Update(body)", err)
		i := s.get(t, w.Ref)
		if i.Fields[connectors.Body].Text != text || i.Marker != marker(3) {
			t.Errorf("body, marker = %q, %q, want %q, %q", i.Fields[connectors.Body].Text, i.Marker, text, marker(3))
		}
	}
	s.World.Settle(t)
	refs, err := s.Tracker.FindCreated(t.Context(), marker(3), start)
	s.works(t, "FindCreated", err)
	if diff := cmp.Diff([]connectors.Ref{w.Ref}, refs); diff != "" {
		t.Errorf("FindCreated after updates (-want +got):\n%s", diff)
	}
}

func clearField(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	for _, f := range s.Facts.Clearable {
		v, ok := s.Facts.Writable[f]
		if !ok {
			t.Fatalf("Facts.Clearable has %q, Facts.Writable has not", f)
		}
		_, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: v[0]}})
		s.works(t, "Update("+string(f)+")", err)
		before := s.get(t, ref)
		_, err = s.Tracker.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: {}}})
		s.works(t, "Update("+string(f)+", empty)", err)
		after := s.get(t, ref)
		if got, ok := after.Fields[f]; !ok || got.Text != "" || len(got.Items) != 0 {
			t.Errorf("Fields[%q] after clearing = %+v, %t, want an empty value that is there", f, got, ok)
		}
		same(t, "clearing "+string(f), before, after, f)
	}
}

func labelsOfOthersStay(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	s.World.HumanEdit(t, ref, connectors.Labels, connectors.Value{Items: []string{"audit-2026", "team-a"}})
	for _, step := range []struct {
		what        string
		add, remove []string
		want        []string
	}{
		{"add", []string{"conformd"}, nil, []string{"audit-2026", "conformd", "team-a"}},
		{"add again", []string{"conformd"}, nil, []string{"audit-2026", "conformd", "team-a"}},
		{"remove one that is not there", nil, []string{"nobody"}, []string{"audit-2026", "conformd", "team-a"}},
		{"both at once", []string{"waiting"}, []string{"conformd"}, []string{"audit-2026", "team-a", "waiting"}},
		{"remove", nil, []string{"waiting"}, []string{"audit-2026", "team-a"}},
	} {
		before := s.get(t, ref)
		_, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{AddLabels: step.add, RemoveLabels: step.remove})
		s.works(t, "Update(labels: "+step.what+")", err)
		after := s.get(t, ref)
		if diff := cmp.Diff(step.want, after.Fields[connectors.Labels].Items); diff != "" {
			t.Errorf("%s: labels (-want +got):\n%s", step.what, diff)
		}
		same(t, step.what, before, after, connectors.Labels)
	}
	p := title("with a label")
	p.AddLabels = []string{"third"}
	_, err := s.Tracker.Update(t.Context(), ref, p)
	s.works(t, "Update(title and label)", err)
	f := s.get(t, ref).Fields
	if f[connectors.Title].Text != "with a label" || !slices.Equal(f[connectors.Labels].Items, []string{"audit-2026", "team-a", "third"}) {
		t.Errorf("fields = %+v, want the title and the label, both", f)
	}
	// Removing the last one leaves an empty set, not an absent field.
	_, err = s.Tracker.Update(t.Context(), ref, connectors.Patch{RemoveLabels: []string{"audit-2026", "team-a", "third"}})
	s.works(t, "Update(no label left)", err)
	if v, ok := s.get(t, ref).Fields[connectors.Labels]; !ok || len(v.Items) != 0 {
		t.Errorf("labels = %+v, %t, want an empty set", v, ok)
	}
}

func statusMoves(t *testing.T, s *suite) {
	refs := s.World.Seed(t, len(s.Facts.Done))
	for n, to := range s.Facts.Done {
		before := s.get(t, refs[n])
		w, err := s.Tracker.Update(t.Context(), refs[n], connectors.Patch{Status: &to})
		s.works(t, fmt.Sprintf("Update(status %+v)", to), err)
		after := s.get(t, refs[n])
		if after.Status.Name != to.Name || !after.Status.Done || (to.Reason != "" && after.Status.Reason != to.Reason) {
			t.Errorf("Status = %+v, want %+v and done", after.Status, to)
		}
		if w.Issue != nil && w.Issue.Status != after.Status {
			t.Errorf("Status in the answer = %+v, want %+v", w.Issue.Status, after.Status)
		}
		b := *before
		b.Status = after.Status
		same(t, "the status", &b, after)
	}
}

func statusUnreachable(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	before := s.get(t, ref)
	_, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{Status: &s.Facts.Unreachable})
	s.fails(t, "Update(unreachable status)", err, connectors.Rejected)
	for _, name := range s.Facts.Reachable {
		if err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("Update(unreachable status) = %q, want it to list %q", err, name)
		}
	}
	if after := s.get(t, ref); after.Status != before.Status {
		t.Errorf("Status = %+v, want %+v still", after.Status, before.Status)
	}
}

func statusSeparate(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	p := title("closed")
	p.Status = &s.Facts.Done[0]
	_, err := s.Tracker.Update(t.Context(), ref, p)
	i := s.get(t, ref)
	both := i.Fields[connectors.Title].Text == "closed" && i.Status.Done
	if !s.Tracker.Capabilities().SeparateTransition {
		if s.works(t, "Update(title and status)", err); !both {
			t.Errorf("issue = %+v, want title and status changed", i)
		}
		return
	}
	s.fails(t, "Update(title and status) with SeparateTransition", err, connectors.Rejected)
	if i.Fields[connectors.Title].Text == "closed" || i.Status.Done {
		t.Errorf("issue = %+v, want nothing changed by half of a patch", i)
	}
}

func updateReplyLost(t *testing.T, s *suite) {
	refs := s.World.Seed(t, 4)
	for n, do := range []string{simkit.Drop, simkit.Truncate, simkit.Garbage, simkit.Status} {
		for _, after := range []bool{false, true} {
			text := fmt.Sprintf("%s after=%t", do, after)
			s.World.Fault(t, OpUpdate, simkit.Fault{Do: do, Status: 503, After: after})
			_, err := s.Tracker.Update(t.Context(), refs[n], title(text))
			s.fails(t, "Update with its reply lost by "+text, err, connectors.Unknown)
			s.World.Calm(t)
			if got := s.get(t, refs[n]).Fields[connectors.Title].Text == text; got != after {
				t.Errorf("%s: the update took effect: %t, want %t", text, got, after)
			}
		}
	}
	s.World.Fault(t, OpStatus, simkit.Fault{Do: simkit.Drop, After: true})
	_, err := s.Tracker.Update(t.Context(), refs[0], connectors.Patch{Status: &s.Facts.Done[0]})
	s.fails(t, "a status move with its reply lost", err, connectors.Unknown)
	s.World.Calm(t)
	if got := s.get(t, refs[0]).Status; !got.Done {
		t.Errorf("Status = %+v, want it moved", got)
	}
}

// texts are what people write.
func texts() map[string]string {
	return map[string]string{
		"scripts":   "größer, 日本語, русский, العربية, हिन्दी, 🧑‍💻🇨🇭 e\u0301 é",
		"markup":    "# not *bold* _x_ [a](b) {code}h1.{code} || | \\ <b>&amp;</b> `$x` @nobody #12 --- ~~x~~ ^y^ {color:red}",
		"lines":     "first\nsecond\n\n  indented\n\ttabbed\n- list\n  - nested",
		"long":      strings.Repeat("Lorem ipsum äöü 🙂. ", 1000) + "end",
		"one":       "x",
		"json":      `{"a":"\u0000\n","b":["\\"]}`,
		"not html":  "a < b && c > d; &lt; &#39; %20 +",
		"injection": "'; DROP TABLE x; -- ${jndi:x} {{7*7}}",
	}
}

// within cuts a text to Traits.BodyLimit.
func (s *suite) within(text string) string {
	runes, limit := []rune(text), s.Tracker.Capabilities().BodyLimit
	if limit > 0 && len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit]))
	}
	return text
}

func textRoundTrip(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	n := 0
	for name, text := range texts() {
		n++
		text = s.within(text)
		_, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: text}}})
		s.works(t, "Update(body: "+name+")", err)
		if diff := cmp.Diff(text, s.get(t, ref).Fields[connectors.Body].Text); diff != "" {
			t.Errorf("%s: body (-sent +read):\n%s", name, diff)
		}
		if !strings.Contains(text, "\n") {
			line := string([]rune(text)[:min(len([]rune(text)), 100)])
			_, err = s.Tracker.Update(t.Context(), ref, title(strings.TrimSpace(line)))
			s.works(t, "Update(title: "+name+")", err)
			if diff := cmp.Diff(strings.TrimSpace(line), s.get(t, ref).Fields[connectors.Title].Text); diff != "" {
				t.Errorf("%s: title (-sent +read):\n%s", name, diff)
			}
		}
		d := s.draft(marker(200 + n))
		d.Fields[connectors.Body] = connectors.Value{Text: text}
		w, err := s.Tracker.Create(t.Context(), d)
		s.works(t, "Create(body: "+name+")", err)
		if i := s.get(t, w.Ref); i.Fields[connectors.Body].Text != text || i.Marker != d.Marker {
			t.Errorf("%s: body of the created issue with marker %q (-sent +read):\n%s", name, i.Marker, cmp.Diff(text, i.Fields[connectors.Body].Text))
		}
	}
}

func titleOverLimit(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	before, n := s.get(t, ref), s.Tracker.Capabilities().TitleLimit
	if n == 0 {
		t.Fatal("Traits.TitleLimit = 0, and Facts.Lacks does not say why")
	}
	_, err := s.Tracker.Update(t.Context(), ref, title(strings.Repeat("ü", n)))
	s.works(t, "Update(title of the limit)", err)
	_, err = s.Tracker.Update(t.Context(), ref, title(strings.Repeat("x", n+1)))
	s.fails(t, "Update(title over the limit)", err, connectors.Rejected)
	after := s.get(t, ref)
	if got := after.Fields[connectors.Title].Text; got != strings.Repeat("ü", n) {
		t.Errorf("title = %q, want the last that was accepted", got)
	}
	same(t, "a refused title", before, after, connectors.Title)
}
