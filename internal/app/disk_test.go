package app_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
)

// fill leaves the database no room to grow, as a full disk does; the returned
// function makes room again.
func (h *house) fill() func() {
	h.Helper()
	db := h.app.Store.DB()
	var pages, most int64
	for q, into := range map[string]*int64{"PRAGMA page_count": &pages, "PRAGMA max_page_count": &most} {
		if err := db.QueryRowContext(h.Context(), q).Scan(into); err != nil {
			h.Fatal(err)
		}
	}
	limit := func(n int64) {
		var got int64
		if err := db.QueryRowContext(h.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)).Scan(&got); err != nil {
			h.Fatal(err)
		}
	}
	limit(pages)
	return func() { h.Helper(); limit(most) }
}

// bulk makes a text that does not fit into what is left of the last pages.
func bulk(s string) string {
	return s + "\n\n" + strings.Repeat("The reader at the door was out of order again. ", 400)
}

// When nothing can be stored, nothing is written to a tracker: an intent comes
// first, and it must be durable. It is said aloud, the register stays readable, and
// all goes on when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	n := h.open("Leavers keep their accounts")
	h.run()
	h.until("the twin is made", func() bool { return len(h.world.Jira.Snapshots()) == 1 })
	h.quiet()

	free := h.fill()
	writes := h.writes()
	for i := range 3 {
		if _, err := h.world.GitHub.As("erik").Open(fmt.Sprintf("Badge reader %d", i), bulk(form), "capa"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.world.GitHub.As("erik").Rewrite(n, bulk(form)); err != nil {
		t.Fatal(err)
	}
	h.until("the log says that the disk is full", func() bool {
		return strings.Contains(h.log.tail(1<<20), "disk is full")
	})
	if got := h.writes(); got != writes {
		t.Errorf("%d writes while nothing could be stored, want 0", got-writes)
	}
	if status, page := h.get("/register"); status != 200 || !strings.Contains(page, "Leavers keep") {
		t.Errorf("GET /register while the disk is full = %d, want the register", status)
	}

	free()
	h.until("the twins of what was opened meanwhile are made", func() bool { return len(h.world.Jira.Snapshots()) == 4 })
	h.quiet()
	if got := len(h.world.Jira.Snapshots()); got != 4 {
		t.Errorf("%d Jira issues, want 4", got)
	}
}

// quiet waits until nothing is waiting, and nothing was written for as long as two polls
// take: what one write leads to may be thought of a moment later only.
func (h *house) quiet() {
	h.Helper()
	const rest = 2 * time.Second
	writes, since := -1, time.Now()
	h.until("all is quiet", func() bool {
		if n := h.writes(); n != writes || !h.idle() {
			writes, since = n, time.Now()
		}
		return time.Since(since) > rest
	})
}

// idle reports whether nothing is waiting, and no write is on its way.
func (h *house) idle() bool {
	h.Helper()
	pending, err := h.app.Store.RecordsWithPending(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	if len(pending) > 0 {
		return false
	}
	rows, err := h.app.Store.Records(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	for _, r := range rows {
		if r.Generation > r.ObservedGeneration {
			return false
		}
	}
	return len(rows) > 0
}

// While another process holds the database, nothing is written to a tracker, and
// nothing is forgotten.
func TestDatabaseLocked(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.open("Leavers keep their accounts")
	h.run()
	h.until("the twin is made", func() bool { return len(h.world.Jira.Snapshots()) == 1 })
	h.quiet()

	other, err := sql.Open("sqlite", "file:"+filepath.Join(h.app.Config.DataDir, store.File)+"?_pragma=busy_timeout(120000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	writes := h.writes()
	h.open("Badge reader out of order")
	// Which of those who wait for the database gives up first, and whether it was waiting
	// for the lock or for the one connection, is chance.
	h.until("the log says that the database cannot be written", func() bool {
		log := h.log.tail(1 << 20)
		return strings.Contains(log, "database is locked") || strings.Contains(log, "context deadline exceeded")
	})
	if got := h.writes(); got != writes {
		t.Errorf("%d writes while nothing could be stored, want 0", got-writes)
	}
	if status, _ := h.get("/"); status != 200 {
		t.Errorf("GET / while the database is locked = %d, want 200", status)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	h.until("the twin of what was opened meanwhile is made", func() bool { return len(h.world.Jira.Snapshots()) == 2 })
}

// The whole daemon, with its queue and its pages, does with a database of one
// connection: nothing reads beside a transaction of its own.
func TestOneConnection(t *testing.T) {
	t.Parallel()
	h := newHouseOn(t, storetest.Alone(), nil)
	h.open("Leavers keep their accounts")
	h.open("Badge reader out of order")
	h.run()
	h.until("the twins are made", func() bool { return len(h.world.Jira.Snapshots()) == 2 })
	h.quiet()
	if status, page := h.get("/register"); status != 200 || !strings.Contains(page, "Badge reader") {
		t.Errorf("GET /register = %d, want the register", status)
	}
}
