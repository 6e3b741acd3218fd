package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
)

// receipt checks what a ZIP with the receipt of an audit day has in the place of a record: the
// receipt against the entry that closes the day, the opening against the entry that opens it, the
// sample against its draw, and the log at the closing against the log at the opening.
func (d *dossier) receipt() {
	d.rep.Receipt = true
	data := d.files[export.FileReceipt]
	var r export.Receipt
	var o export.Opening
	if err := json.Unmarshal(data, &r); err != nil || json.Unmarshal(r.Opening, &o) != nil || r.Format != export.ManifestFormat {
		d.wrong(export.FileReceipt, -1, "", "", "%s cannot be read, or is none of format %d", export.FileReceipt, export.ManifestFormat)
		return
	}
	d.texts()
	if r.Audit != d.manifest.Record || o.Audit != r.Audit {
		d.wrong(export.FileReceipt, -1, d.manifest.Record, r.Audit, "%s is about another audit than %s says", export.FileReceipt, export.FileManifest)
	}
	closed := d.entry(d.manifest.Made, audit.AuditDayClosed)
	opened := d.entry(r.Opened, audit.AuditDayOpened)
	if closed == nil || opened == nil {
		return
	}
	if !export.Holds(said(closed, export.DayReceipt), string(data)) {
		d.wrong(export.FileReceipt, d.manifest.Made, "", sumOf(data), "%s is not the receipt that entry %d of the log holds", export.FileReceipt, d.manifest.Made)
	}
	var opening bytes.Buffer
	if err := json.Compact(&opening, r.Opening); err != nil || !export.Holds(said(opened, export.DayOpening), opening.String()) {
		d.wrong(export.FileReceipt, r.Opened, "", "", "the opening in %s is not the one that entry %d of the log holds", export.FileReceipt, r.Opened)
	}
	if closed.Subject.ID != opened.Subject.ID || closed.Subject.Ref != r.Audit || !slices.Contains(closed.Cause, r.Opened) {
		d.wrong(export.FileEntries, d.manifest.Made, "", "", "entry %d does not close the audit day that entry %d opened", d.manifest.Made, r.Opened)
	}
	d.sample(&r, &o, opened)
	d.since(r.Opened + 1)
	d.requests = len(r.Requests)
}

// entry returns an entry with a verb, nil if it is not there, which is a finding.
func (d *dossier) entry(seq int64, v audit.Verb) *audit.Entry {
	i := slices.IndexFunc(d.entries, func(s audit.Stored) bool { return s.Seq == seq })
	if i < 0 || d.entries[i].Entry.Verb != v {
		d.wrong(export.FileEntries, seq, "", "", "entry %d is not there, or is no %s", seq, v)
		return nil
	}
	return &d.entries[i].Entry
}

// said returns what an entry says of a field, nil for nothing.
func said(e *audit.Entry, field string) *audit.Text {
	for _, c := range e.Changes {
		if c.Field == field {
			return c.After
		}
	}
	return nil
}

