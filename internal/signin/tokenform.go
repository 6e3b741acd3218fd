package signin

import (
	"crypto/rand"
	"hash/crc32"
	"math/big"
	"strings"
)

// A token is cfd_, 43 letters and digits with more than 256 bits of chance, and 6 with a checksum of
// what stands before them. So secret scanners know a token without asking anybody, and a token
// with a typing mistake is told from one that was revoked.
const (
	tokenPrefix   = "cfd_"
	tokenChance   = 43
	tokenChecksum = 6
	digits        = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// newSecret returns the text of a new token.
func newSecret() string {
	var b strings.Builder
	b.WriteString(tokenPrefix)
	for range tokenChance {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(digits)))) // never fails: crypto/rand ends the program instead
		b.WriteByte(digits[n.Int64()])
	}
	return b.String() + checksum(b.String())
}

// checksum is the CRC-32 (IEEE) of a text in base 62, with zeros before it.
func checksum(s string) string {
	out := make([]byte, tokenChecksum)
	n := crc32.ChecksumIEEE([]byte(s))
	for i := range out {
		out[len(out)-1-i] = digits[n%uint32(len(digits))]
		n /= uint32(len(digits))
	}
	return string(out)
}

// isToken reports whether a text has the form of a token.
func isToken(s string) bool {
	end := len(tokenPrefix) + tokenChance
	return len(s) == end+tokenChecksum && strings.HasPrefix(s, tokenPrefix) && s[end:] == checksum(s[:end])
}
