package mapping

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/google/uuid"
)

// The id of everything that conformd creates is computed from what it stands for. To find an
// issue after a lost answer, or after a restore that forgot it, conformd computes the id again.

// recordSpace is the name space of record ids (RFC 9562, UUID version 5).
const recordSpace = "5f0b6c0e-6a0e-4c55-9b1c-7d1f0e1b3c52"

// RecordID returns the id of the record that an issue starts.
func RecordID(binding, issueID string) string {
	return uuid.NewSHA1(uuid.MustParse(recordSpace), []byte(binding+"\x00"+issueID)).String()
}

// The beginnings of markers.
const (
	issuePrefix   = "rec-"
	commentPrefix = "note-"
)

// IssueMarker returns the marker of the issue that stands for a record in a binding.
func IssueMarker(recordID, binding string) string {
	return issuePrefix + digest("issue", recordID, binding)
}

// CommentMarker returns the marker of conformd's one comment on that issue.
func CommentMarker(recordID, binding string) string {
	return commentPrefix + digest("issue", recordID, binding)
}

// IsCommentMarker reports whether a marker is that of one of conformd's comments.
func IsCommentMarker(marker string) bool {
	return len(marker) > len(commentPrefix) && marker[:len(commentPrefix)] == commentPrefix
}

func digest(kind, recordID, binding string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + recordID + "\x00" + binding))
	return hex.EncodeToString(sum[:12])
}
