package jirasim

import (
	"slices"
	"strings"
)

// A test is a compiled condition on an issue and the state of it that the
// search sees.
type test func(is *issue, st *state) bool

// A search is a compiled query.
type search struct {
	match   test // nil: unbounded
	order   []orderKey
	ordered bool
}

type orderKey struct {
	of   func(is *issue, st *state) int64
	desc bool
}

type jqlParser struct {
	s    *Server
	a    *account
	toks []token
}

// compile reads JQL as account a means it. The caller holds the lock.
func (s *Server) compile(q string, a *account) (*search, error) {
	toks, err := lex(q)
	if err != nil {
		return nil, err
	}
	p := &jqlParser{s: s, a: a, toks: toks}
	out := &search{}
	if len(p.toks) > 0 && !p.word("ORDER") {
		if out.match, err = p.or(); err != nil {
			return nil, err
		}
	}
	if p.take("ORDER") {
		if !p.take("BY") {
			return nil, p.unexpected("'BY'")
		}
		if out.order, err = p.orderBy(); err != nil {
			return nil, err
		}
		out.ordered = true
	}
	if len(p.toks) > 0 {
		return nil, p.unexpected("either 'OR' or 'AND'")
	}
	out.order = append(out.order, orderKey{of: byID, desc: !out.ordered})
	return out, nil
}

func byID(is *issue, _ *state) int64 { return is.id }

// word reports whether the next token is the keyword w.
func (p *jqlParser) word(w string) bool {
	return len(p.toks) > 0 && !p.toks[0].quoted && strings.EqualFold(p.toks[0].text, w)
}

func (p *jqlParser) take(w string) bool {
	if p.word(w) {
		p.toks = p.toks[1:]
		return true
	}
	return false
}

func (p *jqlParser) next() (token, bool) {
	if len(p.toks) == 0 {
		return token{}, false
	}
	t := p.toks[0]
	p.toks = p.toks[1:]
	return t, true
}

func (p *jqlParser) unexpected(want string) error {
	if len(p.toks) == 0 {
		return jqlErrorf("Error in the JQL Query: Expecting %s before the end of the query.", want)
	}
	return jqlErrorf("Error in the JQL Query: Expecting %s but got '%s'.", want, p.toks[0].text)
}

func (p *jqlParser) or() (test, error) {
	left, err := p.and()
	for err == nil && p.take("OR") {
		var right test
		right, err = p.and()
		l := left
		left = func(is *issue, st *state) bool { return l(is, st) || right(is, st) }
	}
	return left, err
}

func (p *jqlParser) and() (test, error) {
	left, err := p.term()
	for err == nil && p.take("AND") {
		var right test
		right, err = p.term()
		l := left
		left = func(is *issue, st *state) bool { return l(is, st) && right(is, st) }
	}
	return left, err
}

func (p *jqlParser) term() (test, error) {
	switch {
	case p.take("NOT"):
		t, err := p.term()
		return func(is *issue, st *state) bool { return !t(is, st) }, err
	case p.take("("):
		t, err := p.or()
		if err == nil && !p.take(")") {
			err = p.unexpected("')'")
		}
		return t, err
	}
	return p.clause()
}

// clause is "field operator operand".
func (p *jqlParser) clause() (test, error) {
	field, ok := p.next()
	if !ok || !field.quoted && strings.Contains("=!=<>=(),", field.text) {
		return nil, jqlErrorf("Error in the JQL Query: Expecting a field name.")
	}
	op, ok := p.operator()
	if !ok {
		return nil, p.unexpected("operator")
	}
	if op == "is" || op == "is not" {
		if !p.take("EMPTY") && !p.take("NULL") {
			return nil, p.unexpected("'EMPTY'")
		}
		return p.empty(field.text, op == "is not")
	}
	operands, err := p.operands(op)
	if err != nil {
		return nil, err
	}
	return p.compare(strings.ToLower(field.text), op, operands)
}

func (p *jqlParser) operator() (string, bool) {
	for _, op := range []string{"=", "!=", ">=", "<=", ">", "<", "in"} {
		if p.take(op) {
			return op, true
		}
	}
	if p.take("is") {
		if p.take("not") {
			return "is not", true
		}
		return "is", true
	}
	if p.take("not") {
		return "not in", p.take("in")
	}
	return "", false
}

// operands reads one value, or a list in parentheses after in and not in.
func (p *jqlParser) operands(op string) ([]token, error) {
	if op != "in" && op != "not in" {
		v, err := p.operand()
		return []token{v}, err
	}
	if !p.take("(") {
		return nil, p.unexpected("'('")
	}
	var out []token
	for {
		v, err := p.operand()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.take(")") {
			return out, nil
		}
		if !p.take(",") {
			return nil, p.unexpected("')' or ','")
		}
	}
}

func (p *jqlParser) operand() (token, error) {
	v, ok := p.next()
	if !ok || !v.quoted && strings.Contains("=!=<>=(),", v.text) {
		return v, jqlErrorf("Error in the JQL Query: Expecting either a value, list or function.")
	}
	if p.word("(") && !v.quoted {
		p.toks = p.toks[1:]
		if !p.take(")") || !strings.EqualFold(v.text, "currentUser") {
			return v, jqlErrorf("Unable to find JQL function '%s()'.", v.text)
		}
		v.text = "currentUser()"
	}
	return v, nil
}

func (p *jqlParser) orderBy() ([]orderKey, error) {
	var out []orderKey
	for {
		t, ok := p.next()
		if !ok {
			return nil, p.unexpected("a field name")
		}
		k := orderKey{}
		switch strings.ToLower(t.text) {
		case "updated":
			k.of = func(_ *issue, st *state) int64 { return st.updated.UnixMilli() }
		case "created":
			k.of = func(_ *issue, st *state) int64 { return st.created.UnixMilli() }
		case "id", "key", "issuekey":
			k.of = byID
		default:
			return nil, jqlErrorf("Not able to sort using field '%s'.", t.text)
		}
		if p.take("DESC") {
			k.desc = true
		} else {
			p.take("ASC")
		}
		if out = append(out, k); len(out) > 7 {
			return nil, jqlErrorf("The ORDER BY clause can contain a maximum of 7 fields.")
		}
		if !p.take(",") {
			return out, nil
		}
	}
}

// keys are the values of a row in the order of the query.
func (q *search) keys(is *issue, st *state) []int64 {
	out := make([]int64, len(q.order))
	for i, k := range q.order {
		if out[i] = k.of(is, st); k.desc {
			out[i] = -out[i]
		}
	}
	return out
}

// A row is a search hit.
type row struct {
	is   *issue
	st   *state
	keys []int64
}

func byKeys(a, b row) int { return slices.Compare(a.keys, b.keys) }
