package tree

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint says how long a log is and what is in it, under a signature (C2SP
// tlog-checkpoint: origin, size and root hash, one a line).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   [32]byte
	// Key is the name and hash of the key that signed it.
	Key string
}

// SignCheckpoint returns the note of a checkpoint, signed under the name of the log.
func SignCheckpoint(origin string, size int64, root tlog.Hash, signers []Signer) ([]byte, error) {
	b := make([]byte, 0, len(origin)+72)
	b = append(b, origin...)
	b = append(b, '\n')
	b = strconv.AppendInt(b, size, 10)
	b = append(b, '\n')
	b = append(b, root.String()...)
	b = append(b, '\n')
	named := make([]note.Signer, len(signers))
	for i, s := range signers {
		named[i] = s.Under(origin)
	}
	signed, err := note.Sign(&note.Note{Text: string(b)}, named...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a checkpoint and checks its signature. A key counts under every name
// of its log, see [FirstName]. Signatures of other keys, of witnesses for instance, are
// allowed and are not checked.
func OpenCheckpoint(msg []byte, v Verifier, more ...Verifier) (Checkpoint, error) {
	n, err := OpenNote(msg, append(Keyring{v}, more...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	c.Key = fmt.Sprintf("%s+%08x", n.Sigs[0].Name, n.Sigs[0].Hash)
	return c, nil
}

// OpenNote opens a note, and refuses a second spelling of a signature: Base64 has
// spare bits at its end, which note.Open does not look at.
func OpenNote(msg []byte, known note.Verifiers) (*note.Note, error) {
	n, err := note.Open(msg, known)
	if err != nil {
		return nil, err
	}
	for _, sig := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return nil, fmt.Errorf("signature of %s: %w", sig.Name, err)
		}
	}
	return n, nil
}

// ParseCheckpoint reads the text of a checkpoint. Lines after the third are
// extensions, which the format allows.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, errors.New("audit: checkpoint: not three lines of origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: size %q is not a number", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: root: %w", err)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// ReadCheckpoint reads a checkpoint without checking its signature, to name a head
// that something else vouches for. Key stays empty.
func ReadCheckpoint(msg []byte) (Checkpoint, error) {
	text, _, _ := strings.Cut(string(msg), "\n\n")
	return ParseCheckpoint(text + "\n")
}

// RootText returns the root in base64, as the checkpoint has it.
func (c Checkpoint) RootText() string { return tlog.Hash(c.Root).String() }
