package github

import (
	"net/http"
	"time"
)

// GitHub counts a request that it answers with 304 against no limit
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
// So a listing that is asked for again by the same address, because nothing has changed
// since, says which answer is known.

// mostRemembered is the longest answer that is remembered, in bytes. When nothing has
// changed for a while, the listing is short.
const mostRemembered = 1 << 18

// memoryLasts is how long an answer is remembered. Of a page that is full the server says
// that it still holds when more has come behind it; a server that gives fewer rows at once
// than it is asked for is known as such only once it has said that more follow.
const memoryLasts = 2 * time.Hour

// A memory is the last answer of a listing that fitted one page.
type memory struct {
	path string
	a    answer
	at   time.Time
}

// recall returns the answer that is remembered of a listing, if it has this address.
func (c *Client) recall(op, path string) (a answer, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.memories[op]
	return m.a, ok && m.path == path && time.Since(m.at) < memoryLasts
}

// still returns a remembered answer with the clock of the one that says that it holds.
func (a answer) still(now answer) answer {
	a.head = a.head.Clone()
	a.head["Date"] = now.head["Date"]
	return a
}

// remember keeps the answer of a listing if it is whole, or forgets the one before. One that
// still holds is as old as it was.
func (c *Client) remember(op, path string, a answer, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.memories[op]
	delete(c.memories, op)
	if !whole || a.head.Get("ETag") == "" || len(a.body) > mostRemembered {
		return
	}
	m := memory{path, a, time.Now()}
	if known && before.path == path && before.a.head.Get("ETag") == a.head.Get("ETag") && time.Since(before.at) < memoryLasts {
		m.at = before.at
	}
	c.memories[op] = m
}

// full reports whether a page of so many rows, of size at most, may have no room for more.
func (c *Client) full(rows, size int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return rows >= size || c.most > 0 && rows >= c.most
}

// capped notes how many rows the server gives at once at most, which is fewer than it is
// asked for.
func (c *Client) capped(most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = max(c.most, most)
}

// unchanged reports whether an answer says that the remembered one still holds.
func (a answer) unchanged() bool { return a.status == http.StatusNotModified }
