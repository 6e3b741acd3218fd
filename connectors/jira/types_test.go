package jira_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// everyKind is a field of every kind that can be read and written.
func everyKind() []jirasim.Field {
	systems := []string{"Identity", "Network", "Backup"}
	return []jirasim.Field{
		{Name: "Line", Kind: jirasim.KindText},
		{Name: "Paragraph", Kind: jirasim.KindParagraph},
		{Name: "Link", Kind: jirasim.KindURL},
		{Name: "Tags", Kind: jirasim.KindLabels},
		{Name: "Select", Kind: jirasim.KindSelect, Options: systems},
		{Name: "Radio", Kind: jirasim.KindRadio, Options: systems},
		{Name: "Multi", Kind: jirasim.KindMultiSelect, Options: systems},
		{Name: "Boxes", Kind: jirasim.KindCheckboxes, Options: systems},
		{Name: "Cascade", Kind: jirasim.KindCascading, Options: []string{"Process", "In / out", "/"}, Children: map[string][]string{
			"Process": {"Hand-over", "Either / or", `\/ back`}, "In / out": {"Both"},
		}},
		{Name: "Person", Kind: jirasim.KindUser},
		{Name: "People", Kind: jirasim.KindMultiUser},
		{Name: "Group", Kind: jirasim.KindGroup},
		{Name: "Groups", Kind: jirasim.KindMultiGroup},
		{Name: "Day", Kind: jirasim.KindDate},
		{Name: "Moment", Kind: jirasim.KindDateTime},
		{Name: "Number", Kind: jirasim.KindNumber},
		{Name: "Release", Kind: jirasim.KindVersion},
		{Name: "Releases", Kind: jirasim.KindVersions},
		{Name: "Where from", Kind: jirasim.KindProject},
	}
}

// kinds opens a Jira with a field of every kind, all of them read.
func kinds(t *testing.T, deployment string, more ...jirasim.Field) *rig {
	t.Helper()
	fields := append(everyKind(), more...)
	o := jirasim.Options{Deployment: deployment, Fields: fields, Versions: []string{"1.0", "2.0"}, Components: []string{"Door", "Gate"}}
	return open(t, o, func(c *jira.Config) {
		c.Fields = []string{"components", "fixVersions"}
		for _, f := range fields {
			c.Fields = append(c.Fields, f.Name)
		}
	})
}

func both(t *testing.T, f func(t *testing.T, deployment string)) {
	t.Helper()
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(d, func(t *testing.T) { f(t, d) })
	}
}

// Each kind of field is written and read, and cleared.
func TestEveryKindOfField(t *testing.T) {
	text := func(s string) connectors.Value { return connectors.Value{Text: s} }
	items := func(s ...string) connectors.Value { return connectors.Value{Items: s} }
	both(t, func(t *testing.T, d string) {
		r := kinds(t, d)
		erik, rita := r.sim.Person("erik").AccountID(), r.sim.Person("rita").AccountID()
		people := slices.Sorted(slices.Values([]string{erik, rita}))
		values := map[string][]connectors.Value{
			"Line": {text("one")}, "Paragraph": {text("one\ntwo")}, "Link": {text("https://example.com/?a=b#c")},
			"Tags": {items("a", "b")}, "Select": {text("Backup")}, "Radio": {text("Network")},
			"Multi": {items("Backup", "Identity"), items("Network")}, "Boxes": {items("Network")},
			"Cascade": {
				text("Process / Hand-over"), text("Process"), text(`Process / Either \/ or`), text(`In \/ out / Both`), text(`In \/ out`), text(`\/`), text(`Process / \\/ back`),
			},
			"Person": {text(erik), text(rita)}, "People": {items(people...), items(rita)},
			"Group": {text("reviewers")}, "Groups": {items("isms-managers", "reviewers")},
			"Day": {text("2026-12-24")}, "Moment": {text("2026-12-24T15:04:00Z")},
			"Number":  {text("12"), text("12.5"), text("-0.25"), text("123456789"), text("0.0001"), text("0")},
			"Release": {text("2.0")}, "Releases": {items("1.0", "2.0")}, "Where from": {text("ISMS")},
			"components": {items("Door", "Gate")}, "fixVersions": {items("1.0")},
		}
		all := map[connectors.Field]connectors.Value{connectors.Title: text("x"), connectors.Type: text("Nonconformity")}
		for name, vs := range values {
			all[connectors.Custom(name)] = vs[0]
		}
		w, err := r.client.Create(t.Context(), connectors.Draft{Fields: all, Marker: "record-0001"})
		must(t, err)
		is := r.get(t, w.Ref)
		for f, want := range all {
			if diff := cmp.Diff(want, is.Fields[f]); diff != "" {
				t.Errorf("%s after the create (-want +got):\n%s", f, diff)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			f := connectors.Custom(name)
			for _, v := range append(values[name], connectors.Value{}) {
				r.update(t, w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: v}})
				got, there := r.get(t, w.Ref).Fields[f]
				if diff := cmp.Diff(v, got); diff != "" || !there {
					t.Errorf("%s after an update, there %t (-want +got):\n%s", name, there, diff)
				}
			}
		}
	})
}

