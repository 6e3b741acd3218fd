package history

import (
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
)

// News reports whether an issue shows something else than what is known of a bound issue, so
// that somebody must be named for it: of a record what it agrees on with the issue counts,
// of an action what its issue showed before.
func News(b *binding.Binding, l store.BoundIssue, is *connectors.Issue) bool {
	now := b.Profile.Read(is).View
	if l.Role == string(mapping.RoleAction) {
		if l.Issue == nil {
			return true
		}
		was := b.Profile.Read(l.Issue).View
		for f := range now {
			if was.Differs(now, f) {
				return true
			}
		}
		return false
	}
	for f, v := range now {
		if agreed, ok := l.Base[f]; agreed.Side != v.Raw || !ok && v.Raw != "" {
			return true
		}
	}
	return false
}
