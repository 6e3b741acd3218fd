package githubsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// most is how many nodes of a connection one request shows.
const most = 100

// graphSlice cuts what a connection shows out of all: the first or the last so many. There
// is no connection without a bound.
// https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api
func graphSlice[T any](name string, all []T, args map[string]any) ([]T, *graphError) {
	first, last := number64(args["first"]), number64(args["last"])
	switch {
	case first == 0 && last == 0:
		return nil, &graphError{Type: "MISSING_PAGINATION_BOUNDARIES", Message: fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", name)}
	case first > most:
		return nil, &graphError{Type: "EXCESSIVE_PAGINATION", Message: fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of %d records.", first, name, most)}
	case last > most:
		return nil, &graphError{Type: "EXCESSIVE_PAGINATION", Message: fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `last` limit of %d records.", last, name, most)}
	case first > 0:
		return all[:min(len(all), int(first))], nil
	default:
		return all[max(0, len(all)-int(last)):], nil
	}
}

func graphPageInfo(next, previous bool) *graphObject {
	return &graphObject{"PageInfo", map[string]func(map[string]any) (any, *graphError){
		"hasNextPage": field(next), "hasPreviousPage": field(previous),
	}}
}

// lastEdit returns the time and the author of the last edit of a text, nil without one.
func lastEdit(edits []*edit) (at any, by *graphObject) {
	if len(edits) == 0 {
		return nil, nil
	}
	e := edits[len(edits)-1]
	return stamp(e.at), graphActor(e.by)
}

// graphEdits shows the versions of a text, newest first. What GitHub calls a diff is the
// whole text as the edit left it.
func graphEdits(all []*edit, args map[string]any) (any, *graphError) {
	newest := slices.Clone(all)
	slices.Reverse(newest)
	shown, wrong := graphSlice("userContentEdits", newest, args)
	if wrong != nil {
		return nil, wrong
	}
	nodes := []*graphObject{}
	for _, e := range shown {
		var diff any = e.text
		if e.deleted {
			diff = nil
		}
		nodes = append(nodes, &graphObject{"UserContentEdit", map[string]func(map[string]any) (any, *graphError){
			"id": field(node("UserContentEdit", e.id)), "createdAt": field(stamp(e.at)), "editedAt": field(stamp(e.at)), "updatedAt": field(stamp(e.at)),
			"editor": field(graphActor(e.by)), "diff": field(diff), "deletedAt": field(graphDeleted(e)), "deletedBy": field(nil),
		}})
	}
	from := len(newest) - len(shown)
	byLast := number64(args["first"]) == 0
	return &graphObject{"UserContentEditConnection", map[string]func(map[string]any) (any, *graphError){
		"totalCount": field(len(all)), "nodes": field(nodes), "pageInfo": field(graphPageInfo(!byLast && from > 0, byLast && from > 0)),
	}}, nil
}

func graphDeleted(e *edit) any {
	if e.deleted {
		return stamp(e.at)
	}
	return nil
}

// graphKind is the type of an event in the GraphQL API.
func (e *event) graphKind() string {
	switch e.kind {
	case "labeled", "unlabeled", "assigned", "unassigned", "closed", "reopened":
		return strings.ToUpper(e.kind[:1]) + e.kind[1:] + "Event"
	case "renamed":
		return "RenamedTitleEvent"
	default:
		return "IssueEvent" // of no type that is shown
	}
}

// itemType is the name of the type of an event in the argument itemTypes.
func (e *event) itemType() string {
	if e.kind == "renamed" {
		return "RENAMED_TITLE_EVENT"
	}
	return strings.ToUpper(e.kind) + "_EVENT"
}

// graphTimeline shows the events of an issue, oldest first.
func (c *call) graphTimeline(i *issue, args map[string]any) (any, *graphError) {
	kinds, _ := args["itemTypes"].([]any)
	since := time.Time{}
	if s, ok := args["since"].(string); ok {
		var err error
		if since, err = time.Parse(time.RFC3339, s); err != nil {
			return nil, &graphError{Type: "UNPROCESSABLE", Message: "since is no DateTime"}
		}
	}
	var known, found []*event
	for _, e := range i.events {
		if e.graphKind() == "IssueEvent" {
			continue
		}
		known = append(known, e)
		if (len(kinds) == 0 || slices.Contains(kinds, any(e.itemType()))) && !e.at.Before(since) {
			found = append(found, e)
		}
	}
	shown, wrong := graphSlice("timelineItems", found, args)
	if wrong != nil {
		return nil, wrong
	}
	nodes := []*graphObject{}
	for _, e := range shown {
		nodes = append(nodes, graphEvent(e))
	}
	byLast, more := number64(args["first"]) == 0, len(found) > len(shown)
	return &graphObject{"IssueTimelineItemsConnection", map[string]func(map[string]any) (any, *graphError){
		"totalCount": field(len(known)), "filteredCount": field(len(found)), "pageCount": field(len(shown)), "nodes": field(nodes),
		"pageInfo": field(graphPageInfo(!byLast && more, byLast && more)), "updatedAt": field(stamp(i.updated)),
	}}, nil
}

func graphEvent(e *event) *graphObject {
	fields := map[string]func(map[string]any) (any, *graphError){
		"id": field(node(e.graphKind(), e.id)), "actor": field(graphActor(e.actor)), "createdAt": field(stamp(e.at)),
	}
	switch e.kind {
	case "labeled", "unlabeled":
		fields["label"] = field(graphLabel(e.label))
	case "assigned", "unassigned":
		fields["assignee"] = field(graphActor(e.assignee))
	case "renamed":
		fields["previousTitle"], fields["currentTitle"] = field(e.from), field(e.to)
	case "closed", "reopened":
		var reason any
		if e.reason != "" {
			reason = strings.ToUpper(e.reason)
		}
		fields["stateReason"] = field(reason)
	}
	return &graphObject{e.graphKind(), fields}
}

// graphNodes finds what global ids name; null is what is not there, with an error beside it.
func (c *call) graphNodes(args map[string]any) (any, *graphError) {
	ids, _ := args["ids"].([]any)
	if len(ids) > most {
		return nil, &graphError{Type: "ARGUMENT_LIMIT", Message: fmt.Sprintf("You may not provide more than %d node ids; you provided %d.", most, len(ids))}
	}
	nodes := make([]*graphObject, len(ids))
	var missing *graphError
	for n, id := range ids {
		if nodes[n] = c.graphNode(id); nodes[n] == nil {
			missing = &graphError{Type: "NOT_FOUND", Path: []any{n}, Message: fmt.Sprintf("Could not resolve to a node with the global id of '%v'.", id)}
		}
	}
	return nodes, missing
}

func (c *call) graphNode(id any) *graphObject {
	for _, r := range c.s.repos {
		if r.private && !c.who.may(r, Read) {
			continue
		}
		for _, cm := range r.comments {
			if !cm.issue.gone && cm.issue.movedTo == nil && node("IssueComment", cm.id) == id {
				return graphComment(cm)
			}
		}
	}
	return nil
}

func graphComment(cm *comment) *graphObject {
	edited, editor := lastEdit(cm.edits)
	return &graphObject{"IssueComment", map[string]func(map[string]any) (any, *graphError){
		"id": field(node("IssueComment", cm.id)), "databaseId": field(cm.id), "fullDatabaseId": field(itoa(cm.id)), "author": field(graphActor(cm.author)),
		"body": field(cm.body), "createdAt": field(stamp(cm.created)), "updatedAt": field(stamp(cm.updated)),
		"includesCreatedEdit": field(edited != nil), "lastEditedAt": field(edited), "editor": field(editor),
		"userContentEdits": func(args map[string]any) (any, *graphError) { return graphEdits(cm.edits, args) },
	}}
}
