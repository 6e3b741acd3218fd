// Package auditdb holds the tables of the audit log and reads them: entries, the checkpoint,
// and what lies beside the log, which is personal data and long texts.
package auditdb
