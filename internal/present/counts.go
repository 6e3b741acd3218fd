package present

import "fmt"

// Counts are how many records are in each part of the register.
type Counts struct {
	All       int `json:"records"`
	Open      int `json:"open"` // the held ones are among them
	Ended     int `json:"ended"`
	Held      int `json:"held"`      // see View.Held
	Problems  int `json:"problems"`  // records with a problem
	Conflicts int `json:"conflicts"` // fields
}

// String sums the register up: "12 records: 10 open, 2 ended; 3 wait for evidence; no
// conflicts; 1 has a problem".
func (c Counts) String() string {
	if c.All == 0 {
		return "no records yet"
	}
	s := fmt.Sprintf("%s: %d open, %d ended; %s; ", Count(c.All, "record", "records"), c.Open, c.Ended, WaitForEvidence(c.Held))
	if c.Conflicts == 0 {
		s += "no conflicts"
	} else {
		s += Count(c.Conflicts, "conflict", "conflicts")
	}
	if c.Problems > 0 {
		s += "; " + Count(c.Problems, "has a problem", "have problems")
	}
	return s
}

// WaitForEvidence says how many records are held: "3 wait for evidence".
func WaitForEvidence(held int) string {
	switch held {
	case 0:
		return "none waits for evidence"
	case 1:
		return "1 waits for evidence"
	default:
		return fmt.Sprintf("%d wait for evidence", held)
	}
}
