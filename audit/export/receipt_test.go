package export_test

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
)

// A proof that the log continues an earlier one is read in its one spelling, or not at all.
func TestParseSince(t *testing.T) {
	root, step := tlog.RecordHash([]byte("root")), tlog.RecordHash([]byte("step"))
	whole := "7\n" + root.String() + "\n" + step.String() + "\n"
	n, got, p, err := export.ParseSince([]byte(whole))
	if err != nil || n != 7 || got != root || len(p) != 1 || p[0] != step {
		t.Errorf("ParseSince() = %d, %v, %v, %v", n, got, p, err)
	}
	spare := strings.LastIndexByte(whole, '=') - 1 // its last bits stand for nothing
	for what, text := range map[string]string{
		"nothing": "", "no size": root.String() + "\n", "no root": "7\n", "no end": strings.TrimSuffix(whole, "\n"), "a size of nothing": "0" + whole[1:], "a size below nothing": "-" + whole,
		"another spelling of the size": "0" + whole, "a blank": " " + whole, "an empty line": whole + "\n", "half a hash": whole[:len(whole)-3] + "\n",
		"another spelling of a hash": whole[:spare] + string(whole[spare]+1) + whole[spare+1:],
	} {
		if n, _, _, err := export.ParseSince([]byte(text)); err == nil {
			t.Errorf("%s is read as the proof of %d entries", what, n)
		}
	}
}

func TestHolds(t *testing.T) {
	short, long := "short", strings.Repeat("long ", audit.LongText)
	for _, c := range []struct {
		text  *audit.Text
		value string
		want  bool
	}{
		{audit.NewText(short), short, true},
		{audit.NewText(short), "other", false},
		{audit.NewText(long), long, true},
		{audit.NewText(long), long + ".", false},
		{audit.NewText(long), "", false},
		{audit.Personal(short), "", false},
		{nil, "", false},
	} {
		if got := export.Holds(c.text, c.value); got != c.want {
			t.Errorf("Holds(%+v, %.10q) = %v", c.text, c.value, got)
		}
	}
}
