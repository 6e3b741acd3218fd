package verify

import (
	"context"
	"iter"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// A Code names a sort of finding. Codes are stable.
type Code string

// The codes.
const (
	Tampered           Code = "tampered"            // what is there is not what was signed
	Truncated          Code = "truncated"           // the end is missing
	Forked             Code = "forked"              // another history than the one of the held checkpoint
	CutOff             Code = "cut-off"             // entries of the held checkpoint that a restore removed, as the log says
	Renamed            Code = "renamed"             // a name that no entry of the log gives it
	BadRestore         Code = "bad-restore"         // an entry of a restore that contradicts the entries before it
	BadSignature       Code = "bad-signature"       // a checkpoint that the key did not sign
	UnpairedIntent     Code = "unpaired-intent"     // a write to a tracker without a final outcome
	OrphanOutcome      Code = "orphan-outcome"      // an outcome of an intent that is not there
	DoubleOutcome      Code = "double-outcome"      // an outcome after the final one
	DisclosureMismatch Code = "disclosure-mismatch" // personal data that is not what was committed to, or gone without an entry
	Malformed          Code = "malformed"           // signed, but not an entry of this format
	RegisterDiffers    Code = "register-differs"    // a record is not what the log says of it
	TextGone           Code = "text-gone"           // a long text that an entry names is gone without an entry
	Stale              Code = "stale"               // nothing was written for longer than allowed
)

// A Finding is one thing that is wrong, with the proof of it.
type Finding struct {
	Code Code `json:"code"`
	// Seq is the number of the entry concerned, -1 when it is not one entry.
	Seq int64 `json:"seq"`
	// Where is the file or table that it was found in.
	Where string `json:"where"`
	// Text says it in words.
	Text string `json:"text"`
	// Want and Got are the hashes or values that should be equal.
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// A Result is the outcome of a verification as a whole.
type Result string

// The results.
const (
	Verified       Result = "verified"         // also against a checkpoint from outside
	VerifiedInPart Result = "verified in part" // sound in itself; nothing from outside to hold it against
	Failed         Result = "failed"
)

// A Report is what a verification has checked and found.
type Report struct {
	Result   Result    `json:"result"`
	Origin   string    `json:"origin"`
	Size     int64     `json:"size"` // entries under the checkpoint
	Root     string    `json:"root"` // as the checkpoint has it, base64
	Key      string    `json:"key"`  // name and hash of the key that signed
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	HeldSize int64     `json:"held_size"` // of the checkpoint from outside, -1 without one
	// HeldOrigin is the name of the log in that checkpoint, where it is not Origin.
	HeldOrigin string `json:"held_origin,omitempty"`
	// Sound says that the entries are those under the checkpoint. When they are not,
	// what they say was not looked at, and the numbers below are 0.
	Sound   bool    `json:"sound"`
	Read    int64   `json:"entries_read"` // entries whose form was checked, beyond their hashes
	Intents int64   `json:"intents"`
	Open    []int64 `json:"open_intents,omitempty"` // still under way when the log ended
	// Compared says that the register was compared with what the log says of it. Records
	// counts its rows. Unknown counts the values and records that cannot be compared, because
	// what the log said of them was erased. Waiting counts the records of an earlier version
	// that are not in the log yet.
	Compared  bool     `json:"register_compared"`
	Records   int64    `json:"records,omitempty"`
	Unknown   int64    `json:"not_comparable,omitempty"`
	Waiting   int64    `json:"not_carried,omitempty"`
	Disclosed int64    `json:"disclosed"`
	Erased    int64    `json:"erased"`
	Extra     []string `json:"extra_files,omitempty"` // in the directory, and not part of the export; the first of them
	// ExtraOmitted is how many more such files there are.
	ExtraOmitted int64 `json:"extra_files_omitted,omitempty"`
	// Dossier is the number of the record, of a report about a dossier.
	Dossier string `json:"dossier,omitempty"`
	// Receipt says that it is about the receipt of an audit day, and Dossier the number of the audit.
	Receipt bool `json:"receipt,omitempty"`
	// Restores lists the entries that say that the log was set back to a backup. They are
	// no findings. A held checkpoint of entries that a restore removed is one ([CutOff]).
	Restores []audit.Restore `json:"restores,omitempty"`
	// Checked and NotChecked say it in words, for somebody who reads no code.
	Checked    []string  `json:"checked"`
	NotChecked []string  `json:"not_checked"`
	Findings   []Finding `json:"findings"`
	Omitted    int64     `json:"findings_omitted,omitempty"` // more of the same codes
}

// Options say how to verify.
type Options struct {
	// Against is a checkpoint that the reader has from elsewhere and trusts: from an
	// earlier audit, a witness, a ticket. Without it the result is at best
	// VerifiedInPart.
	Against []byte
	// Keys are further keys that may have signed, older ones after a rotation.
	Keys []tree.Verifier
	// Register replays what the log tells of records; without it nothing is replayed. Rows
	// yields the rows of the register in the database that DB reads, in the form that Register
	// takes. Dir reads them from register.jsonl.
	Register Register
	Rows     func(ctx context.Context, tx auditdb.Tx) iter.Seq2[any, error]
	// Draw repeats the draw of the sample of an audit day and says what does not fit; without it the
	// sample is held against the log alone.
	Draw func(export.Opening) error
	// Workers is the number of goroutines that hash; 0 takes one for each processor.
	Workers int
	// Grace is how long a write may stay without an outcome, counted back from the
	// last entry (or Now); 0 is 15 minutes.
	Grace time.Duration
	// Now and MaxAge, when both are set, make a log stale whose last entry is older.
	Now    time.Time
	MaxAge time.Duration
}
