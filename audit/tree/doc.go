// Package tree holds the Merkle tree of the audit log (RFC 6962) and what signs it: the right
// edge that appending needs, the tiles of C2SP tlog-tiles, the checkpoint (a C2SP signed note,
// Ed25519), the keys, and the names that a log has one after another.
//
// Trees and notes are those of golang.org/x/mod/sumdb.
package tree
