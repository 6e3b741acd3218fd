package register

import "sync"

// A memo keeps the results of a pure function of a text. The rules ask for the same texts
// once for each state, and to read one as Markdown or word by word takes longer than all
// else that a rule does. It forgets everything when it is full, so that it stays small.
type memo[V any] struct {
	mu   sync.Mutex
	kept map[string]V
}

// mostKept is how many results a memo keeps: those of some hundred records, so that the pages that people open again and again
// judge no text twice. A few megabytes are enough for them.
const mostKept = 8192

// get returns the result for a text, and makes it if it is not kept.
func (m *memo[V]) get(text string, result func() V) V {
	m.mu.Lock()
	v, ok := m.kept[text]
	m.mu.Unlock()
	if ok {
		return v
	}
	v = result()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= mostKept {
		m.kept = map[string]V{}
	}
	m.kept[text] = v
	return v
}
