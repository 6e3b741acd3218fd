package app_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/store"
)

// TestRecordsOfAnEarlierVersionAreLinked: what the texts of records of an earlier version name
// becomes links at the first start, in the order of their numbers. Of two records that name each
// other the older one is linked. Another start links nothing more.
func TestRecordsOfAnEarlierVersionAreLinked(t *testing.T) {
	o := newOld(t)
	refs := slices.Sorted(maps.Keys(records(t, o.config.DataDir)))
	for i, text := range []string{
		"Recurrence of " + refs[1], "Recurrence of " + refs[0], "Split from " + refs[0],
		"Split from NC-1999-0001", "Split from " + refs[4], "The audit of spring, see " + refs[0],
	} {
		edit(t, o.config.DataDir, fmt.Sprintf(`UPDATE record_doc SET doc = json_set(doc, '$.fields.source_ref', '%s') WHERE id = (SELECT id FROM record WHERE ref = '%s')`, text, refs[i]))
	}
	want := map[string]string{refs[0]: "recurrence_of " + refs[1], refs[2]: "split_from " + refs[0]}
	for range 2 {
		if _, err := app.Migrate(t.Context(), o.config, app.Options{}); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for ref, r := range records(t, o.config.DataDir) {
			for _, l := range r.Links {
				got[ref] += string(l.Kind) + " " + l.Ref
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("links are %v, want %v", got, want)
		}
		if r := o.verify(); r.Result != verify.VerifiedInPart || r.Records != int64(len(refs)) {
			t.Errorf("%d records compared, result %s, findings %+v", r.Records, r.Result, r.Findings)
		}
	}
	o.says(audit.RecordLinked, len(want))
}

// says checks how many entries of a kind the log has.
func (o *old) says(verb audit.Verb, want int) {
	o.Helper()
	st, err := store.OpenReader(o.Context(), o.config.DataDir)
	if err != nil {
		o.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	n := 0
	for s, err := range auditdb.Read(o.Context(), st.Reader(), 0, -1) {
		if err != nil {
			o.Fatal(err)
		}
		if s.Entry.Verb == verb {
			n++
		}
	}
	if n != want {
		o.Errorf("the log has %d entries %s, want %d", n, verb, want)
	}
}
