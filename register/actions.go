package register

import (
	"slices"
	"strconv"
	"strings"
)

// AllActions returns the actions of the bound issues and then those of the action
// plan. A line of the plan that has the title of a bound action is the same
// action: the issue speaks for it, and the line adds what the issue leaves out, such
// as the root causes it addresses. Addresses holds ids of causes.
func (r Record) AllActions() []Action {
	planned := r.planned()
	names := func(a Action) bool { return len(a.Addresses) > 0 }
	if len(planned) == 0 && !slices.ContainsFunc(r.Actions, names) {
		return r.Actions
	}
	out := slices.Clone(r.Actions)
	for i := range out {
		out[i].Addresses = causeIDs(out[i].Addresses)
	}
	for _, a := range planned {
		i := r.bound(a.Title)
		if i < 0 {
			out = append(out, a)
			continue
		}
		out[i] = out[i].add(a)
	}
	return out
}

// add returns a with what only b says. State, kind and title are those of a.
func (a Action) add(b Action) Action {
	for _, x := range []struct{ to, from *string }{
		{&a.Assignee, &b.Assignee}, {&a.Due, &b.Due}, {&a.Evidence, &b.Evidence}, {&a.Reason, &b.Reason},
	} {
		if *x.to == "" {
			*x.to = *x.from
		}
	}
	if len(a.Addresses) == 0 {
		a.Addresses = b.Addresses
	}
	return a
}

// ParseActions reads the actions of an action plan in GitHub-flavoured Markdown.
//
// Every item that GitHub shows in a list, and that is not nested, is an action; its
// first paragraph counts, over as many lines as it has. Everything else, nested items,
// quotes, code and HTML comments included, is for people. An item reads
//
//   - [x] Automate the leaver webhook @ben due:2026-09-30 kind:corrective cause:1 evidence:https://…
//
// where all but the title may be missing, and in any order:
//
//	[x]              it is done; [ ] or nothing: it is proposed
//	@ben             the person id of who does it
//	due:2026-09-30   the date it is due
//	kind:corrective  corrective (the default), preventive or improvement
//	cause:1,C3       the root causes it addresses, by their place in the list or by id
//	state:in_progress  work has begun
//	evidence:…       what shows that it is done, up to the next of these or the end
//	cancelled: …     it was cancelled, and why, up to the end
//	~~…~~            a title that is struck out is of a cancelled action, too
//
// If one of @, due, kind and state is there twice, the last one counts and the
// others are words. A value that makes no sense is kept, so that the guards can
// name it. The id of an action is that of a plan which is new: "A" and its number from 1.
// Record.AllActions has the ids that a record's own lines have, and those of the causes.
//
// What keeps a copy of the text in a tracker from reaching anybody counts for nothing:
// see markdown.Calm.
func ParseActions(text string) []Action {
	return slices.Clone(plans.get(text, func() []Action { return parseActions(text) }))
}

var plans memo[[]Action] //nolint:gochecknoglobals // the same for the same texts

func parseActions(text string) []Action {
	var out []Action
	for _, item := range planItems(text) {
		if a, ok := planItem(item); ok {
			a.ID = actionLetter + strconv.Itoa(len(out)+1)
			out = append(out, a)
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
