// Package audit defines the entries of the audit log. An entry says what was changed, by whom and
// on whose word, or what was sent to a tracker and with which result.
//
// An [Entry] is a line of canonical JSON and a leaf of an RFC 6962 Merkle tree. The other
// rooms of the log are packages of their own:
//
//	audit/tree      the tree, its tiles, the signed checkpoint and the keys that sign it
//	audit/auditdb   the tables of the log, and reading them
//	audit/auditlog  appending, in the transaction of the change that an entry describes
//	audit/export    the log as a directory for auditors
//	audit/verify    checking a log, in the database or exported
//
// What is remembered cannot be unsaid: there is no function that changes or
// removes an entry. Personal data is the exception that the law asks for. It is
// not in the entry; the entry holds a salted commitment to it ([Personal]), and
// the value lies beside the log, where it can be erased and leave every proof intact.
//
// Entries of the second version of the format carry facts: what the register holds since
// then, as JSON that this package does not read. What is too long for an entry lies beside
// the log under its digest; the whole of an entry whose lists are too long is named by
// [Entry.Full]. Entries of the first version say less; they are read and verified as they
// are.
//
// A log that was set back to a backup is another log: it continues the entries of the backup
// under a name of its own, which the entry of the restore gives it ([Restore]).
//
// The package imports nothing of this module.
package audit
