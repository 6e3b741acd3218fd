// Package auditlog writes the audit log. [Log.Append] writes entries in the transaction of the
// change that they describe, together with the right edge of the tree and a signed checkpoint,
// so that no commit leaves an entry outside a signature.
package auditlog