// What a person sets is read in the same form.
func TestKindsAsPeopleSetThem(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := kinds(t, d)
		olga := r.sim.Person("olga")
		ref := r.file(t, "x", nil)
		// Olga writes in her own time zone.
		must(t, olga.Edit(ref.ID, map[string]any{"Moment": "2026-12-24T18:30:00.000-0800", "Number": 12, "Cascade": "Process / Hand-over"}))
		must(t, olga.Edit(ref.ID, map[string]any{"Cascade": "In / out"}))
		is := r.get(t, ref)
		for name, want := range map[string]string{"Moment": "2026-12-25T02:30:00Z", "Number": "12", "Cascade": `In \/ out`} {
			if got := is.Fields[connectors.Custom(name)].Text; got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		var moves []string
		for _, c := range is.Changes {
			if c.Field == "field:Cascade" || c.Field == "field:Moment" {
				moves = append(moves, c.From+" > "+c.To)
			}
		}
		slices.Sort(moves)
		want := []string{" > 2026-12-25T02:30:00Z", " > Process / Hand-over", `Process / Hand-over > In \/ out`}
		if diff := cmp.Diff(want, moves); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

// A value that is none of its field's type is refused with the field's name, before
// it is sent or by Jira.
func TestValuesOfAnotherType(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := kinds(t, d)
		ref := r.file(t, "x", nil)
		for _, x := range []struct {
			field string
			value connectors.Value
			words string
		}{
			{"Number", connectors.Value{Text: "1,5"}, "takes a number"},
			{"Number", connectors.Value{Text: "NaN"}, "takes a number"},
			{"Number", connectors.Value{Text: "0x10"}, "takes a number"},
			{"Number", connectors.Value{Text: "1e999"}, "takes a number"},
			{"Moment", connectors.Value{Text: "tomorrow"}, "takes a time"},
			{"Select", connectors.Value{Items: []string{"Backup", "Network"}}, "takes one value"},
			{"Cascade", connectors.Value{Text: "Process / Hand-over / Twice"}, "takes an option"},
			{"Cascade", connectors.Value{Text: " / Hand-over"}, "takes an option"},
			{"Cascade", connectors.Value{Text: "Person"}, "Could not find valid 'id' or 'value' in the Parent Option object."},
			{"Cascade", connectors.Value{Text: "Process / Both"}, "Option value 'Both' is not valid"},
			{"Radio", connectors.Value{Text: "Moon"}, "Option value 'Moon' is not valid"},
			{"Boxes", connectors.Value{Items: []string{"Backup", "Moon"}}, "Option value 'Moon' is not valid"},
			{"Release", connectors.Value{Text: "9"}, "Version name '9' is not valid"},
			{"components", connectors.Value{Items: []string{"Moon"}}, "Component name 'Moon' is not valid"},
			{"Groups", connectors.Value{Items: []string{"moon"}}, "Group 'moon' does not exist."},
			{"Where from", connectors.Value{Text: "MOON"}, "valid project is required"},
			{"Link", connectors.Value{Text: strings.Repeat("x", 256)}, "255 characters"},
			{"Day", connectors.Value{Text: "31.12."}, "Error parsing date string"},
		} {
			f := connectors.Custom(x.field)
			_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: x.value}})
			if e := refusal(t, err); len(e.Fields) != 1 || !strings.Contains(e.Fields[f], x.words) {
				t.Errorf("%s = %v: refused for %v, want %q of the field", x.field, x.value, e.Fields, x.words)
			}
		}
		// A date alone is the beginning of the day.
		r.update(t, ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Custom("Moment"): {Text: "2026-12-24"}}})
		if got := r.get(t, ref).Fields[connectors.Custom("Moment")].Text; got != "2026-12-24T00:00:00Z" {
			t.Errorf("Moment = %q, want the beginning of the day", got)
		}
	})
}

