package register

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// listItem matches an item of a list: indentation, marker, text.
	listItem = regexp.MustCompile(`^([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+(.*))?$`)
	// checkbox matches the box of a task-list item.
	checkbox = regexp.MustCompile(`^\[([ xX])\](?:[ \t]+|$)`)
	// escaped matches punctuation that was escaped for Markdown.
	escaped = regexp.MustCompile(`\\+([!-/:-@[\]^_` + "`" + `{-~])`)
)

// planItems returns the items of a list that are not nested, each on one line.
func planItems(text string) []string {
	var items []string
	fence := ""
	open := false // the last item may go on
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		trimmed := strings.TrimLeft(line, " \t")
		if fence != "" {
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
			continue
		}
		if f := trimmed[:min(3, len(trimmed))]; f == "```" || f == "~~~" {
			fence, open = f, false
			continue
		}
		m := listItem.FindStringSubmatch(line)
		switch {
		case m != nil && len(m[1]) < 2 && !strings.Contains(m[1], "\t"):
			items = append(items, m[2])
			open = true
		case m != nil:
			open = false
		case open && trimmed != "" && len(line)-len(trimmed) >= 2:
			items[len(items)-1] += " " + trimmed
		default:
			open = false
		}
	}
	return items
}

// parseAction reads one item; it is false for one without a title.
func parseAction(item string) (Action, bool) {
	a := Action{Kind: Corrective, State: ActionProposed}
	item = escaped.ReplaceAllString(strings.TrimSpace(item), "$1")
	if m := checkbox.FindStringSubmatch(item); m != nil {
		if m[1] != " " {
			a.State = ActionDone
		}
		item = item[len(m[0]):]
	}
	item, struck := unstrike(item)
	words := joinValues(strings.Fields(item))
	last := map[string]int{}
	for i, w := range words {
		key, _ := token(w)
		last[key] = i
		if key == "cancelled" {
			break
		}
	}
	var title, evidence []string
	text := &title
words:
	for i, w := range words {
		key, value := token(w)
		switch {
		case key == "cancelled":
			struck = true
			a.Reason = oneLine(value + " " + strings.Join(words[i+1:], " "))
			break words
		case key == "evidence":
			text = &evidence
			if value != "" {
				evidence = append(evidence, value)
			}
			continue
		case key == "cause":
			a.Addresses = append(a.Addresses, strings.FieldsFunc(value, func(c rune) bool { return c == ',' })...)
		case key == "" || last[key] != i:
			*text = append(*text, w)
			continue
		default:
			a.set(key, value)
		}
		text = &title
	}
	a.Title, a.Evidence = strings.Join(title, " "), strings.Join(evidence, " ")
	slices.Sort(a.Addresses)
	a.Addresses = slices.Compact(a.Addresses)
	var again bool
	if a.Title, again = unstrike(a.Title); struck || again {
		a.State = ActionCancelled
	}
	a.Title = oneLine(a.Title)
	return a, a.Title != ""
}

// set takes in one of the values that an action has at most one of.
func (a *Action) set(key, value string) {
	switch key {
	case "@":
		a.Assignee = value
	case "due":
		a.Due = value
	case "kind":
		a.Kind = ActionKind(strings.ToLower(value))
	case "state":
		if a.State == ActionProposed {
			a.State = ActionInProgress
		}
	}
}

// unstrike takes the strike-through marks off a text that begins with one.
func unstrike(s string) (string, bool) {
	if !strings.HasPrefix(s, "~~") {
		return s, false
	}
	return strings.TrimSpace(strings.ReplaceAll(s, "~~", "")), true
}

// token reads a word as a key and a value; the key is "" for any other word.
func token(w string) (key, value string) {
	bare := strings.TrimRight(w, ",;.")
	if v, ok := strings.CutPrefix(bare, "@"); ok && v != "" {
		return "@", v
	}
	key, value, ok := strings.Cut(bare, ":")
	key = strings.ToLower(key)
	switch {
	case !ok:
		return "", ""
	case key == "evidence":
		return key, strings.Trim(value, "<>")
	case key == "cancelled" || key == "canceled":
		return "cancelled", value
	case key == "state" && !strings.EqualFold(value, string(ActionInProgress)):
		return "", ""
	case value != "" && slices.Contains(spaced(), key):
		return key, value
	}
	return "", ""
}

// spaced lists the keys whose value may follow after a space.
func spaced() []string { return []string{"due", "kind", "cause", "state"} }

// joinValues joins a key and a value that were written with a space between them.
func joinValues(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		key, ok := strings.CutSuffix(strings.ToLower(w), ":")
		if ok && slices.Contains(spaced(), key) && i+1 < len(words) {
			if k, _ := token(words[i+1]); k == "" {
				w += words[i+1]
				i++
			}
		}
		out = append(out, w)
	}
	return out
}
