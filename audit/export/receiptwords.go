package export

import "fmt"

// receiptInstructions returns the text of VERIFY.txt of a receipt.
func (x *dossier) receiptInstructions() string {
	return fmt.Sprintf(`Receipt of an audit day of %s
As of %s (UTC), from the audit log %s with %d entries.

TO CHECK IT

  conform-verify --key KEY --against CHECKPOINT FILE.zip

KEY         the public key of the log. Ask the people who run the log for it by a
            way other than this file; key.pub here is a copy for comparison.
CHECKPOINT  the checkpoint that you were given when the day was opened (of %d
            entries), or one of the %d entries from the end of the day.
FILE.zip    the receipt, as it is. Nothing is sent anywhere; no network is needed.

WHAT IS HERE

  receipt.json       period, population, sample, requests with their times
  entries.jsonl      the entries of the log that open the day, note the draw of the
                     sample and close the day; the last one holds the receipt
  texts.jsonl        long texts that the entries name by their SHA-256, if any
  since-opening.txt  size and root of the log when the day was opened, and the hashes
                     that show that the log continues it (RFC 6962, 2.1.2)
  proof/             for each entry the proof that it is in the signed tree
  checkpoint         how many entries the log has, and the hash over all of them, signed
  key.pub            the public key
  MANIFEST.json      every file with its SHA-256

WITHOUT OUR PROGRAM

Each proof is in the public format C2SP tlog-proof (https://c2sp.org/tlog-proof), the
checkpoint in C2SP tlog-checkpoint with an Ed25519 signature (signed-note), the tree is
that of RFC 6962. The last entry has the text of receipt.json or its SHA-256. The draw:
printf '%%s %%s' SEED NUMBER | sha256sum, for each number of the population.

WHAT IT DOES NOT PROVE

That these are all requests: the receipt has what the trackers showed when the day was
closed, and somebody may have taken off a label or deleted an issue before. That the
records that are in the sample for a reason of their own have that reason: their dossiers
show it. That what was written is true, or that a clock was right, no check can show.
`, x.Record, x.m.AsOf, x.m.Log.Origin, x.m.Log.Size, x.opened+1, x.m.Log.Size)
}
