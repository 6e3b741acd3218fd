package mapping

import (
	"errors"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// Draft returns a new issue that shows the raw values of want. A description with sections has
// one "### Heading" for each section of the profile, in its order, and "_No response_" in a
// section without a value, as GitHub's own forms write it. A section that is about other kinds of
// record is left out while it has no value. backlink, if any, names the twin in
// a last line that belongs to no field.
//
// A draft has no status: the state shows in a label, and only if the wanted one is
// a variant of the status a new issue starts in (the first of Profile.States).
func (p *Profile) Draft(want map[register.Field]string, marker, backlink string) (connectors.Draft, error) {
	blank := &connectors.Issue{
		Fields: map[connectors.Field]connectors.Value{connectors.Body: {}, connectors.Labels: {}},
	}
	if len(p.States) > 0 {
		blank.Status.Name = p.States[0].Status
	}
	for _, m := range p.Fields {
		blank.Fields[m.remote()] = connectors.Value{}
	}
	body := p.form(want)
	if backlink != "" {
		if body != "" {
			body += "\n"
		}
		body += linked + strings.Join(strings.Fields(backlink), " ") + "\n"
	}
	blank.Fields[connectors.Body] = connectors.Value{Text: body}
	state, hasState := want[register.FieldState]
	fields := map[register.Field]string{}
	for f, raw := range want {
		if f != register.FieldState {
			fields[f] = raw
		}
	}
	if i := p.byRaw(state); hasState && i >= 0 && strings.EqualFold(p.States[i].Status, blank.Status.Name) {
		fields[register.FieldState] = state
	}
	patch, err := p.Patch(blank, fields)
	if err != nil {
		return connectors.Draft{}, err
	}
	d := connectors.Draft{Fields: map[connectors.Field]connectors.Value{}, Marker: marker}
	for f, v := range patch.Set {
		if v.Text != "" || len(v.Items) > 0 {
			d.Fields[f] = v
		}
	}
	if _, ok := d.Fields[connectors.Body]; !ok && body != "" {
		d.Fields[connectors.Body] = connectors.Value{Text: body}
	}
	labels := patch.AddLabels
	if i := p.byRaw(state); hasState && i >= 0 && strings.EqualFold(p.States[i].Status, blank.Status.Name) {
		if l := p.States[i].Label; l != "" && !containsFold(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) > 0 {
		slices.Sort(labels)
		d.Fields[connectors.Labels] = connectors.Value{Items: labels}
	}
	if d.Fields[connectors.Title].Text == "" {
		return connectors.Draft{}, errors.New("a new issue needs a title")
	}
	return d, nil
}

// form returns the sections of an empty description of a record.
func (p *Profile) form(want map[register.Field]string) string {
	var b strings.Builder
	kind, _ := p.Lift(register.FieldKind, want[register.FieldKind])
	for _, m := range p.Fields {
		if m.Remote.Kind != KindSection || want[m.Field] == "" && !register.Concerns(register.Kind(kind), m.Field) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("### " + m.Remote.Name + "\n\n" + noResponse + "\n")
	}
	return b.String()
}
