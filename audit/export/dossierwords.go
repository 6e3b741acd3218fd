package export

import "fmt"

// instructions returns the text of VERIFY.txt of a dossier.
func (x *dossier) instructions() string {
	return fmt.Sprintf(`Dossier of %s
As of %s (UTC), from the audit log %s with %d entries.

TO CHECK IT

  conform-verify --key KEY --against CHECKPOINT FILE.zip

KEY         the public key of the log. Ask the people who run the log for it by a
            way other than this file; key.pub here is a copy for comparison.
CHECKPOINT  the checkpoint of the log that you have from elsewhere, of the same
            %d entries: "conformd audit checkpoint" prints it. Without it the check
            still finds every change made after the log was signed.
FILE.zip    the dossier, as it is. Nothing is sent anywhere; no network is needed.

WHAT IS HERE

  record.html     the record as an auditor reads it; any browser shows and prints it
  record.json     the same as data, one line
  entries.jsonl   the %d entries of the log about the record and its issues, one a
                  line, and last entry %d, which notes this dossier
  texts.jsonl     long texts that the entries name by their SHA-256, if any
  proof/          for each entry the proof that it is in the signed tree
  checkpoint      how many entries the log has, and the hash over all of them, signed
  key.pub         the public key
  MANIFEST.json   every file with its SHA-256

WITHOUT OUR PROGRAM

Each proof is in the public format C2SP tlog-proof (https://c2sp.org/tlog-proof), the
checkpoint in C2SP tlog-checkpoint with an Ed25519 signature (signed-note), the tree is
that of RFC 6962. By hand: the leaf hash of an entry is SHA-256 of one zero byte followed
by the text after "entry": up to, not including, the last brace of its line. The last
entry names the SHA-256 of record.html and of record.json.

Personal data that the log only commits to is a commitment here too.

WHAT IT DOES NOT PROVE

That these are all entries about the record: for that ask for an export of the whole log.
The check does replay the entries, and the record must be what comes of them. That what
was written is true, or that the clock was right, no check of a log can show.
`, x.Record, x.m.AsOf, x.m.Log.Origin, x.m.Log.Size, x.m.Log.Size, len(x.m.Entries), x.m.Made)
}