// A field of a type that is not supported is told by the check, is read as unreadable
// and not as absent, and is never written.
func TestAFieldOfAnUnsupportedType(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := kinds(t, d, jirasim.Field{Name: "Sprint", Kind: jirasim.KindSprint})
		sprint := connectors.Custom("Sprint")
		got, err := r.client.Check(t.Context())
		must(t, err)
		want := connectors.Problem{
			Code: "unsupported-field", Field: sprint,
			What:   `the field "Sprint" is neither read nor written: fields of this type are not supported (list of json, com.pyxis.greenhopper.jira:gh-sprint)`,
			Remedy: "map a field of another type, such as a text, a date or a select list",
		}
		if diff := cmp.Diff([]connectors.Problem{want}, got.Problems); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		ref := r.file(t, "x", map[string]any{"Sprint": 7})
		is := r.get(t, ref)
		if _, there := is.Fields[sprint]; there || !strings.Contains(is.Unreadable[sprint], "not supported") {
			t.Errorf("Fields, Unreadable = %v, %v, want the sprint unreadable", is.Fields[sprint], is.Unreadable)
		}
		_, err = r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{sprint: {Text: "8"}}})
		if e := refusal(t, err); !strings.Contains(e.Fields[sprint], "fields of this type are not supported") {
			t.Errorf("refused for %v, want the type of the field", e.Fields)
		}
		if n := r.sim.Faults().Count("PUT", ""); n != 0 {
			t.Errorf("%d edits were sent, want none", n)
		}
	})
}

// A value that is not of its field's type is unreadable; the rest of the issue is read.
func TestAValueThatIsNotOfItsType(t *testing.T) {
	const at = `"status":{"name":"Open"},"created":"2026-11-24T09:30:15.000+0000","updated":"2026-11-24T09:30:15.000+0000"`
	for name, x := range map[string]struct{ schema, value string }{
		"number as a text":          {`{"type":"number"}`, `"12"`},
		"number as an object":       {`{"type":"number"}`, `{"value":12}`},
		"text as a document":        {`{"type":"string"}`, `{"type":"doc","version":1}`},
		"text as a number":          {`{"type":"string"}`, `12`},
		"option as a text":          {`{"type":"option"}`, `"Backup"`},
		"option without a value":    {`{"type":"option"}`, `{"id":"1"}`},
		"option with an empty one":  {`{"type":"option"}`, `{"value":""}`},
		"child without a value":     {`{"type":"option-with-child"}`, `{"value":"Process","child":{"id":"2"}}`},
		"person without an account": {`{"type":"user"}`, `{"displayName":"Erik"}`},
		"one for several":           {`{"type":"array","items":"option"}`, `{"value":"Backup"}`},
		"several with a wrong one":  {`{"type":"array","items":"option"}`, `[{"value":"Backup"},null]`},
		"moment that is none":       {`{"type":"datetime"}`, `"soon"`},
		"no type at all":            {`{}`, `"x"`},
		"any type":                  {`{"type":"any","custom":"com.acme:thing"}`, `"x"`},
	} {
		c := replay(t, "Cloud", map[string]string{
			"/field":   `[{"id":"summary","name":"Summary"},{"id":"customfield_1","name":"F","custom":true,"schema":` + x.schema + `}]`,
			"/issue/1": `{"id":"1","key":"ISMS-1","fields":{"summary":"x","customfield_1":` + x.value + `,` + at + `}}`,
		}, "F")
		is, err := c.Get(t.Context(), connectors.Ref{ID: "1"})
		must(t, err)
		if why := is.Unreadable["field:F"]; why == "" || strings.Contains(why, "()") {
			t.Errorf("%s: Unreadable = %q, want a reason with the type", name, why)
		}
		if _, there := is.Fields["field:F"]; there || is.Fields[connectors.Title].Text != "x" {
			t.Errorf("%s: Fields = %v, want the title alone", name, is.Fields)
		}
	}
}
