// Package audit keeps the log that remembers: what was changed, by whom, on
// whose word, and what was sent to a tracker with which result.
//
// An entry is a line of canonical JSON and a leaf of an RFC 6962 Merkle tree.
// [Log.Append] writes it in the transaction of the change it describes, together
// with the right edge of the tree and a signed checkpoint (a C2SP signed note,
// Ed25519), so that no commit leaves an entry outside a signature. Trees and
// notes are those of golang.org/x/mod/sumdb; [Export] publishes the log as a
// C2SP tlog-tiles directory, which tools of other people can read.
//
// What is remembered cannot be unsaid: there is no function that changes or
// removes an entry. Personal data is the exception that the law asks for. It is
// not in the entry; the entry holds a salted commitment to it ([Personal]), and
// the value lies beside the log, where [Log.Erase] can remove it and leave every
// proof intact.
//
// Entries of the second version of the format carry facts: what the register holds since
// then, as JSON that this package does not read. A [Register] that the reader brings reads
// the facts from the first entry on, and the verification compares what comes of them with
// the rows of the register, in a database or in the file register.jsonl of an export. What is
// too long for an entry lies beside the log under its digest; the whole of an entry whose
// lists are too long is named by [Entry.Full].
//
// Entries of the first version say less; they are read and verified as they are.
//
// [VerifyDB] and [VerifyDir] check a log and say what they checked, what they
// found, and what they cannot know. Above all they cannot know of a tail that was
// cut off together with its checkpoint, or of a history written anew by a thief of
// the key, unless the reader holds a checkpoint from before (Options.Against).
//
// A log that was set back to a backup is another log: it continues the entries of the backup
// under a name of its own, which the entry of the restore gives it ([Log.Restored]).
//
// The package imports nothing of this module.
package audit
