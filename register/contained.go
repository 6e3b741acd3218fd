package register

import "time"

// A Containment says since when a record is contained. Of the milestones it is the only one
// that no decision and no move reaches: a text reaches it, which may be reworded later. So the
// fact that brings the text says when, and Apply does not judge the text: the log means the
// same under a later version that knows more evasions.
type Containment struct {
	Since time.Time `json:"since,omitzero"` // zero: it is contained no longer
}

// containment returns what a fact brings about: before and after are the record without and
// with it. It is nil where the correction is stated as before; another wording moves nothing.
func containment(before, after Record, f Fact) *Containment {
	if f.Kind != FactSet || f.Field != FieldCorrection {
		return nil
	}
	was, is := stated(before.Fields[FieldCorrection]), stated(after.Fields[FieldCorrection])
	switch {
	case is && !was:
		return &Containment{Since: f.At}
	case was && !is:
		return &Containment{}
	default:
		return nil
	}
}

// contain takes a containment in.
func (r *Record) contain(c *Containment) {
	if c != nil {
		r.Contained = c.Since
	}
}
