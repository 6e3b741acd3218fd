package register

import "time"

// before reports whether the question is asked before a time. The answer is another one from that time on, which whoever
// keeps the answer must know: a guard asks for the time in no other way.
func (c Context) before(t time.Time) bool {
	if !c.At.Before(t) {
		return false
	}
	if c.Next != nil && (c.Next.IsZero() || t.Before(*c.Next)) {
		*c.Next = t
	}
	return true
}
