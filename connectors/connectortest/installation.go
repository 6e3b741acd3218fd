package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Two installations of conformd may use the same account, by mistake or after the disk of
// one was lost. Each finds what the other made by its marker, and can tell it from its own.

const otherInstallation = "otherinstall"

func installationCases() []testCase {
	return []testCase{
		{name: "the installation of an issue", run: installationOfIssue},
		{name: "the installation of a comment", run: installationOfComment},
		{name: "a copied installation counts for nothing", run: copiedInstallation},
		{name: "marks without an installation", run: oldMarks},
	}
}

func installationOfIssue(t *testing.T, s *suite) {
	start := s.World.Now(t).Truncate(time.Second)
	ours, err := s.Tracker.Create(t.Context(), s.draft(marker(1)))
	s.works(t, "Create", err)
	theirs, err := s.As(t, otherInstallation).Create(t.Context(), s.draft(marker(2)))
	s.works(t, "Create by another installation", err)
	if ours.Issue != nil && ours.Issue.Installation != Installation {
		t.Errorf("installation in the answer to Create = %q, want %q", ours.Issue.Installation, Installation)
	}
	want := map[string]connectors.Made{
		ours.Ref.ID:   {Ref: ours.Ref, Marker: marker(1), Installation: Installation},
		theirs.Ref.ID: {Ref: theirs.Ref, Marker: marker(2), Installation: otherInstallation},
	}
	s.World.Settle(t)
	listed, _ := s.changed(t, time.Time{})
	for id, w := range want {
		n := slices.IndexFunc(listed, func(i *connectors.Issue) bool { return i.Ref.ID == id })
		if n < 0 {
			t.Fatalf("Changed does not show %s", w.Ref)
		}
		for how, i := range map[string]*connectors.Issue{"Get": s.get(t, w.Ref), "Changed": listed[n]} {
			if i.Marker != w.Marker || i.Installation != w.Installation {
				t.Errorf("%s(%s): marker and installation = %q, %q, want %q, %q", how, w.Ref, i.Marker, i.Installation, w.Marker, w.Installation)
			}
			if labels := i.Fields[connectors.Labels].Items; len(labels) > 0 {
				t.Errorf("%s(%s) shows the labels %q, want none: the draft had none", how, w.Ref, labels)
			}
		}
	}
	made, err := s.Tracker.Created(t.Context(), start)
	s.works(t, "Created", err)
	if len(made) != len(want) {
		t.Errorf("Created = %+v, want the issues of both installations", made)
	}
	for _, m := range made {
		if m != want[m.Ref.ID] {
			t.Errorf("Created shows %+v, want %+v", m, want[m.Ref.ID])
		}
	}
	refs, err := s.Tracker.FindCreated(t.Context(), marker(2), start)
	s.works(t, "FindCreated", err)
	if !slices.Equal(refs, []connectors.Ref{theirs.Ref}) {
		t.Errorf("FindCreated(marker of the other installation) = %v, want %v", refs, theirs.Ref)
	}
}

func installationOfComment(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	post := func(tr connectors.Tracker, m string) string {
		t.Helper()
		w, err := tr.PostComment(t.Context(), ref, "Missing: root cause.", m)
		s.works(t, "PostComment", err)
		s.World.Advance(t, 2*time.Second)
		return w.CommentID
	}
	other := s.As(t, otherInstallation)
	post(s.Tracker, marker(1))
	theirs := post(other, marker(2))
	want := []string{Installation, otherInstallation}
	look := func() {
		t.Helper()
		cs := s.comments(t, ref)
		if len(cs) != len(want) {
			t.Fatalf("Comments = %+v, want %d", cs, len(want))
		}
		for n, c := range cs {
			if c.Marker != marker(n+1) || c.Installation != want[n] {
				t.Errorf("comment %d: marker and installation = %q, %q, want %q, %q", n, c.Marker, c.Installation, marker(n+1), want[n])
			}
		}
		if i := s.get(t, ref); s.Tracker.Capabilities().InlineComments {
			for n, c := range i.Comments {
				if c.Installation != want[n] {
					t.Errorf("Issue.Comments[%d]: installation = %q, want %q", n, c.Installation, want[n])
				}
			}
		}
	}
	look()
	_, err := s.Tracker.EditComment(t.Context(), ref, theirs, "Missing: nothing.", marker(2))
	s.works(t, "EditComment", err)
	want[1] = Installation // it was taken over
	look()
}

// People copy texts and labels with everything that is hidden in them.
func copiedInstallation(t *testing.T, s *suite) {
	other := s.As(t, otherInstallation)
	w, err := other.Create(t.Context(), s.draft(marker(1)))
	s.works(t, "Create", err)
	c, err := other.PostComment(t.Context(), w.Ref, "Missing: root cause.", marker(2))
	s.works(t, "PostComment", err)
	s.World.Advance(t, 2*time.Second)
	copied := s.World.Copy(t, w.Ref)
	said := s.World.CopyComment(t, w.Ref, c.CommentID)
	if i := s.get(t, copied); i.Installation != "" {
		t.Errorf("installation of the copy that a person filed = %q, want none", i.Installation)
	}
	cs := s.comments(t, w.Ref)
	if len(cs) != 2 || cs[0].Installation != otherInstallation || cs[1].ID != said || cs[1].Installation != "" {
		t.Errorf("Comments = %+v, want that of the other installation, then the copy without one", cs)
	}
}

// A conformd that knew no installations wrote markers alone. They count as before.
func oldMarks(t *testing.T, s *suite) {
	start := s.World.Now(t).Truncate(time.Second)
	old := s.As(t, "")
	w, err := old.Create(t.Context(), s.draft(marker(1)))
	s.works(t, "Create", err)
	c, err := old.PostComment(t.Context(), w.Ref, "Missing: root cause.", marker(2))
	s.works(t, "PostComment", err)
	if i := s.get(t, w.Ref); i.Marker != marker(1) || i.Installation != "" {
		t.Errorf("marker and installation = %q, %q, want %q and none", i.Marker, i.Installation, marker(1))
	}
	if cs := s.comments(t, w.Ref); len(cs) != 1 || cs[0].Marker != marker(2) || cs[0].Installation != "" {
		t.Errorf("Comments = %+v, want one with the marker %q and no installation", cs, marker(2))
	}
	s.World.Settle(t)
	refs, err := s.Tracker.FindCreated(t.Context(), marker(1), start)
	s.works(t, "FindCreated", err)
	if !slices.Equal(refs, []connectors.Ref{w.Ref}) {
		t.Errorf("FindCreated = %v, want %v", refs, w.Ref)
	}
	_, err = s.Tracker.EditComment(t.Context(), w.Ref, c.CommentID, "Missing: nothing.", marker(2))
	s.works(t, "EditComment", err)
	if cs := s.comments(t, w.Ref); len(cs) != 1 || cs[0].Marker != marker(2) || cs[0].Installation != Installation || cs[0].Body != "Missing: nothing." {
		t.Errorf("Comments after our edit = %+v, want one of this installation", cs)
	}
}
