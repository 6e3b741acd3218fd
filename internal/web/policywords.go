package web

import (
	"net/url"

	"github.com/conformd/conformd/internal/access"
)

// roleNames says the roles of a person; everybody is an engineer.
func roleNames(names []string) string {
	if len(names) == 0 {
		return "engineer"
	}
	roles := make([]access.Role, len(names))
	for i, n := range names {
		roles[i] = access.Role(n)
	}
	return Roles(roles)
}

// dueAt is the address of a person's calendar.
func dueAt(id string) string {
	u := url.URL{Path: "/due/" + id + ".ics"}
	return u.String()
}
