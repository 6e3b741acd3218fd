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
	// escaped matches punctuation that was escaped for Markdown, and hard line breaks.
	escaped = regexp.MustCompile(`\\+([!-/:-@[\]^_` + "`" + `{-~]|\s|$)`)
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
	item = escaped.ReplaceAllString(oneLine(item), "$1")
	state := ActionProposed
	if m := checkbox.FindStringSubmatch(item); m != nil {
		if m[1] != " " {
			state = ActionDone
		}
		item = item[len(m[0]):]
	}
	a := readAction(item, state)
	if a.State == ActionCancelled || strings.HasPrefix(item, "~~") || strings.HasPrefix(a.Title, "~~") {
		a = readAction(unstrike(item), state)
		a.State = ActionCancelled
	}
	return a, a.Title != ""
}

// unstrike takes all strike-through marks out of s, and the escapes that this lays
// bare.
func unstrike(s string) string {
	for {
		next := escaped.ReplaceAllString(strings.ReplaceAll(s, "~~", ""), "$1")
		if next == s {
			return s
		}
		s = next
	}
}

// readAction reads the words of an item whose box says state.
func readAction(item string, state ActionState) Action {
	a := Action{Kind: Corrective, State: state}
	words := joinValues(strings.Fields(item))
	last := lastTokens(words)
	var title, evidence []string
	text := &title
	for i, w := range words {
		key, value := token(w)
		if key == "" || last[key] != i && key != "evidence" && key != "cause" {
			*text = append(*text, w)
			continue
		}
		text = &title
		switch key {
		case "cancelled":
			a.State = ActionCancelled
			a.Reason = oneLine(value + " " + strings.Join(words[i+1:], " "))
		case "evidence":
			text = &evidence
			if value != "" {
				evidence = append(evidence, value)
			}
		case "cause":
			a.Addresses = append(a.Addresses, strings.FieldsFunc(value, func(c rune) bool { return c == ',' })...)
		default:
			a.set(key, value)
		}
		if key == "cancelled" {
			break
		}
	}
	a.Title, a.Evidence = strings.Join(title, " "), strings.Join(evidence, " ")
	slices.Sort(a.Addresses)
	a.Addresses = slices.Compact(a.Addresses)
	return a
}

// lastTokens returns where each key stands last. Behind "cancelled:" there are
// none.
func lastTokens(words []string) map[string]int {
	last := map[string]int{}
	for i, w := range words {
		key, _ := token(w)
		last[key] = i
		if key == "cancelled" {
			break
		}
	}
	return last
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
	case key == "cause" && strings.Trim(value, "0123456789,") != "":
		return "", ""
	}
	if _, ok := bareKey(key + ":"); ok && value != "" {
		return key, value
	}
	return "", ""
}

// bareKey reads a word as a key whose value may follow after a space.
func bareKey(w string) (string, bool) {
	key, ok := strings.CutSuffix(strings.ToLower(w), ":")
	return key, ok && slices.Contains([]string{"due", "kind", "cause", "state"}, key)
}

// joinValues joins a key and a value that were written with a space between them,
// and drops a key without a value.
func joinValues(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if _, ok := bareKey(w); !ok {
			out = append(out, w)
			continue
		}
		if i+1 == len(words) {
			break
		}
		next := words[i+1]
		if key, _ := token(next); key != "" {
			continue
		}
		if _, ok := bareKey(next); ok {
			continue
		}
		if key, _ := token(w + next); key != "" {
			w += next
			i++
		}
		out = append(out, w)
	}
	return out
}
