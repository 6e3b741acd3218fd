package ingest

import (
	"context"
	"fmt"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// Everything that conformd writes carries the id of its installation. So two conformds that
// work on the same trackers with the same account notice each other by what the other one
// wrote, and the one that notices stops writing everywhere until a person has decided. Only
// what conformd's own account wrote counts: anybody can type a mark.

// noticeIssue stops writing if an issue carries the mark of another installation.
func (g *Ingester) noticeIssue(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue) error {
	if is == nil || !g.foreign(is.Installation) || !b.Own(is) {
		return nil
	}
	return g.notice(ctx, t, b, is.Ref, is.Installation)
}

// NoticeComments stops writing if one of the comments of an issue carries the mark of
// another installation.
func (g *Ingester) NoticeComments(ctx context.Context, t *store.Tx, b *binding.Binding, on connectors.Ref, comments []connectors.Comment) error {
	self, known := b.Self()
	for _, c := range comments {
		if !g.foreign(c.Installation) || !known || c.Author.ID != self.ID {
			continue
		}
		if err := g.notice(ctx, t, b, on, c.Installation); err != nil {
			return err
		}
	}
	return nil
}

// NoticeMade stops writing if the listing of own issues shows one of another installation.
// An issue that lives elsewhere says nothing: another conformd may rightly work there.
func (g *Ingester) NoticeMade(ctx context.Context, t *store.Tx, b *binding.Binding, made []connectors.Made) error {
	for _, m := range made {
		if !g.foreign(m.Installation) || m.Elsewhere {
			continue
		}
		if err := g.notice(ctx, t, b, m.Ref, m.Installation); err != nil {
			return err
		}
	}
	return nil
}

func (g *Ingester) foreign(installation string) bool {
	return installation != "" && installation != g.Store.Installation()
}

func (g *Ingester) notice(ctx context.Context, t *store.Tx, b *binding.Binding, at connectors.Ref, installation string) error {
	undecided, fresh, err := t.MeetInstallation(ctx, store.Other{ID: installation, Binding: b.ID, Issue: at.Key})
	if err != nil || !undecided {
		return err
	}
	return g.halt(ctx, t, fresh)
}

// halt stops writing to every binding because of the other installations about which no
// person has decided. If none of them is new, a binding that is stopped for this already
// stays as it is.
func (g *Ingester) halt(ctx context.Context, t *store.Tx, fresh bool) error {
	others, err := t.OtherInstallations(ctx)
	if err != nil || len(others) == 0 {
		return err
	}
	why := otherWhy(g.Store.Installation(), others)
	var stopped []string
	for _, id := range binding.IDs(g.Bindings) {
		on, err := t.Brakes(ctx, id)
		if err != nil {
			return err
		}
		if !fresh && store.ForOthers(on) {
			continue
		}
		engaged, err := t.Engage(ctx, id, store.BrakeOther, why)
		if err != nil {
			return err
		}
		if engaged {
			stopped = append(stopped, id)
			t.Audit(history.Engaged(id, audit.TriggerPoll, why))
		}
	}
	if len(stopped) > 0 {
		g.Log.Error("writing stopped", zap.Strings("bindings", stopped), zap.String("brake", why))
	}
	return nil
}

// halted stops writing to a binding that was added to the configuration while writing is
// stopped everywhere.
func (g *Ingester) halted(ctx context.Context) error {
	others, err := g.Store.OtherInstallations(ctx)
	if err != nil || len(others) == 0 {
		return err
	}
	return g.Store.Write(ctx, func(t *store.Tx) error { return g.halt(ctx, t, false) })
}

// otherWhy says why writing is stopped, and what a person can do.
func otherWhy(own string, others []store.Other) string {
	marks := make([]string, len(others))
	for i, o := range others {
		marks[i] = fmt.Sprintf("%s carries the mark of another conformd installation (%s)", o.Issue, o.ID)
	}
	return strings.Join(marks, ", ") + "; this one is " + own +
		": if the other still runs, stop one of the two, they would write against each other; if its data is lost, restore its backup, or release, and what it made is taken over"
}
