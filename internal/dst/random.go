package dst

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
)

// random returns bytes that belong to a seed, for the ids that the engine makes.
func random(seed uint64) io.Reader {
	var s [32]byte
	binary.LittleEndian.PutUint64(s[:], seed)
	return rand.NewChaCha8(s)
}
