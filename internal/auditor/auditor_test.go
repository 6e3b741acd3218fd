package auditor_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

const origin = "acme.example/register"

func noon() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }

// A room is a desk in front of a register of its own.
type room struct {
	auditor.Desk
	t      *testing.T
	key    tree.Verifier
	signer tree.Signer
}

func newRoom(t *testing.T) *room {
	t.Helper()
	private, public, err := tree.GenerateKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := tree.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Log: auditlog.Open(signer, origin), Run: "run", Config: "sha256:c", Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &room{Desk: auditor.Desk{Store: st, Actor: audit.Actor{Kind: audit.Operator, ID: "ada", How: audit.ByLocal}, Origin: origin}, t: t, key: key, signer: signer}
}

// acts lets irene, who is an ISMS manager, act on the register.
func (r *room) acts() *service.Acts {
	return &service.Acts{
		Store: r.Store, Policy: register.DefaultPolicy(), Now: noon, Prefixes: func(register.Kind) string { return "NC" },
		People: map[string]register.Person{"irene": {ID: "irene", Name: "Irene Ismail", Roles: []string{register.RoleISMSManager}}},
	}
}

// file has irene file a record.
func (r *room) file(values map[register.Field]string) register.Record {
	r.t.Helper()
	acted, err := r.acts().File(r.t.Context(), service.By{Person: "irene", Account: "os:1000"}, service.Filing{Values: values})
	if err != nil {
		r.t.Fatal(err)
	}
	return acted.Record
}

func (r *room) size() int64 {
	r.t.Helper()
	msg, err := auditdb.CurrentCheckpoint(r.t.Context(), r.Store.Reader())
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := tree.ReadCheckpoint(msg)
	if err != nil {
		r.t.Fatal(err)
	}
	return c.Size
}

// A draw stands in the log with its seed, its population and what was drawn, and the register
// was read as of the entry before it. A draw that is refused notes nothing.
func TestADrawIsNoted(t *testing.T) {
	r := newRoom(t)
	for n := range 12 {
		grade := "minor"
		if n == 4 {
			grade = "major"
		}
		r.file(map[register.Field]string{register.FieldTitle: fmt.Sprint("Finding ", n), register.FieldGrade: grade})
	}
	before := r.size()
	_, err := r.Sample(t.Context(), sample.Question{Size: 13, Seed: "word", At: noon()})
	if _, ok := errors.AsType[*sample.SizeError](err); !ok || r.size() != before {
		t.Errorf("Sample(13 of 12) = %v, with %d entries in the log after %d: want a SizeError and no entry", err, r.size(), before)
	}
	d, err := r.Sample(t.Context(), sample.Question{Size: 5, Seed: "word", To: "2026-07-01", At: noon()})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Chosen) != 5 || len(d.Population) != 12 || d.Entries != before || d.Entry != before || r.size() != before+1 {
		t.Errorf("Sample(5) = %+v, want 5 of 12 records as of entry %d", d, before)
	}
	e, err := auditdb.Get(t.Context(), r.Store.Reader(), d.Entry)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, c := range e.Entry.Changes {
		said[c.Field] = c.After.Value
	}
	refs := make([]string, len(d.Chosen))
	for i, c := range d.Chosen {
		refs[i] = c.Ref
	}
	want := map[string]string{"seed": "word", "size": "5", "to": "2026-07-01", "population": "12", "population_sha256": d.Digest, "sample": strings.Join(refs, "\n")}
	if diff := cmp.Diff(want, said); diff != "" || e.Entry.Verb != audit.SampleDrawn || e.Entry.Actor.ID != "ada" {
		t.Errorf("the entry is %+v (-want +got):\n%s", e.Entry, diff)
	}
	again, err := r.Sample(t.Context(), sample.Question{Size: 5, Seed: "word", To: "2026-07-01", At: noon()})
	if err != nil || again.Entry != d.Entry+1 || !cmp.Equal(again.Sample, d.Sample) {
		t.Errorf("the same draw again is %+v, %v, want the same sample and one more entry", again, err)
	}
	rep, err := verify.DB(t.Context(), r.Store.Reader(), r.key, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil || len(rep.Findings) > 0 || !rep.Compared {
		t.Errorf("the log with draws in it verifies as %+v, %v", rep, err)
	}
}
