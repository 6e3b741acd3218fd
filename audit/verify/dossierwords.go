package verify

import (
	"crypto/sha256"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
)

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hexOf(sum[:])
}

// sayDossier puts into words what was checked of a dossier and what was not.
func (d *dossier) sayDossier() {
	r := d.rep
	checked := func(format string, args ...any) { r.Checked = append(r.Checked, fmt.Sprintf(format, args...)) }
	not := func(format string, args ...any) { r.NotChecked = append(r.NotChecked, fmt.Sprintf(format, args...)) }
	r.First, r.Last, r.Read = d.entries[0].Entry.At, d.entries[len(d.entries)-1].Entry.At, int64(len(d.entries))
	checked("the signature of the checkpoint, by the key %s%s", r.Key, d.sameKey())
	checked("%s about %s, each by its proof, against the signed hash over all %d of the log", audit.Plural(int64(len(d.manifest.Entries)), "entry", "entries"), d.manifest.Record, r.Size)
	checked("%s and %s against entry %d, which notes the dossier, and all files against %s", export.FilePage, export.FileRecord, d.manifest.Made, export.FileManifest)
	switch {
	case !r.Compared:
		not("whether the record is what its entries tell")
	case r.Records > 0:
		checked("the record against what its entries tell, read from the first on")
	case r.Waiting > 0:
		not("whether the record is what the log tells: an earlier version left it, and the log is yet to be told of it")
	default:
		not("whether the record is what its entries tell: what the log told of it was erased")
	}
	if r.Records > 0 && r.Unknown > 0 {
		not("%s of the record: what the log told of them was erased", audit.Plural(r.Unknown, "value", "values"))
	}
	switch {
	case d.held != nil:
		checked("that the log is the one of the checkpoint held from elsewhere")
	case d.given != nil:
		not("whether the log continues the held checkpoint of %s: an export of the whole log shows that, or a checkpoint of the same %d entries", audit.Plural(r.HeldSize, "entry", "entries"), r.Size)
	default:
		not("whether the log was written anew by somebody who has the signing key: only a checkpoint from elsewhere can show that, and none was held against it")
	}
	not("whether these are all entries about the record: an export of the whole log shows that")
	not("whether what was written is true, and whether the clock was right: no check of a log can show that")
}
