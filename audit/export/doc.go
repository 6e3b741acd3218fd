// Package export publishes the audit log as a C2SP tlog-tiles directory, which tools of other
// people can read, with the same entries as lines of text, what lies beside the log, the
// register, and instructions in plain words.
package export
