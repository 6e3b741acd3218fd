package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/plan"
)

// userAgent is how conformd names itself to trackers.
const userAgent = "conformd (+https://github.com/conformd/conformd)"

// bind constructs the connector and the profile of one binding.
func (a *App) bind(c *config.Binding, o Options) (*binding.Binding, connectors.Webhook, error) {
	observe := a.count.observer(c.ID)
	credential, way := a.credentials.of(c)
	base := o.Base
	if base == nil {
		base = transport.Pooled()
	}
	of, known := drivers()[c.Tracker]
	if !known {
		return nil, nil, fmt.Errorf("no tracker %q", c.Tracker)
	}
	tracker, err := of.open(a, c, transport.Options{
		Base: base, Jitter: o.Jitter, Observe: observe, Slots: way.slots, Pause: way.pause, UserAgent: userAgent, Logger: a.Log.Named(c.ID),
	})
	if err != nil {
		return nil, nil, err
	}
	var hook connectors.Webhook
	if len(c.Webhook.Secrets) > 0 {
		hook = tracker
	}
	p := profile(c, a.Config, tracker.Capabilities())
	if problems := p.Validate(); len(problems) > 0 {
		return nil, nil, fmt.Errorf("mapping: %s", problems[0])
	}
	return &binding.Binding{
		ID: c.ID, Tracker: tracker, Profile: p, Language: a.Config.Speaks(c.Language), Mode: plan.Mode(c.Enforcement), Grace: a.Config.Sync.Grace,
		Twin:       c.CreateTwin && c.Role == string(mapping.RoleRecord),
		Credential: credential,
		Scope:      scope(c, p),
		Labels:     c.Labels,
	}, hook, nil
}

// known tells the connector of a binding which issues are bound.
func (a *App) known(binding string) func(id string) bool {
	return func(id string) bool {
		known, err := a.Store.IsBound(context.Background(), binding, id) //nolint:forbidigo // called from inside the connector, without a context
		return err == nil && known
	}
}

// installation returns the id that stands beside each marker. It is "" without a register,
// when nothing will be written.
func (a *App) installation() string {
	if a.Store == nil {
		return ""
	}
	return a.Store.Installation()
}

func secrets(w config.Webhook) []transport.Secret {
	var out []transport.Secret
	for _, s := range w.Secrets {
		out = append(out, transport.Secret(s.Reveal()))
	}
	return out
}

// scope returns the default scope of a binding as the register has it.
func scope(c *config.Binding, p *mapping.Profile) string {
	v, _ := p.Typed(register.FieldScope, strings.Join(c.Scope, "\n")) // every text is a set
	return v
}

// Typing is the profile by which people's words at conformd itself are read: the dates of
// the register, the scales in force, and all people by every account.
func Typing(c *config.Config, p register.Policy) *mapping.Profile {
	t := &mapping.Profile{Binding: "register", Dates: mapping.DateOrder(c.DateOrder(c.Language)), Language: c.Speaks(c.Language).Code(), Scales: choices(c, p)}
	for _, person := range c.People {
		t.People = append(t.People, mapping.Account{Person: person.ID, Name: person.Name})
		for _, acc := range person.Accounts {
			t.People = append(t.People, mapping.Account{Person: person.ID, ID: acc.ID, Login: acc.Login, Name: person.Name})
		}
	}
	return t
}

// choices are the values that people choose from under a policy. A field of the organisation that
// the policy does not have yet has the values of the configuration.
func choices(c *config.Config, p register.Policy) map[register.Field][]register.Step {
	return register.Policy{Scales: p.Scales, Fields: slices.Concat(c.CustomFields(), p.Fields)}.Steps()
}

// headings gives the sections their headings in the language of the binding: a heading that has
// the English name of its field is written in that language, and both are read. A heading that
// stands on an issue stays.
func headings(p *mapping.Profile, l *catalogue.Language) {
	if l == nil {
		return
	}
	taken := map[string]bool{}
	for _, m := range p.Fields {
		for _, name := range append(m.Remote.Aliases, m.Remote.Name) {
			taken[strings.ToLower(name)] = true
		}
	}
	for i, m := range p.Fields {
		info, _ := register.Info(m.Field)
		name := l.Term(info.Label)
		if m.Remote.Kind != mapping.KindSection || taken[strings.ToLower(name)] {
			continue
		}
		if r := &p.Fields[i].Remote; r.Name == info.Label {
			r.Name, r.Aliases = name, append(slices.Clone(r.Aliases), info.Label)
		} else {
			r.Aliases = append(slices.Clone(r.Aliases), name)
		}
	}
}

