package githubsim

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
)

//go:embed schema.graphql
var schemaText string

// loadSchema reads the cut of GitHub's schema, which is part of the program.
func loadSchema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
}

// A graphError is an entry of the errors of an answer, which has status 200 all the
// same. Failures of GitHub's own have a type, mistakes in a query have none.
type graphError struct {
	Type       string         `json:"type,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Locations  []graphPlace   `json:"locations,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
	Message    string         `json:"message"`
}

type graphPlace struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type graphAnswer struct {
	Data   any          `json:"data,omitempty"`
	Errors []graphError `json:"errors,omitempty"`
}

// graphPath is where the GraphQL API is: beside the REST API of an Enterprise Server,
// not below it.
func (s *Server) graphPath() string { return strings.TrimSuffix(s.prefix, "/v3") + "/graphql" }

// serveGraph answers POST /graphql.
// https://docs.github.com/graphql/guides/forming-calls-with-graphql
func (c *call) serveGraph() reply {
	if c.r.Method != http.MethodPost {
		return notFound()
	}
	if c.who == nil {
		return fail(http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
	}
	var q struct {
		Query     string
		Variables map[string]any
		Operation string `json:"operationName"`
	}
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	doc, err := gqlparser.LoadQueryWithRules(c.s.schema, q.Query, nil)
	if err != nil {
		return ok(graphAnswer{Errors: mistakes(err)})
	}
	op := doc.Operations.ForName(q.Operation)
	if op == nil || op.Operation != ast.Query {
		return ok(graphAnswer{Errors: []graphError{{Message: "An operation name is required"}}})
	}
	vars, verr := validator.VariableValues(c.s.schema, op, q.Variables)
	if verr != nil {
		return ok(graphAnswer{Errors: mistakes(verr)})
	}
	if n := requested(op.SelectionSet, vars, 1); n > mostNodes {
		return ok(graphAnswer{Errors: []graphError{{Type: "MAX_NODE_LIMIT_EXCEEDED", Message: fmt.Sprintf(
			"This query requests up to %d possible nodes which exceeds the maximum limit of %d.", n, mostNodes)}}})
	}
	x := &execution{c: c, vars: vars}
	data := x.object(c.graphQuery(), op.SelectionSet, nil)
	return ok(graphAnswer{Data: data, Errors: x.errors})
}

// mostNodes is how many nodes a query may ask for.
// https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#node-limit
const mostNodes = 500_000

// requested counts the nodes that a selection asks for: those of each connection for each
// of the objects around it.
func requested(set ast.SelectionSet, vars map[string]any, around int64) (n int64) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			args := sel.ArgumentMap(vars)
			size := max(number64(args["first"]), number64(args["last"]))
			if size == 0 {
				n += requested(sel.SelectionSet, vars, around)
				continue
			}
			n += around*size + requested(sel.SelectionSet, vars, around*size)
		case *ast.InlineFragment:
			n += requested(sel.SelectionSet, vars, around)
		case *ast.FragmentSpread:
			n += requested(sel.Definition.SelectionSet, vars, around)
		}
	}
	return n
}

// mistakes tells what is wrong with a query.
func mistakes(err error) []graphError {
	var list gqlerror.List
	if one, ok := errors.AsType[*gqlerror.Error](err); ok {
		list = gqlerror.List{one}
	}
	if many, ok := errors.AsType[gqlerror.List](err); ok {
		list = many
	}
	var out []graphError
	for _, e := range list {
		g := graphError{Message: e.Message}
		for _, l := range e.Locations {
			g.Locations = append(g.Locations, graphPlace{l.Line, l.Column})
		}
		if e.Rule == "FieldsOnCorrectType" {
			g.Extensions = map[string]any{"code": "undefinedField"}
		}
		out = append(out, g)
	}
	return out
}

// A graphObject is a value of an object type: its fields compute when they are asked
// for.
type graphObject struct {
	kind   string
	fields map[string]func(args map[string]any) (any, *graphError)
}

// An execution is one query while it is answered.
type execution struct {
	c      *call
	vars   map[string]any
	errors []graphError
}

// object computes what is selected of an object.
func (x *execution) object(o *graphObject, set ast.SelectionSet, path []any) map[string]any {
	out := map[string]any{}
	for _, f := range x.fields(o, set) {
		at := append(append([]any{}, path...), f.Alias)
		if f.Name == "__typename" {
			out[f.Alias] = o.kind
			continue
		}
		v, wrong := o.fields[f.Name](f.ArgumentMap(x.vars))
		if wrong != nil {
			wrong.Path = append(slices.Clone(at), wrong.Path...)
			wrong.Locations = []graphPlace{{f.Position.Line, f.Position.Column}}
			x.errors = append(x.errors, *wrong)
		}
		switch below := v.(type) {
		case *graphObject:
			v = nil
			if below != nil {
				v = x.object(below, f.SelectionSet, at)
			}
		case []*graphObject:
			list := make([]any, len(below))
			for n, o := range below {
				if o != nil { // a node that is not there is null
					list[n] = x.object(o, f.SelectionSet, append(append([]any{}, at...), n))
				}
			}
			v = list
		}
		out[f.Alias] = v
	}
	return out
}

// fields are the selected fields of an object, those of fragments included.
func (x *execution) fields(o *graphObject, set ast.SelectionSet) []*ast.Field {
	var out []*ast.Field
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			out = append(out, sel)
		case *ast.InlineFragment:
			if sel.TypeCondition == "" || x.is(o, sel.TypeCondition) {
				out = append(out, x.fields(o, sel.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if x.is(o, sel.Definition.TypeCondition) {
				out = append(out, x.fields(o, sel.Definition.SelectionSet)...)
			}
		}
	}
	return out
}

// is reports whether an object is of a type or implements an interface.
func (x *execution) is(o *graphObject, kind string) bool {
	for _, d := range x.c.s.schema.PossibleTypes[kind] {
		if d.Name == o.kind {
			return true
		}
	}
	return o.kind == kind
}
