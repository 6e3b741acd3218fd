package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// Patch returns the smallest change that makes the issue show the raw values of want, which
// come from Project or Aim. Values that the issue already shows keep their spelling, and only
// the named parts of a description change. It is an error if writing a field would change
// another one (because a code block above it is never closed), or if the profile does not know
// a field or value.
func (p *Profile) Patch(is *connectors.Issue, want map[register.Field]string) (connectors.Patch, error) {
	b := builder{p: p, is: is, set: map[connectors.Field]connectors.Value{}, kept: map[register.Field]bool{}}
	b.edit.have = is.Fields[connectors.Labels].Items
	b.now = p.Read(is)
	b.view = b.now.View
	body, hasBody := is.Fields[connectors.Body]
	b.body = body.Text
	for _, f := range slices.Sorted(maps.Keys(want)) {
		if _, ok := p.Field(f); !ok && f != register.FieldState {
			return connectors.Patch{}, fmt.Errorf("field %s is not mapped in binding %s", f, p.Binding)
		}
	}
	for _, m := range p.Fields {
		raw, ok := want[m.Field]
		if !ok {
			continue
		}
		if err := b.field(m, raw); err != nil {
			return connectors.Patch{}, err
		}
	}
	patch := connectors.Patch{Set: b.set}
	if raw, ok := want[register.FieldState]; ok {
		if err := b.state(raw, &patch); err != nil {
			return connectors.Patch{}, err
		}
	}
	if hasBody && b.body != body.Text {
		patch.Set[connectors.Body] = connectors.Value{Text: b.body}
	}
	patch.AddLabels, patch.RemoveLabels = b.edit.added, b.edit.removed
	slices.Sort(patch.AddLabels)
	slices.Sort(patch.RemoveLabels)
	if len(patch.Set) == 0 {
		patch.Set = nil
	}
	if patch.Empty() {
		return patch, nil
	}
	return patch, b.check(patch, want)
}

// A builder collects a Patch.
type builder struct {
	p    *Profile
	is   *connectors.Issue
	now  Reading
	view View // of the issue before the patch
	set  map[connectors.Field]connectors.Value
	edit labelEdit
	body string
	// kept holds the fields that already mean what was asked for.
	kept map[register.Field]bool
}

// field makes the place of m show raw.
func (b *builder) field(m FieldMap, raw string) error {
	value, ok := b.p.lift(m, raw)
	if !ok {
		return fmt.Errorf("%s cannot show %s", m.Place(), quote(raw))
	}
	shown, has := b.view[m.Field]
	if has && (shown.Raw == raw || m.Remote.Kind != KindSection && b.p.info(m.Field).Type == register.TypeEnum && shown.Value == value) {
		b.kept[m.Field] = true
		return nil
	}
	u := b.now.Unknown[m.Field]
	if u.Why == Unreadable {
		return fmt.Errorf("%s of %s is not overwritten: %s", m.Field, b.is.Ref, u.What)
	}
	if u.Why == Unplaced && raw == "" {
		b.kept[m.Field] = true // it is empty already
		return nil
	}
	old, ok := b.is.Fields[m.remote()]
	if !ok {
		return fmt.Errorf("issue %s has no place for %s: %s", b.is.Ref, m.Field, m.Place())
	}
	switch m.Remote.Kind {
	case KindTitle:
		if raw == "" {
			return fmt.Errorf("the title of %s cannot be empty", b.is.Ref)
		}
		b.set[connectors.Title] = connectors.Value{Text: raw}
	case KindBody:
		l := lay(b.body, b.p.headings())
		to := l.tail
		if b.p.sections() {
			to = l.lead.to
		}
		if b.p.Markup == MarkupWiki {
			b.body = l.overwrite(0, to, raw)
		} else {
			b.body = l.replace(0, to, raw)
		}
	case KindSection:
		b.section(m, raw)
	case KindLabel:
		for _, h := range b.edit.have {
			if hasPrefixFold(h, m.Remote.Name) && !strings.EqualFold(h, m.Remote.Name+raw) {
				b.edit.drop(h)
			}
		}
		if raw != "" {
			b.edit.add(m.Remote.Name + raw)
		}
	case KindLabels:
		b.labels(raw)
	default:
		b.set[m.remote()] = b.p.value(m, raw, old)
	}
	return nil
}

