package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

var (
	// checkbox matches the box of a task-list item, or a tick as people set it where there are
	// no boxes: Jira's (/), or an emoji.
	checkbox = regexp.MustCompile(`^(?:\[([ xX])\]|\(/\)|[✅☑✔]\x{FE0F}?)(?:[ \t]+|$)`)
	// comment matches an HTML comment, which is a hint of a template.
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	// escaped matches punctuation that was escaped for Markdown, and hard line breaks.
	escaped = regexp.MustCompile(`\\+([!-/:-@[\]^_` + "`" + `{-~]|\s|$)`)
)

// planItems returns the items of the lists of a text. Most texts have none, and need
// not be read as Markdown.
func planItems(text string) []markdown.Item {
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(line, " \ufeff")
		if line != "" && strings.IndexByte("-*+0123456789", line[0]) >= 0 || strings.Contains(line, "\r") {
			return markdown.Parse(markdown.Wake(text)).Items()
		}
	}
	return nil
}

// planItem reads one item of a list; it is false for one without a title. The box may
// also be escaped, as some editors write it.
func planItem(it markdown.Item) (Action, bool) {
	item := plain(it.Text)
	state := map[markdown.Box]ActionState{markdown.Checked: ActionDone}[it.Box]
	if m := checkbox.FindStringSubmatch(item); m != nil && it.Box == markdown.NoBox {
		if m[1] != " " {
			state = ActionDone
		}
		item = item[len(m[0]):]
	}
	if state == "" {
		state = ActionProposed
	}
	a := readAction(item, state)
	if a.State == ActionCancelled || strings.HasPrefix(item, "~~") || strings.HasPrefix(a.Title, "~~") {
		a = readAction(unstrike(item), state)
		a.State = ActionCancelled
	}
	return a, a.Title != ""
}

// plain returns the words of an item without escapes and HTML comments.
func plain(s string) string {
	for {
		next := oneLine(comment.ReplaceAllString(escaped.ReplaceAllString(s, "$1"), " "))
		if next == s {
			return s
		}
		s = next
	}
}

// unstrike takes all strike-through marks out of s, and the escapes that this lays
// bare.
func unstrike(s string) string {
	for {
		next := plain(strings.ReplaceAll(s, "~~", ""))
		if next == s {
			return s
		}
		s = next
	}
}

// readAction reads the words of an item whose box says state.
func readAction(item string, state ActionState) Action {
	a := Action{Kind: Corrective, State: state}
	words := joinValues(seen(item))
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
			a.Addresses = append(a.Addresses, strings.FieldsFunc(strings.ToUpper(value), func(c rune) bool { return c == ',' })...)
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

// seen returns the words of an item without what takes no room at their ends, which
// comes along where they were copied from a page.
func seen(item string) []string {
	words := strings.Fields(item)
	for i, w := range words {
		words[i] = strings.TrimFunc(w, markdown.Invisible)
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
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
	key, value = strings.ToLower(key), strings.TrimFunc(value, markdown.Invisible)
	switch {
	case !ok:
		return "", ""
	case key == "evidence":
		return key, strings.Trim(value, "<>")
	case key == "cancelled" || key == "canceled":
		return "cancelled", value
	case key == "state" && !strings.EqualFold(value, string(ActionInProgress)):
		return "", ""
	case key == "cause" && !namesCauses(value):
		return "", ""
	}
	if _, ok := bareKey(key + ":"); ok && value != "" {
		return key, value
	}
	return "", ""
}

// namesCauses reports whether a value names root causes: "1,C3".
func namesCauses(value string) bool {
	for c := range strings.SplitSeq(value, ",") {
		digits := strings.TrimPrefix(strings.ToUpper(c), causeLetter)
		if strings.Trim(digits, "0123456789") != "" || digits == "" && c != "" {
			return false
		}
	}
	return true
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
