package app_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/store/storetest"
)

// A large database is checked for damage while the daemon works already; what waited for
// that is written afterwards.
func TestCheckedBeside(t *testing.T) {
	t.Parallel()
	h := newHouseWith(t, app.Options{Driver: storetest.Watched(t), CheckAtOnce: 1}, nil)
	if _, err := h.world.GitHub.Seed("erik", 1, func(int) (string, string, []string) {
		return "Review is late", "It was due in June.", []string{"capa"}
	}); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.until("the record has its issue in Jira", func() bool { return len(h.world.Jira.Snapshots()) == 1 })
	h.until("the log says that the database is whole", func() bool { return strings.Contains(h.log.tail(1<<20), "the database is whole") })
}
