package reconcile

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// judge stores what the plan would write and asks the brake whether it may leave. It
// may as long as all that is planned and was written within the window stays within
// the limits of each binding that would be written to. Where it does not, nothing of
// this record leaves, to no binding: an accident must not half happen.
func (k *attempt) judge(ctx context.Context, t *store.Tx, p plan.Plan) error {
	outs := p.Outbound()
	k.admitted = map[string]plan.Load{}
	if err := t.PutOutbound(ctx, k.Record.ID, outs); err != nil {
		return err
	}
	if err := t.Planned(ctx, k.Record.ID, k.row.Generation); err != nil {
		return err
	}
	if k.planOnly {
		return nil
	}
	for _, o := range outs {
		a, err := t.Admit(ctx, k.Record.ID, o.Binding, k.r.Brake.Limits, k.r.Brake.Window, patience)
		if err != nil {
			return err
		}
		switch {
		case a.Over != "":
			if err := k.engage(ctx, t, o.Binding, a.Over); err != nil {
				return err
			}
			k.later(time.Minute, "writing to "+o.Binding+" is stopped: "+a.Over+"; look at `conformd brake list`")
		case a.Waits:
			k.at(k.r.Now().Add(time.Second))
		default:
			k.admitted[o.Binding] = o.Load
		}
	}
	if len(k.admitted) < len(outs) {
		k.admitted = nil
	}
	return nil
}

// engage stops writing to a binding because too much would be written.
func (k *attempt) engage(ctx context.Context, t *store.Tx, binding, why string) error {
	fresh, err := t.Engage(ctx, binding, store.BrakePlan, why)
	if err != nil || !fresh {
		return err
	}
	k.r.Log.Error("writing stopped", zap.String("binding", binding), zap.String("brake", why))
	t.Audit(history.Engaged(binding, k.Trigger, why))
	return nil
}
