package github

import (
	"net/http"
)

// GitHub counts a request that it answers with 304 against no limit
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
// So a listing that is asked for again by the same address, because nothing has changed
// since, says which answer is known.

// mostRemembered is the longest answer that is remembered, in bytes. When nothing has
// changed for a while, the listing is short.
const mostRemembered = 1 << 18

// A memory is the last answer of a listing that fitted one page.
type memory struct {
	path string
	a    answer
}

// recall returns the answer that is remembered of a listing, if it has this address.
func (c *Client) recall(op, path string) (a answer, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.memories[op]
	return m.a, ok && m.path == path
}

// still returns a remembered answer with the clock of the one that says that it holds.
func (a answer) still(now answer) answer {
	a.head = a.head.Clone()
	a.head["Date"] = now.head["Date"]
	return a
}

// remember keeps the answer of a listing, or forgets the one before.
func (c *Client) remember(op, path string, a answer, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.memories, op)
	if whole && a.head.Get("ETag") != "" && len(a.body) <= mostRemembered {
		c.memories[op] = memory{path, a}
	}
}

// unchanged reports whether an answer says that the remembered one still holds.
func (a answer) unchanged() bool { return a.status == http.StatusNotModified }
