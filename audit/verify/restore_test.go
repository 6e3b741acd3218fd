package verify_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// Earlier versions left a restored log its name. Such a log still verifies, says that it
// was set back and what was lost, and whoever holds a newer checkpoint sees it.
func TestARestoreOfAnEarlierVersion(t *testing.T) {
	l := audittest.New(t)
	some := func(n int) (es []audit.Entry) {
		for i := range n {
			es = append(es, audittest.Created(i))
		}
		return es
	}
	l.Append(t, some(20)...)
	before := l.Checkpoint(t)
	backup := l.Copy(t)
	l.Append(t, some(20)...)
	lost := l.Checkpoint(t)
	was, err := tree.ReadCheckpoint(before)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := tree.OpenCheckpoint(lost, l.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Restore{
		Seq: was.Size, At: audittest.Start(), Size: was.Size, Root: was.RootText(), LostSize: gone.Size, LostRoot: gone.RootText(),
		Told: "entries 20 to 39 of the log are not in it", Reason: "the disk broke",
	}
	e := want.Entry()
	e.Subject = audit.Subject{Type: audit.SubjectDaemon, ID: audittest.Origin, Ref: audittest.Origin}
	backup.Append(t, e)
	backup.Append(t, some(30)...)

	audittest.VerifyClean(t, backup, before)
	for name, r := range map[string]*verify.Report{
		"VerifyDB": audittest.VerifyDB(t, backup, verify.Options{}), "VerifyDir": audittest.VerifyDir(t, backup.Export(t), l.Verifier, verify.Options{}),
	} {
		if len(r.Restores) != 1 || r.Restores[0] != want {
			t.Errorf("%s: restores %+v, want %+v", name, r.Restores, want)
		}
	}
	if w := want.Words(); !strings.Contains(w, "set back to a backup of 20 entries") || !strings.Contains(w, "the disk broke") || !strings.Contains(w, "20 to 39") {
		t.Errorf("Words() = %q, want the backup, the reason and the loss", w)
	}
	r := audittest.VerifyDB(t, backup, verify.Options{Against: lost})
	if !audittest.HasCode(r, verify.Forked) {
		t.Errorf("codes %v against a checkpoint from after the backup, want %s", audittest.Codes(r), verify.Forked)
	}
	if said := strings.Join(r.NotChecked, "\n"); !strings.Contains(said, gone.RootText()) || !strings.Contains(said, "entry 20 tells of") {
		t.Errorf("not checked: %s\nwant the head that was lost", said)
	}
}