// profile translates the mapping of a binding.
func profile(c *config.Binding, all *config.Config, traits connectors.Capabilities) *mapping.Profile {
	p := &mapping.Profile{
		Binding: c.ID, Role: mapping.Role(c.Role), Markup: traits.Markup, Commands: c.Commands,
		TitleLimit: traits.TitleLimit, BodyLimit: traits.BodyLimit, LabelLimit: traits.LabelLimit,
		SpacedLabels: traits.SpacedLabels, CoAssignees: traits.CoAssignees, Handles: traits.Handles, Statuses: traits.Statuses,
		OwnLabels: slices.Concat(c.OwnLabels, c.Labels, []string{plan.HeldLabel}),
		Dates:     mapping.DateOrder(all.DateOrder(c.Language)),
		Language:  all.Speaks(c.Language).Code(),
		More:      all.PublicURL,
		Scales:    choices(all, register.Policy{Scales: all.Scales()}), // underPolicy sets those in force
	}
	for _, f := range c.Fields {
		info, _ := all.FieldNamed(f.Field)
		m := mapping.FieldMap{
			Field:     info.Field,
			Remote:    mapping.Remote{Kind: mapping.RemoteKind(f.From.Kind), Name: f.From.Name, Aliases: f.From.Aliases},
			Authority: mapping.Authority(f.Authority), Policy: f.Conflict,
		}
		for _, v := range f.Values {
			m.Values = append(m.Values, mapping.Pair{From: v.From, To: v.To})
		}
		p.Fields = append(p.Fields, m)
	}
	headings(p, all.Speaks(c.Language))
	for _, s := range c.States {
		p.States = append(p.States, mapping.StateMap{Status: s.Status, Reason: s.Reason, Label: s.Label, State: register.State(s.State)})
	}
	for _, person := range all.People {
		for _, acc := range person.Accounts {
			if all.HasAccount(c, acc) {
				p.People = append(p.People, mapping.Account{Person: person.ID, ID: acc.ID, Login: acc.Login, Name: person.Name})
			}
		}
	}
	for _, x := range c.Approvals {
		p.Approvals = append(p.Approvals, mapping.ApprovalMap{
			To: x.To, From: x.From, Subject: register.Subject(x.Subject), Outcome: register.Outcome(x.Outcome),
		})
	}
	return p
}

// Check asks a binding's tracker which account we use and what is wrong with the set-up. The
// status page shows the result until the next check. The error is an *OwnAccountError if the
// credential belongs to a person of the register; conformd then writes nothing there.
func (a *App) Check(ctx context.Context, b *binding.Binding) (connectors.Report, error) {
	r, err := b.Tracker.Check(ctx)
	if own := a.ownAccount(b, r.Self); err == nil && own != nil {
		b.Forget()
		a.setup.found(b.ID, []connectors.Problem{{What: own.Error(), Remedy: OwnAccountRemedy}})
		return r, own
	}
	if err != nil {
		// A tracker that answered before is polled, and the poll reports the error.
		if _, known := b.Self(); !known {
			a.setup.failed(b.ID, err)
		}
		return r, err
	}
	if r.Self.ID != "" {
		b.Know(r.Self)
	}
	a.renamed(b.ID, r.Problems)
	a.setup.found(b.ID, r.Problems)
	return r, nil
}

// check is Check for the log: at the start the command line tells people instead.
func (a *App) check(ctx context.Context, b *binding.Binding) (connectors.Report, error) {
	r, err := a.Check(ctx, b)
	if err != nil {
		return r, err
	}
	for _, p := range r.Problems {
		a.Log.Warn("set-up", zap.String("binding", b.ID), zap.String("code", p.Code), zap.String("what", p.What), zap.String("remedy", p.Remedy), zap.Bool("fatal", p.Fatal))
	}
	return r, nil
}
