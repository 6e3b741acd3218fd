package register

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Roster says who the people of the register are, by person id: what they may do and
// which accounts stand for them. It has no names. A changed roster puts decisions into
// other people's mouths, so each one is a fact (ISO/IEC 27001, 5.3).
type Roster map[string]RosterPerson

// A RosterPerson is one person of a roster.
type RosterPerson struct {
	Roles []string `json:"roles,omitempty"`
	// Accounts are the person's accounts by the place where each one is.
	Accounts map[string]RosterAccount `json:"accounts,omitempty"`
}

// A RosterAccount is an account of a person. Name is one that people know (a login), in
// the place of an id that never changes; it is personal data.
type RosterAccount struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Encode returns r as it is kept: JSON without white space, the keys sorted.
func (r Roster) Encode() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("register: encode a roster: %v", err)) // texts and lists always encode
	}
	return b
}

// ReadRoster reads an encoded roster.
func ReadRoster(b []byte) (Roster, error) {
	var r Roster
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("the adopted roster cannot be read: %w", err)
	}
	return r, nil
}

// Differences returns how the roster after differs from r, person by person. Words name
// no account by its login.
func (r Roster) Differences(after Roster) []Difference {
	var out []Difference
	for _, id := range keys(r, after) {
		was, before := r[id]
		is, now := after[id]
		key := "people." + id
		switch {
		case !before:
			out = append(out, Difference{Key: key, After: "known", Words: id + " is new"})
		case !now:
			out = append(out, Difference{Key: key, Before: "known", Words: id + " is gone"})
		}
		if a, b := roles(was), roles(is); a != b {
			out = append(out, Difference{Key: key + ".roles", Before: a, After: b, Words: "roles of " + id + ": " + cmp.Or(a, "none") + " → " + cmp.Or(b, "none")})
		}
		for _, place := range keys(was.Accounts, is.Accounts) {
			a, b := was.Accounts[place], is.Accounts[place]
			if a == b {
				continue
			}
			out = append(out, Difference{
				Key: key + ".accounts." + place, Before: cmp.Or(a.ID, a.Name), After: cmp.Or(b.ID, b.Name), Personal: a.Name != "" || b.Name != "",
				Words: "account of " + id + " at " + place + ": " + a.words() + " → " + b.words(),
			})
		}
	}
	return out
}

// words is the account for a log: its id, or that it is known by a name.
func (a RosterAccount) words() string {
	switch {
	case a.ID != "":
		return a.ID
	case a.Name != "":
		return "one known by its name"
	default:
		return "none"
	}
}

func roles(p RosterPerson) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(p.Roles))), ", ")
}
