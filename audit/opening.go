package audit

// An Opening is what opens a commitment, with the place beside the log that it is kept at.
type Opening struct {
	Place string // field, and which value: "owner/after"
	Salt  []byte
	Value string
}

// Openings returns what opens the commitments of c, with their places.
func (c FieldChange) Openings() []Opening {
	var out []Opening
	if t := c.Before; t != nil && t.open != nil {
		out = append(out, Opening{c.Field + "/before", t.open.salt, t.open.value})
	}
	if t := c.After; t != nil && t.open != nil {
		out = append(out, Opening{c.Field + "/after", t.open.salt, t.open.value})
	}
	return out
}

// Commitments returns the commitments of c by their places.
func (c FieldChange) Commitments() map[string]string {
	if !c.HasPersonal() {
		return nil
	}
	out := map[string]string{}
	if c.Before != nil && c.Before.Commitment != "" {
		out[c.Field+"/before"] = c.Before.Commitment
	}
	if c.After != nil && c.After.Commitment != "" {
		out[c.Field+"/after"] = c.After.Commitment
	}
	return out
}
