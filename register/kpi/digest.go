package kpi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// IDs are the numbers of the figures of a sheet, in their order.
func (s *Sheet) IDs() []string {
	out := make([]string, len(s.Figures))
	for i, f := range s.Figures {
		out[i] = f.ID
	}
	return out
}

// Digest is the SHA-256 of what a sheet says, in hexadecimal: its question, from how many entries of the log
// it is made, and its numbers. With ids it is that of these figures alone: a later version of conformd may
// have further ones.
func (s *Sheet) Digest(ids ...string) (string, error) {
	figures := s.Figures
	if len(ids) > 0 {
		figures = slices.DeleteFunc(slices.Clone(figures), func(f Figure) bool { return !slices.Contains(ids, f.ID) })
	}
	doc, err := json.Marshal(struct {
		Question
		Entries int64    `json:"log_entries"`
		Records int      `json:"records"`
		Figures []Figure `json:"figures"`
	}{s.Question, s.Entries, s.Records, figures})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), nil
}