// section makes the section of m say raw.
func (b *builder) section(m FieldMap, raw string) {
	l := lay(b.body, b.p.headings())
	s, n := l.find(m.Remote)
	if n > 0 && b.p.info(m.Field).Type != register.TypeText {
		want := strings.FieldsFunc(raw, func(r rune) bool { return r == '\n' })
		members := func(option string) []string {
			one, _ := b.p.raw(m, connectors.Value{Text: option}, b.is.Users)
			return strings.FieldsFunc(one, func(r rune) bool { return r == '\n' })
		}
		if boxes, ok := tick(l.body[s.from:s.to], want, members); ok {
			b.body = l.body[:s.from] + boxes + l.body[s.to:]
			return
		}
	}
	if raw == "" {
		raw = noResponse
	}
	if n > 0 {
		b.body = l.replace(s.from, s.to, under(raw, sectionLevel, s.level))
	} else {
		b.body = l.add(m.Remote.Name, raw)
	}
}

// value returns raw as the content of a whole field. A set goes as a list unless
// the field holds text now.
func (p *Profile) value(m FieldMap, raw string, old connectors.Value) connectors.Value {
	if p.info(m.Field).Type == register.TypePerson && strings.Contains(raw, "\n") {
		ids := strings.Split(raw, "\n")
		return connectors.Value{Text: ids[0], Items: ids}
	}
	if p.info(m.Field).Type != register.TypeSet || raw == "" {
		return connectors.Value{Text: raw}
	}
	if old.Text != "" && len(old.Items) == 0 {
		return connectors.Value{Text: raw}
	}
	return connectors.Value{Items: strings.Split(raw, "\n")}
}

// labels adds and removes people's labels until exactly those of raw are there. Case does not
// count.
func (b *builder) labels(raw string) {
	want := strings.FieldsFunc(raw, func(r rune) bool { return r == '\n' })
	for _, h := range b.edit.have {
		if l := b.p.label(h); l != "" && !b.p.own(l) && !containsFold(want, l) {
			b.edit.drop(h)
		}
	}
	for _, l := range want {
		if !slices.ContainsFunc(b.edit.have, func(h string) bool { return strings.EqualFold(b.p.label(h), l) }) {
			b.edit.add(l)
		}
	}
}

// sameLabels reports whether two raw values of the labels differ only in case.
func (p *Profile) sameLabels(f register.Field, x, y string) bool {
	m, ok := p.Field(f)
	fold := func(s string) string { return lines(strings.Split(strings.ToLower(s), "\n")) }
	return ok && m.Remote.Kind == KindLabels && fold(x) == fold(y)
}

// state makes the issue show the entry spelled raw.
func (b *builder) state(raw string, patch *connectors.Patch) error {
	i := b.p.byRaw(raw)
	if i < 0 {
		return fmt.Errorf("no status of binding %s is spelled %s", b.p.Binding, quote(raw))
	}
	if b.view[register.FieldState].Value == string(b.p.States[i].State) {
		b.kept[register.FieldState] = true
		return nil
	}
	b.p.statePatch(b.is, i, &b.edit, patch)
	return nil
}

// check reads the issue as it will be after the patch: the wanted fields must show their new
// value, and all others their present one.
func (b *builder) check(patch connectors.Patch, want map[register.Field]string) error {
	after := *b.is
	after.Fields = maps.Clone(b.is.Fields)
	maps.Copy(after.Fields, patch.Set)
	if _, ok := after.Fields[connectors.Labels]; ok || len(b.edit.after()) > 0 {
		after.Fields[connectors.Labels] = connectors.Value{Items: b.edit.after()}
	}
	if patch.Status != nil {
		after.Status = connectors.Status{Name: patch.Status.Name, Reason: patch.Status.Reason}
	}
	if body := after.Fields[connectors.Body].Text; b.p.BodyLimit > 0 && body != b.is.Fields[connectors.Body].Text && runes(body) > b.p.BodyLimit {
		return fmt.Errorf("the description of %s would be longer than %d characters", b.is.Ref, b.p.BodyLimit)
	}
	seen := b.p.Read(&after)
	for f, raw := range want {
		if b.kept[f] {
			raw = b.view[f].Raw
		}
		if got, known := seen.Shows(f); !known || got != raw && !b.p.sameLabels(f, got, raw) {
			return fmt.Errorf("%s of %s cannot be written: the issue would show %s", f, b.is.Ref, quote(got))
		}
	}
	for f, s := range b.view {
		if _, asked := want[f]; !asked && seen.View[f].Raw != s.Raw {
			return fmt.Errorf("%s of %s would change too; close the code block above it in the description", f, b.is.Ref)
		}
	}
	return nil
}