// sample holds the sample of an audit day against the entry that notes its draw, and repeats the
// draw.
func (d *dossier) sample(r *export.Receipt, o *export.Opening, opened *audit.Entry) {
	refs, now := make([]string, len(o.Sample)), make([]string, len(r.Sample))
	for i, s := range o.Sample {
		refs[i] = s.Record
	}
	for i, s := range r.Sample {
		now[i] = s.Record
	}
	if !slices.Equal(refs, now) {
		d.wrong(export.FileReceipt, -1, fmt.Sprint(refs), fmt.Sprint(now), "the sample at the closing has other records than the sample at the opening")
	}
	if o.Seed == "" {
		if len(refs) > 0 {
			d.wrong(export.FileReceipt, -1, "", fmt.Sprint(refs), "%s has a sample and no word by which it was drawn", export.FileReceipt)
		}
		return
	}
	d.sampled = true
	if len(opened.Cause) != 1 {
		d.wrong(export.FileEntries, r.Opened, "", "", "entry %d names no draw of the sample", r.Opened)
		return
	}
	drawn := d.entry(opened.Cause[0], audit.SampleDrawn)
	if drawn == nil {
		return
	}
	for field, want := range map[string]string{
		"seed": o.Seed, "size": fmt.Sprint(o.Size), "from": o.From, "to": o.To, "population": fmt.Sprint(len(o.Population)), "population_sha256": o.Digest, "sample": strings.Join(refs, "\n"),
	} {
		if !export.Holds(said(drawn, field), want) {
			d.wrong(export.FileReceipt, opened.Cause[0], "", want, "the %s of the sample is not what entry %d of the log says that it was", field, opened.Cause[0])
		}
	}
	if d.o.Draw == nil {
		return
	}
	if err := d.o.Draw(*o); err != nil {
		d.wrong(export.FileReceipt, -1, "", "", "the sample is not what its word draws: %v", err)
	}
	d.drawn = true
}

// since holds the log under the checkpoint against the log of the first n entries, and that one
// against the checkpoint of the reader, if it is of the same length.
func (d *dossier) since(n int64) {
	size, root, p, err := export.ParseSince(d.files[export.FileSince])
	if err != nil {
		d.wrong(export.FileSince, -1, "", "", "%s %v", export.FileSince, err)
		return
	}
	if err := tlog.CheckTree(p, d.at.Size, tlog.Hash(d.at.Root), size, root); err != nil || size != n {
		d.wrong(export.FileSince, -1, "", "", "%s does not show that the log continues that of the first %d entries", export.FileSince, n)
		return
	}
	if d.given == nil || d.given.Origin != d.at.Origin || d.given.Size != size {
		return
	}
	if d.given.Root != root {
		d.find(Finding{
			Code: Forked, Seq: -1, Where: heldCheckpoint, Want: d.given.RootText(), Got: root.String(),
			Text: "the log of the receipt and that of the held checkpoint have other entries before the day was opened",
		})
		return
	}
	d.held = d.given
}

// sayReceipt puts into words what was checked of a receipt and what was not.
func (d *dossier) sayReceipt() {
	r := d.rep
	checked := func(format string, args ...any) { r.Checked = append(r.Checked, fmt.Sprintf(format, args...)) }
	not := func(format string, args ...any) { r.NotChecked = append(r.NotChecked, fmt.Sprintf(format, args...)) }
	r.First, r.Last, r.Read = d.entries[0].Entry.At, d.entries[len(d.entries)-1].Entry.At, int64(len(d.entries))
	checked("the signature of the checkpoint, by the key %s%s", r.Key, d.sameKey())
	checked("%s about the audit day, each by its proof, against the signed hash over all %d of the log", audit.Plural(int64(len(d.entries)), "entry", "entries"), r.Size)
	checked("the receipt with %s against entry %d, which closes the day, and all files against %s", audit.Plural(int64(d.requests), "request", "requests"), d.manifest.Made, export.FileManifest)
	checked("that the log continues the one at the opening of the day")
	switch {
	case d.drawn:
		checked("the sample against its word and its population, by drawing it again")
		not("whether the records that are in the sample for a reason of their own (major, late, …) have that reason: their dossiers show it")
	case d.sampled:
		not("whether the sample is what its word draws")
	}
	switch {
	case d.held != nil:
		checked("that the log is the one of the checkpoint held from elsewhere")
	case d.given != nil:
		not("whether the log continues the held checkpoint of %s: give the one of the opening, or one of the same %d entries", audit.Plural(r.HeldSize, "entry", "entries"), r.Size)
	default:
		not("whether the log was written anew by somebody who has the signing key: only a checkpoint from elsewhere can show that, and none was held against it")
	}
	not("whether the trackers showed all requests: an issue that was deleted or lost its label before the closing is not in the receipt")
	not("whether what was written is true, and whether the clocks were right: no check of a log can show that")
}
