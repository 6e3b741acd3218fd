package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// TestTheCursorStaysWhenAPageIsNotStored: an edit that was listed while the disk was full
// is listed again by the next poll. The poll says that it failed.
func TestTheCursorStaysWhenAPageIsNotStored(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	_, err := w.trackers.GitHub.As("erik").Open("Leavers keep their accounts", "", "capa")
	w.must(err)
	w.pass()
	w.clock.Advance(time.Hour)
	w.pass()

	w.must(w.trackers.GitHub.As("erik").Retitle(1, "Leavers keep their accounts for weeks"))
	w.clock.Advance(time.Hour) // beyond the overlap of two polls
	full := errors.New("the disk is full")
	ingest := w.daemon().Ingest
	wake := ingest.Wake
	ingest.Wake = func(context.Context, *store.Tx, string) error { return full }
	if _, err := ingest.Poll(t.Context(), rehearsal.GitHubBinding); !errors.Is(err, full) {
		t.Errorf("Poll with a full disk = %v, want %v", err, full)
	}
	ingest.Wake = wake
	w.clock.Advance(time.Hour)
	w.pass()
	rows, err := w.daemon().Store.Records(t.Context())
	w.must(err)
	if got := rows[0].Record.Fields[register.FieldTitle]; got != "Leavers keep their accounts for weeks" {
		t.Errorf("title = %q: the edit was not listed again", got)
	}
}
