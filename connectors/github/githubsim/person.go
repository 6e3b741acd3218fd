package githubsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Person acts on a repository as one of its accounts, under the same
// permissions as over HTTP.
type Person struct {
	s    *Server
	who  *account
	repo *repo
	err  error
}

// As plays an account in the first repository.
func (s *Server) As(login string) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Person{s: s, who: s.byLogin[strings.ToLower(login)], repo: s.repos[0]}
	if p.who == nil {
		p.err = fmt.Errorf("no account %q", login)
	}
	return p
}

// In plays the same account in another repository of the owner.
func (p Person) In(repoName string) Person {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.repo, _ = p.s.repoNamed(p.s.opts.Owner, repoName); p.repo == nil {
		p.err = fmt.Errorf("no repository %q", repoName)
	}
	return p
}

// An Edit is what a person changes on an issue; nil is left alone.
type Edit struct {
	Title       *string
	Body        *string
	State       string // "open" or "closed"; "": unchanged
	StateReason string
	Labels      []string // the whole set; nil: unchanged
	Assignees   []string // likewise
	Type        *string  // issue type; "" for none
}

func (e Edit) request() issueRequest {
	q := issueRequest{Title: e.Title}
	if e.Body != nil {
		q.Body = quote(*e.Body)
	}
	if e.Type != nil {
		q.Type = quote(*e.Type)
	}
	if e.State != "" {
		q.State = &e.State
	}
	if e.StateReason != "" {
		q.Reason = &e.StateReason
	}
	if e.Labels != nil {
		q.Labels = []json.RawMessage{}
		for _, l := range e.Labels {
			q.Labels = append(q.Labels, quote(l))
		}
	}
	if e.Assignees != nil {
		q.Assignees = &e.Assignees
	}
	return q
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}

