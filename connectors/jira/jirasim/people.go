package jirasim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Person acts as an account of the simulated Jira, as one does in the browser:
// under the same rules as over HTTP, but without it. Fields are named by id or
// by name, values are texts or lists of texts; people, options, versions, components,
// groups and projects by their name. An option of the second level is written
// "first / second".
type Person struct {
	s *Server
	a *account
}

// ErrRefused is what every refused act of a person is.
var ErrRefused = errors.New("refused by jira")

// Person returns the account of that login, account id or key. It panics if
// there is none, which is a mistake of the caller.
func (s *Server) Person(id string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.user(id)
	if a == nil {
		panic("jirasim: no such user: " + id)
	}
	return &Person{s: s, a: a}
}

// AccountID is the identity of the person as the API gives it: the account id
// on Cloud, the key on Data Center.
func (p *Person) AccountID() string {
	if p.s.cloud {
		return p.a.AccountID
	}
	return p.a.Key
}

// File creates an issue of a type and returns its id and key.
func (p *Person) File(kind, summary string, fields map[string]any) (id, key string, err error) {
	body := map[string]any{"project": map[string]any{"key": p.s.opts.Project}, "issuetype": map[string]any{"name": kind}, "summary": summary}
	p.s.mu.Lock()
	defer p.s.unlock()
	more, err := p.wire(fields)
	if err != nil {
		return "", "", err
	}
	maps.Copy(body, more)
	c, err := p.call(map[string]any{"fields": body}, nil)
	if err != nil {
		return "", "", err
	}
	p.s.createIssue(c)
	if err := c.refusal(); err != nil {
		return "", "", err
	}
	m, _ := c.answer.(map[string]any)
	id, _ = m["id"].(string)
	key, _ = m["key"].(string)
	return id, key, nil
}

// Edit sets fields of an issue; a nil value clears.
func (p *Person) Edit(issue string, fields map[string]any) error {
	p.s.mu.Lock()
	defer p.s.unlock()
	body, err := p.wire(fields)
	if err != nil {
		return err
	}
	return p.do((*Server).editIssue, map[string]any{"fields": body}, map[string]string{"issue": issue})
}

// Move makes the transition of that name or id, with fields of its screen.
func (p *Person) Move(issue, transition string, fields map[string]any) error {
	p.s.mu.Lock()
	defer p.s.unlock()
	is := p.s.find(issue, p.a)
	if is == nil {
		return fmt.Errorf("%w: no issue %s", ErrRefused, issue)
	}
	body, err := p.wire(fields)
	if err != nil {
		return err
	}
	id := transition
	for _, t := range p.s.flow.from(is.now, p.a) {
		if t.Name == transition {
			id = t.ID
		}
	}
	return p.do((*Server).doTransition, map[string]any{"transition": map[string]any{"id": id}, "fields": body}, map[string]string{"issue": issue})
}

// Comment posts a comment and returns its id.
func (p *Person) Comment(issue, body string) (string, error) {
	p.s.mu.Lock()
	defer p.s.unlock()
	c, err := p.call(map[string]any{"body": body}, map[string]string{"issue": issue})
	if err != nil {
		return "", err
	}
	p.s.postComment(c)
	m, _ := c.answer.(map[string]any)
	id, _ := m["id"].(string)
	return id, c.refusal()
}

// EditComment replaces the text of a comment.
func (p *Person) EditComment(issue, id, body string) error {
	p.s.mu.Lock()
	defer p.s.unlock()
	return p.do((*Server).putComment, map[string]any{"body": body}, map[string]string{"issue": issue, "comment": id})
}

// DeleteComment removes a comment.
func (p *Person) DeleteComment(issue, id string) error {
	p.s.mu.Lock()
	defer p.s.unlock()
	return p.do((*Server).dropComment, nil, map[string]string{"issue": issue, "comment": id})
}

// Delete removes an issue for good.
func (p *Person) Delete(issue string) error {
	p.s.mu.Lock()
	defer p.s.unlock()
	return p.do((*Server).dropIssue, nil, map[string]string{"issue": issue})
}

// wire turns named plain values into what the API takes.
func (p *Person) wire(fields map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := p.s.field(name)
		if f == nil {
			return nil, fmt.Errorf("%w: no field %q", ErrRefused, name)
		}
		v, err := p.value(f, fields[name])
		if err != nil {
			return nil, err
		}
		out[f.ID] = v
	}
	return out, nil
}

// value turns a text, or a list of texts, into what the API takes for a field.
func (p *Person) value(f *fieldDef, v any) (any, error) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil, nil //nolint:nilnil // null clears
		}
		return p.one(f, v)
	case []string:
		if f.Kind == KindLabels {
			return v, nil
		}
		out := []any{}
		for _, text := range v {
			one, err := p.one(f, text)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	}
	return v, nil
}

func (p *Person) one(f *fieldDef, text string) (any, error) {
	switch {
	case f.Kind == KindCascading:
		for parent, children := range f.Children {
			child, found := strings.CutPrefix(text, parent+" / ")
			if found && slices.Contains(children, child) {
				return map[string]any{"value": parent, "child": map[string]any{"value": child}}, nil
			}
		}
		return map[string]any{"value": text}, nil
	case options(f.Kind):
		return map[string]any{"value": text}, nil
	case named(f.Kind), f.Kind == kindPriority, f.Kind == kindResolution, f.Kind == kindIssueType:
		return map[string]any{"name": text}, nil
	case f.Kind == KindProject:
		return map[string]any{"key": text}, nil
	case f.Kind == KindUser, f.Kind == KindMultiUser:
		a := p.s.user(text)
		if a == nil {
			return nil, fmt.Errorf("%w: no user %q", ErrRefused, text)
		}
		if p.s.cloud {
			return map[string]any{"accountId": a.AccountID}, nil
		}
		return map[string]any{"name": a.Name}, nil
	}
	return text, nil
}
