package plan

import "github.com/conformd/conformd/register"

// A Base is what one issue and the register last agreed on.
type Base map[register.Field]Agreed

// An Agreed is the last agreement on one field: what the issue showed, in its own
// vocabulary, and what the register held. The two may differ in meaning where the
// issue cannot show the register's value; only a change of either counts.
type Agreed struct {
	Side     string `json:"side"`
	Register string `json:"register"`
	// Contested: the two differ because conformd has put the field back too often
	// and leaves it alone until either changes.
	Contested bool `json:"contested,omitempty"`
	// Refused is why the tracker would not take the register's value; "" if it took it.
	// The value is not sent again until either changes.
	Refused string `json:"refused,omitempty"`
	// Unverified: the agreement is that of a restored backup, and the issue was touched
	// since. A later agreement may be lost, so that what the issue shows may be the
	// newer word even where it equals the base: it is not overwritten.
	Unverified bool `json:"old,omitempty"`
	// Waits says that what the issue shows was proposed. Register is then the proposed value,
	// and Kept the one that the register kept.
	Waits bool   `json:"waits,omitempty"`
	Kept  string `json:"kept,omitempty"`
	// Outvoted is the digest of what the issue shows if a policy preferred another value to it
	// and the conflict that tells so is stored. It stands until the issue is written.
	Outvoted string `json:"outvoted,omitempty"`
}

// Doubted returns the base with every agreement marked as unverified.
func (b Base) Doubted() Base { return b.marked(true) }

// Trusted returns the base of an issue that nobody touched since the backup.
func (b Base) Trusted() Base { return b.marked(false) }

func (b Base) marked(old bool) Base {
	out := make(Base, len(b))
	for f, a := range b {
		a.Unverified = old
		out[f] = a
	}
	return out
}

// side returns what the issue showed of a field when it was last agreed on.
func (b Base) side(f register.Field) string { return b[f].Side }
