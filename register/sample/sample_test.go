package sample_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/lanetest"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

func on(month, day int) time.Time {
	return time.Date(2026, time.Month(month), day, 12, 0, 0, 0, time.UTC)
}

func now() time.Time { return on(11, 30) }

// record is a minor nonconformity of 2026 without anything special about it.
func record(n int) register.Record {
	return register.Record{
		ID: fmt.Sprint("rec-", n), Ref: fmt.Sprintf("NC-2026-%04d", n), State: register.Analysis, Recorded: on(3, 1),
		Fields: map[register.Field]string{register.FieldGrade: "minor", register.FieldTitle: fmt.Sprint("Finding ", n), register.FieldSource: "incident"},
	}
}

func with(r register.Record, fields map[register.Field]string) register.Record {
	r = r.Clone()
	maps.Copy(r.Fields, fields)
	return r
}

// plain is a population without special records.
func plain(n int) []register.Record {
	out := make([]register.Record, n)
	for i := range out {
		out[i] = record(i + 1)
	}
	return out
}

func whys(s sample.Sample) map[string]string {
	out := map[string]string{}
	for _, c := range s.Chosen {
		out[c.Ref] = fmt.Sprint(c.Why, c.Also)
	}
	return out
}

func drawn(t *testing.T, rs []register.Record, q sample.Question) sample.Sample {
	t.Helper()
	if q.At.IsZero() {
		q.At = now()
	}
	s, err := sample.Draw(rs, q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Each special case is in the sample, whatever the draw says of it.
func TestSpecialCasesAreInEverySample(t *testing.T) {
	rs := plain(60)
	approved := func(s register.Subject, o register.Outcome) []register.Approval {
		return []register.Approval{{Event: "e", Subject: s, Outcome: o, By: "irene", At: on(5, 1)}}
	}
	rs[1] = with(rs[1], map[register.Field]string{register.FieldGrade: "Hauptabweichung (major)"})
	rs[2] = with(rs[2], map[register.Field]string{register.FieldSource: "external_audit", register.FieldSourceRef: "SA-2025/F-1", register.FieldIdentified: "2025-11-02"})
	rs[3] = with(rs[3], map[register.Field]string{register.FieldSource: "external_audit", register.FieldSourceRef: "SA-2026/F-1", register.FieldIdentified: "2026-11-02"})
	rs[4] = with(rs[4], map[register.Field]string{register.FieldSource: "external_audit", register.FieldSourceRef: "sa-2026 /F-2", register.FieldIdentified: "2026-11-01"})
	rs[5].Dates = []register.MilestoneDate{{Milestone: register.MilestoneTriage, Date: "2026-03-05", Start: on(3, 1)}}
	rs[5].State = register.Reported
	rs[6].Extensions = []register.Extension{{Milestone: register.MilestoneCause, Date: "2026-06-01", State: register.ExtensionApproved}}
	rs[7].Extensions = []register.Extension{{Milestone: register.MilestoneCause, To: "2026-06-01", State: register.ExtensionDeclined}}
	rs[8].State, rs[8].Acceptances = register.Accepted, []register.Acceptance{{Asked: "2027-05-01", Until: "2027-05-01", State: register.AcceptanceApproved}}
	rs[9].Recurrences = []register.Recurrence{{To: "rec-1", Ref: "NC-2026-0001", State: register.RecurrenceConfirmed}}
	rs[10].Recurrences = []register.Recurrence{{To: "rec-1", Ref: "NC-2026-0001", State: register.RecurrenceRefused}}
	rs[11].Approvals = approved(register.SubjectReopening, register.Approved)
	rs[12].State, rs[12].Approvals = register.StateRejected, approved(register.SubjectRejection, register.Approved)
	for seed := range 20 {
		s := drawn(t, rs, sample.Question{Size: 1, Seed: fmt.Sprint("word", seed)})
		want := map[string]string{
			"NC-2026-0002": "major[]", "NC-2026-0004": "last external audit[]", "NC-2026-0005": "last external audit[]", "NC-2026-0006": "late[]", "NC-2026-0007": "extended[]",
			"NC-2026-0009": "accepted[]", "NC-2026-0010": "recurred[]", "NC-2026-0012": "reopened[]", "NC-2026-0013": "rejected[]",
		}
		if diff := cmp.Diff(want, whys(s)); diff != "" || len(s.Absent) > 0 || !strings.EqualFold(s.Audit, "SA-2026") {
			t.Fatalf("last audit %q, absent %q (-want +got):\n%s", s.Audit, s.Absent, diff)
		}
	}
	// A record that shows several cases stands for each of them.
	rs[1].State, rs[1].Approvals = register.StateRejected, approved(register.SubjectRejection, register.Approved)
	s := drawn(t, rs, sample.Question{Size: 1, Seed: "word"})
	if got := whys(s); got["NC-2026-0002"] != "major[rejected]" || got["NC-2026-0013"] != "" {
		t.Errorf("with a rejected major the sample is %v, and needs no other rejected record", got)
	}
}

// Cases that the population does not have are named, and of several records of a case the one
// with the smallest digest is taken.
func TestOneOfEachCase(t *testing.T) {
	rs := plain(30)
	best := ""
	for i := range 10 {
		rs[i].State = register.StateRejected
		if d := sample.Digest("seed", rs[i].Ref); best == "" || d < sample.Digest("seed", best) {
			best = rs[i].Ref
		}
	}
	s := drawn(t, rs, sample.Question{Size: 1, Seed: "seed"})
	if got := whys(s); len(got) != 1 || got[best] != "rejected[]" {
		t.Errorf("the sample is %v, want %s alone", got, best)
	}
	if want := []sample.Reason{sample.Late, sample.Extended, sample.Accepted, sample.Recurred, sample.Reopened}; !slices.Equal(s.Absent, want) {
		t.Errorf("absent are %q, want %q", s.Absent, want)
	}
}

// The draw depends on seed and numbers alone, and a stranger repeats it with sha256sum.
func TestAStrangerRepeatsTheDraw(t *testing.T) {
	rs := plain(200)
	s := drawn(t, rs, sample.Question{Size: 25, Seed: "Surveillance-2026"})
	refs := func(s sample.Sample) (out []string) {
		for _, c := range s.Chosen {
			out = append(out, c.Ref)
		}
		return out
	}
	for range 5 {
		other := slices.Clone(rs)
		rand.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if again := drawn(t, other, sample.Question{Size: 25, Seed: "Surveillance-2026"}); !slices.Equal(refs(again), refs(s)) || again.Digest != s.Digest {
			t.Fatal("another order of the records gives another sample")
		}
	}
	if slices.Equal(refs(drawn(t, rs, sample.Question{Size: 25, Seed: "surveillance-2026"})), refs(s)) {
		t.Error("another seed gives the same sample")
	}
	if smaller := refs(drawn(t, rs, sample.Question{Size: 10, Seed: "Surveillance-2026"})); slices.ContainsFunc(smaller, func(r string) bool { return !slices.Contains(refs(s), r) }) {
		t.Error("a smaller sample is no part of the larger one")
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		lanetest.LeaveOut(t, "shell", err.Error())
	}
	script := `while read -r n; do printf '%s %s\n' "$(printf '%s %s' Surveillance-2026 "$n" | sha256sum | cut -d' ' -f1)" "$n"; done | sort | head -n 25 | cut -d' ' -f2 | sort`
	c := exec.CommandContext(t.Context(), sh, "-c", script)
	c.Stdin = strings.NewReader(strings.Join(s.Population, "\n") + "\n")
	out, err := c.Output()
	if err != nil {
		lanetest.LeaveOut(t, "shell", err.Error())
	}
	if diff := cmp.Diff(strings.Fields(string(out)), refs(s)); diff != "" {
		t.Errorf("the sample is another than that of the shell (-shell +conformd):\n%s", diff)
	}
}

// A period has what was open in it, and a draw beyond its population is refused.
func TestThePopulationOfAPeriod(t *testing.T) {
	rs := plain(4)
	rs[0].State, rs[0].Closed = register.Closed, on(5, 31)
	rs[1].State, rs[1].Closed = register.Closed, on(6, 1)
	rs[2].Recorded = on(7, 1)
	rs[3].State, rs[3].Approvals = register.StateRejected, []register.Approval{{Subject: register.SubjectRejection, Outcome: register.Approved, At: on(5, 31)}}
	for _, c := range []struct{ from, to, want string }{
		{"", "", "[NC-2026-0001 NC-2026-0002 NC-2026-0003 NC-2026-0004]"},
		{"2026-06-01", "", "[NC-2026-0002 NC-2026-0003]"},
		{"2026-06-01", "2026-06-30", "[NC-2026-0002]"},
		{"2026-05-31", "2026-07-01", "[NC-2026-0001 NC-2026-0002 NC-2026-0003 NC-2026-0004]"},
	} {
		if s := drawn(t, rs, sample.Question{Size: 1, Seed: "s", From: c.from, To: c.to}); fmt.Sprint(s.Population) != c.want {
			t.Errorf("from %q to %q the population is %v, want %s", c.from, c.to, s.Population, c.want)
		}
	}
	for _, size := range []int{-1, 0, 3} {
		_, err := sample.Draw(rs, sample.Question{Size: size, Seed: "s", From: "2026-06-01", At: now()})
		if bad, ok := errors.AsType[*sample.SizeError](err); !ok || bad.Size != size || bad.Population != 2 {
			t.Errorf("Draw(%d of 2) = %v, want a SizeError", size, err)
		}
	}
	for _, seed := range []string{"", "two words", "a\nb", "ä", strings.Repeat("x", 65), "$(x)", "\u202e"} {
		_, err := sample.Draw(rs, sample.Question{Size: 1, Seed: seed, At: now()})
		if _, ok := errors.AsType[*sample.SeedError](err); !ok {
			t.Errorf("Draw(seed %q) = %v, want a SeedError", seed, err)
		}
	}
}