// act runs f under the lock, as one request of the person.
func (p Person) act(f func(c *call) reply) error {
	if p.err != nil {
		return p.err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.nextReq++
	c := &call{s: p.s, who: p.who, repo: p.repo, id: requestID(p.s.nextReq), head: http.Header{}}
	if rp := f(c); rp.status >= 400 {
		if body, ok := rp.body.(failure); ok {
			return fmt.Errorf("%d %s %v", rp.status, body.Message, body.Errors)
		}
		return fmt.Errorf("status %d", rp.status)
	}
	return nil
}

// Open files an issue and returns its number.
func (p Person) Open(title, body string, labels ...string) (int, error) {
	return p.open(Edit{Title: &title, Body: &body, Labels: labels}.request())
}

// OpenPull files a pull request, which shares the numbers and listings of
// issues.
func (p Person) OpenPull(title string) (int, error) {
	q := Edit{Title: &title}.request()
	q.pull = true
	return p.open(q)
}

func (p Person) open(q issueRequest) (int, error) {
	var n int
	err := p.act(func(c *call) reply {
		if c.repo.private && !c.who.may(c.repo, Read) {
			return notFound()
		}
		ch, rp, ok := c.change(nil, q)
		if ok {
			n = c.s.open(c.repo, c.who, ch, c.id).number
		}
		return rp
	})
	return n, err
}

// Edit changes an issue.
func (p Person) Edit(number int, e Edit) error {
	return p.on(number, func(c *call, i *issue) reply {
		if !c.who.may(c.repo, Triage) && i.author != c.who {
			return forbidden()
		}
		ch, rp, ok := c.change(i, e.request())
		if ok {
			c.s.apply(i, c.who, ch, c.id)
		}
		return rp
	})
}

func (p Person) on(number int, f func(c *call, i *issue) reply) error {
	return p.act(func(c *call) reply {
		i := c.repo.issue(number)
		if i == nil || i.gone || i.movedTo != nil {
			return notFound()
		}
		return f(c, i)
	})
}

// Close closes an issue; the reason may be "".
func (p Person) Close(number int, reason string) error {
	return p.Edit(number, Edit{State: "closed", StateReason: reason})
}

// Reopen opens a closed issue again.
func (p Person) Reopen(number int) error { return p.Edit(number, Edit{State: "open"}) }

// Retitle changes the title of an issue.
func (p Person) Retitle(number int, title string) error {
	return p.Edit(number, Edit{Title: &title})
}

// Rewrite changes the body of an issue, which includes whatever is hidden in it.
func (p Person) Rewrite(number int, body string) error { return p.Edit(number, Edit{Body: &body}) }

// Assign replaces the assignees of an issue.
func (p Person) Assign(number int, logins ...string) error {
	return p.Edit(number, Edit{Assignees: append([]string{}, logins...)})
}

// Label adds labels to an issue.
func (p Person) Label(number int, names ...string) error {
	return p.relabel(number, func(have []string) []string { return append(have, names...) })
}

// Unlabel removes one label from an issue.
func (p Person) Unlabel(number int, name string) error {
	return p.relabel(number, func(have []string) []string {
		out := []string{}
		for _, h := range have {
			if !strings.EqualFold(h, name) {
				out = append(out, h)
			}
		}
		return out
	})
}

func (p Person) relabel(number int, f func([]string) []string) error {
	return p.on(number, func(c *call, i *issue) reply {
		if !c.who.may(c.repo, Triage) {
			return forbidden()
		}
		var raw []json.RawMessage
		for _, n := range f(i.labelNames()) {
			raw = append(raw, quote(n))
		}
		names, e := c.labelNames(raw)
		if e != nil {
			return invalid(*e)
		}
		c.s.apply(i, c.who, change{labels: &names}, c.id)
		return reply{}
	})
}

// Comment posts a comment and returns its id.
func (p Person) Comment(number int, body string) (int64, error) {
	var id int64
	err := p.on(number, func(c *call, i *issue) reply {
		if e := badComment(body); e != nil {
			return invalid(*e)
		}
		if c.repo.private && !c.who.may(c.repo, Read) {
			return notFound()
		}
		id = c.s.comment(i, c.who, body, c.id).id
		return reply{}
	})
	return id, err
}

// EditComment changes a comment.
func (p Person) EditComment(id int64, body string) error {
	return p.onComment(id, func(c *call, cm *comment) { c.s.editComment(cm, c.who, body, c.id) })
}

// React puts a reaction on a comment.
func (p Person) React(id int64, content string) error {
	return p.act(func(c *call) reply {
		cm := c.repo.comment(id)
		switch {
		case cm == nil, c.repo.private && !c.who.may(c.repo, Read):
			return notFound()
		case !slices.Contains(contents(), content):
			return invalid(fieldError{Resource: "Reaction", Code: "invalid", Field: "content", Value: content})
		}
		c.s.react(cm, c.who, content, c.id)
		return reply{}
	})
}

// DeleteComment deletes a comment.
func (p Person) DeleteComment(id int64) error {
	return p.onComment(id, func(c *call, cm *comment) { c.s.removeComment(cm, c.who, c.id) })
}

func (p Person) onComment(id int64, f func(c *call, cm *comment)) error {
	return p.act(func(c *call) reply {
		cm := c.repo.comment(id)
		switch {
		case cm == nil:
			return notFound()
		case cm.author != c.who && !c.who.may(c.repo, Write):
			return forbidden()
		}
		f(c, cm)
		return reply{}
	})
}

// Delete deletes an issue for good, which only administrators may.
func (p Person) Delete(number int) error {
	return p.on(number, func(c *call, i *issue) reply {
		if !c.who.may(c.repo, Admin) {
			return forbidden()
		}
		c.s.remove(i, c.who, c.id)
		return reply{}
	})
}

// Transfer moves an issue to another repository of the owner and returns its new
// number. It gets a new id; labels stay where the destination has them.
func (p Person) Transfer(number int, toRepo string) (int, error) {
	var n int
	err := p.on(number, func(c *call, i *issue) reply {
		to, _ := c.s.repoNamed(c.s.opts.Owner, toRepo)
		switch {
		case to == nil:
			return notFound()
		case !c.who.may(c.repo, Write) || !c.who.may(to, Write):
			return forbidden()
		case to == c.repo:
			return invalid(fieldError{Resource: "Issue", Code: "invalid", Field: "repository"})
		}
		n = c.s.transfer(i, to, c.who, c.id).number
		return reply{}
	})
	return n, err
}

// ForgetEdit deletes the newest version of the body of an issue from its history. The body
// stays as it is, and so does who edited it and when.
func (p Person) ForgetEdit(number int) error {
	return p.on(number, func(_ *call, i *issue) reply {
		if len(i.edits) == 0 {
			return notFound()
		}
		i.edits[len(i.edits)-1].deleted = true
		return reply{}
	})
}
