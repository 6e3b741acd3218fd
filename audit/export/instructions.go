package export

import (
	"fmt"
	"strings"
)

// instructions returns the text of VERIFY.txt: the same for the same log.
func (x *exporter) instructions() string {
	return fmt.Sprintf(`Audit log %s
%d entries, from %s to %s (UTC).

TO CHECK IT

  conform-verify --key KEY --against CHECKPOINT DIRECTORY

KEY         the public key of the log. Ask the people who run the log for it by a
            way other than these files; key.pub here is a copy for comparison.
CHECKPOINT  the file "checkpoint" of an earlier export, or one from a witness,
            that you have kept yourself. Without it the check still finds every
            change made after the log was signed, but not a log that was cut off,
            or written anew by somebody who has the signing key.
            After this check, keep the file "checkpoint" of this directory for
            the next.
DIRECTORY   this directory. Nothing is sent anywhere; no network is needed.

WHAT IS HERE

  entries.jsonl       the entries in order, one a line: what happened, when, who
  disclosures.jsonl   personal data (%d values) that the entries only commit to
  texts.jsonl         long texts that the entries name by their SHA-256, if any
  register.jsonl      the register as it is: %d records, one a line. The check reads the
                      entries from the first on, and compares what comes of them
  checkpoint          how many entries there are, and the hash over all of them, signed
  tile/               the same entries and the hashes of the tree between them
  key.pub             the public key
  MANIFEST.json       every file with its SHA-256, to notice a damaged copy

WITHOUT OUR PROGRAM

The directory is in the public format C2SP tlog-tiles (https://c2sp.org/tlog-tiles),
the checkpoint in C2SP tlog-checkpoint with an Ed25519 signature (signed-note), the
tree is that of RFC 6962. Tools of others that read these formats can check it.
By hand: the leaf hash of an entry is SHA-256 of one zero byte followed by the text
after "entry": up to, not including, the last brace of its line. A commitment is
SHA-256 of the salt (bytes from hex) followed by the value.

An entry of version 2 ("v":2) may have the member "facts": a text of JSON that says what the
register holds since then. In entries of the verbs record.updated and sync.pulled each of
"changes" that names a field of the register says its new value. An entry that was too long
stands in texts.jsonl as a whole, under the digest in its member "full".

%sWHAT IT DOES NOT PROVE

That what was written is true, that everything was written, or that the clock was
right. It shows that nothing has been changed, removed or put in between since it
was signed, and that every write to a tracker has a recorded outcome.
`, x.at.Origin, x.at.Size, x.first, x.last, x.personal, x.records, x.restoredText())
}

// restoredText returns what a reader has to know of a log that has had several names, ""
// for others.
func (x *exporter) restoredText() string {
	if len(x.restores) == 0 {
		return ""
	}
	var names strings.Builder
	for _, r := range x.restores {
		fmt.Fprintf(&names, "  entry %d continues the first %d entries of %s\n          as %s\n", r.Seq, r.Size, r.Former, r.Origin)
	}
	return fmt.Sprintf(`THIS LOG WAS RESTORED FROM A BACKUP

%s
A restore removes what was written after the backup. The log therefore gets another name,
and its first entry afterwards (log.restored) says so. What you hold stays of use:

A checkpoint of an earlier name, given with --against, is checked as ever where the backup
had all of its entries. Otherwise the check finds "cut-off" and fails: what the checkpoint
was taken of is not here. Ask for the export that was made before the restore, and check
that one against the same checkpoint. Without it nobody can show what was removed.

A key of an earlier name, given with --key, is taken under the present name by itself. Tools
of others need the line of key.pub that begins with the first line of the file checkpoint.
It is the same key: what follows the second + must be the same in the key that you hold. A
witness has to be told the new name and this line.

`, names.String())
}
