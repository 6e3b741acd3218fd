package githubsim

import (
	"fmt"
	"strings"
	"time"
)

// field is a field without arguments.
func field(v any) func(map[string]any) (any, *graphError) {
	return func(map[string]any) (any, *graphError) { return v, nil }
}

// number64 is an argument of type Int, which is written in the query or comes with the
// variables.
func number64(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

func (c *call) graphQuery() *graphObject {
	return &graphObject{"Query", map[string]func(map[string]any) (any, *graphError){
		"rateLimit": func(map[string]any) (any, *graphError) { return c.graphRateLimit(), nil },
		"repository": func(args map[string]any) (any, *graphError) {
			owner, _ := args["owner"].(string)
			name, _ := args["name"].(string)
			r, renamed := c.s.repoNamed(owner, name)
			follow, given := args["followRenames"].(bool)
			if r == nil || r.private && !c.who.may(r, Read) || renamed && given && !follow {
				return nil, &graphError{Type: "NOT_FOUND", Message: fmt.Sprintf("Could not resolve to a Repository with the name '%s/%s'.", owner, name)}
			}
			return c.graphRepo(r), nil
		},
		"nodes": c.graphNodes,
	}}
}

func (c *call) graphRepo(r *repo) *graphObject {
	return &graphObject{"Repository", map[string]func(map[string]any) (any, *graphError){
		"id": field(node("Repository", r.id)), "databaseId": field(r.id), "name": field(r.name), "nameWithOwner": field(r.full()),
		"issue": func(args map[string]any) (any, *graphError) {
			n := number64(args["number"])
			i := r.issue(int(n))
			if i == nil || i.gone || i.movedTo != nil || i.pull || r.noIssues {
				return nil, &graphError{Type: "NOT_FOUND", Message: fmt.Sprintf("Could not resolve to an Issue with the number of %d.", n)}
			}
			return c.graphIssue(i), nil
		},
	}}
}

func (c *call) graphIssue(i *issue) *graphObject {
	edited, editor := lastEdit(i.edits)
	return &graphObject{"Issue", map[string]func(map[string]any) (any, *graphError){
		"id": field(node("Issue", i.id)), "databaseId": field(i.id), "fullDatabaseId": field(itoa(i.id)), "number": field(i.number),
		"title": field(i.title), "body": field(text(i.body)), "createdAt": field(stamp(i.created)), "updatedAt": field(stamp(i.updated)),
		"includesCreatedEdit": field(edited != nil), "lastEditedAt": field(edited), "editor": field(editor),
		"userContentEdits": func(args map[string]any) (any, *graphError) { return graphEdits(i.edits, args) },
		"timelineItems":    func(args map[string]any) (any, *graphError) { return c.graphTimeline(i, args) },
		"labels":           func(args map[string]any) (any, *graphError) { return graphLabels(i.labels, args) },
	}}
}

// graphLabels shows labels, at most as many as are asked for.
func graphLabels(all []*label, args map[string]any) (any, *graphError) {
	first := number64(args["first"])
	if first < 1 || first > 100 {
		return nil, &graphError{Type: "MISSING_PAGINATION_BOUNDARIES", Message: "You must provide a `first` value of 1 to 100 to properly paginate the `labels` connection."}
	}
	nodes := []*graphObject{}
	for _, l := range all[:min(int64(len(all)), first)] {
		nodes = append(nodes, graphLabel(l))
	}
	return &graphObject{"LabelConnection", map[string]func(map[string]any) (any, *graphError){
		"totalCount": field(len(all)), "nodes": field(nodes),
	}}, nil
}

func graphLabel(l *label) *graphObject {
	return &graphObject{"Label", map[string]func(map[string]any) (any, *graphError){
		"id": field(node("Label", l.id)), "name": field(l.name), "color": field(l.color),
	}}
}

// graphActor shows an account. A deleted one is null here, and an app goes without the
// "[bot]" that its login has in the REST API.
func graphActor(a *account) *graphObject {
	if a == nil || a.login == "ghost" {
		return nil
	}
	fields := map[string]func(map[string]any) (any, *graphError){
		"id": field(node(a.kind, a.id)), "databaseId": field(a.id), "login": field(strings.TrimSuffix(a.login, "[bot]")),
	}
	if a.kind == "User" {
		fields["name"] = field(a.name)
	}
	return &graphObject{a.kind, fields}
}

func (c *call) graphRateLimit() *graphObject {
	limit := c.s.perHour()
	if limit == 0 {
		return nil
	}
	b := c.s.budget(c)
	return &graphObject{"RateLimit", map[string]func(map[string]any) (any, *graphError){
		"cost": field(1), "limit": field(limit), "nodeCount": field(0), "remaining": field(max(0, limit-b.used)),
		"resetAt": field(b.reset.UTC().Format(time.RFC3339)), "used": field(b.used),
	}}
}
