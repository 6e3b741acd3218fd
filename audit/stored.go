package audit

// A Stored is an entry as the log holds it.
type Stored struct {
	Seq   int64
	Leaf  []byte   // the canonical bytes
	Hash  [32]byte // of the leaf, RFC 6962
	Entry Entry
}
