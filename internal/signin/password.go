package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What a password costs: the first of the settings that OWASP's Password Storage Cheat Sheet
// calls equal for Argon2id, with 19 MiB of memory.
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// The lengths of a password. 15 is the least for a password that is the only factor (NIST SP
// 800-63B-4, 3.1.1.2).
const (
	shortestPassword = 15   // characters
	longestPassword  = 1024 // bytes
	fewestCharacters = 5    // that differ
)

// weak says why a password is not taken, "" if it is.
func weak(password, person string) string {
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < shortestPassword:
		return fmt.Sprintf("it has fewer than %d characters", shortestPassword)
	case len(password) > longestPassword:
		return fmt.Sprintf("it has more than %d bytes", longestPassword)
	case len(different) < fewestCharacters:
		return "it repeats a few characters"
	case strings.Contains(strings.ToLower(password), strings.ToLower(person)):
		return "it holds the name of the account"
	}
	return ""
}

// hashed returns the hash of a password in PHC string format.
func hashed(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return phc(salt, argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey))
}

func phc(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errHash = errors.New("the stored hash of a password cannot be read")

// matches reports whether a password has a hash.
func matches(password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errHash
	}
	var memory, time uint32
	var threads uint8
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || n != 3 || memory == 0 || memory > 1<<20 || time == 0 || time > 100 || threads == 0 {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(key) != argonKey {
		return false, errHash
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey)
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}

// nobody is the hash of no password. A wrong name costs as much as a wrong password.
func nobody() string { return phc(make([]byte, argonSalt), make([]byte, argonKey)) }
