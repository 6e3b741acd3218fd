package plan_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// measure is a measure in force.
func measure() register.Record {
	return register.Record{Ref: "MEA-2026-0001", State: register.Implementing, Fields: map[register.Field]string{
		register.FieldTitle: "Restore tests", register.FieldKind: string(register.Measure), register.FieldTarget: "≥ 95 %", register.FieldCadence: string(register.Quarterly),
	}}
}

// measured are an issue with its values under a heading, and one with them in two fields in Jira's markup.
func measured() []plan.Side {
	section := profile("left")
	section.Fields[2] = mapping.FieldMap{Field: register.FieldValues, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Values"}}
	fields := profile("right")
	fields.Markup = mapping.MarkupWiki
	fields.Fields = append(fields.Fields[:2],
		mapping.FieldMap{Field: register.FieldValues, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Values"}},
		mapping.FieldMap{Field: register.FieldValue, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Latest value"}},
	)
	for _, p := range []*mapping.Profile{section, fields} {
		p.States = []mapping.StateMap{{Status: "open", State: register.Implementing}, {Status: "closed", State: register.Closed}}
	}
	left, right := issue("1", "Restore tests", "", "open"), issue("2", "Restore tests", "", "open")
	left.Fields[connectors.Body] = connectors.Value{Text: "### Values\n\n_No response_\n"}
	right.Fields[connectors.Custom("Values")], right.Fields[connectors.Custom("Latest value")] = connectors.Value{}, connectors.Value{}
	return []plan.Side{side(section, left, measure()), side(fields, right, measure())}
}

// write has somebody write a text into a place of an issue.
func write(s *plan.Side, f register.Field, text string, by register.Author) {
	is := *s.Issue
	is.Fields = maps.Clone(s.Issue.Fields)
	m, _ := s.Profile.Field(f)
	if m.Remote.Kind == mapping.KindSection {
		is.Fields[connectors.Body] = connectors.Value{Text: "### Values\n\n" + text + "\n"}
	} else {
		is.Fields[connectors.Custom(m.Remote.Name)] = connectors.Value{Text: text}
	}
	s.Issue, s.Reading = &is, s.Profile.Read(&is)
	by.From = s.Binding
	s.By = map[register.Field][]plan.Edit{f: {{Author: by, Value: s.Reading.View[f].Value, Told: true}}}
}

// No edit of the places of values removes or changes a value of the register. What people type is in the register, or they are
// told that it is not. The plan comes to rest, and then the places show what the register has.
func TestValuesSurviveEveryEdit(t *testing.T) {
	var entered, told, unread, corrected, removed int
	seen := drawtest.Some{"a value entered": &entered, "a line told as not taken": &told, "a line that is no value": &unread, "a correction": &corrected, "a line taken out": &removed}
	line := rapid.SampledFrom([]string{
		"2026-Q3: 97", "2026-Q3: 96 because one of 25 tests was left out", "- 2026-Q2: 90 %", "* 2026-Q2: 99; the log was read twice", "2026-Q1 - 97", "2026-Q1: 1,5", "2027-Q3: 99",
		"2026-09: 98", "Measured by the backup team.", "| a | b |", "2025-Q4: 94 weil *alles* <b>fehlte</b> & mehr", "97", "2026-Q3:", "",
	})
	person := rapid.SampledFrom([]string{"ana", "ana", "account:left:7", ""})
	drawtest.Until(t, seen.Lacking, func(t *rapid.T) {
		in := input(measure(), measured()...)
		for i := range rapid.IntRange(1, 6).Draw(t, "edits") {
			s := &in.Sides[rapid.IntRange(0, 1).Draw(t, "side")]
			f := register.FieldValues
			if s.Binding == "right" && rapid.Bool().Draw(t, "short") {
				f = register.FieldValue
			}
			text := line.Draw(t, "line")
			if f == register.FieldValues {
				kept := strings.Split(s.Reading.View[f].Raw, "\n")
				if rapid.IntRange(0, 3).Draw(t, "take out") == 0 {
					kept = kept[1:]
					removed++
				}
				text = strings.Join(append(kept, rapid.SliceOfN(line, 0, 3).Draw(t, "lines")...), "\n")
			}
			write(s, f, text, register.Author{Person: person.Draw(t, "person"), At: now.Add(time.Duration(i) * time.Minute), Means: "changelog"})
			if rapid.IntRange(0, 4).Draw(t, "terminal") == 0 {
				c := register.Enter{By: register.Author{Person: "ana", At: now, How: register.ByTerminal, Event: "t" + string(rune('0'+i)), From: "register"}, Period: "2025-Q1", Value: "95"}
				facts, _ := register.Decide(in.Record, c, in.Context, in.Policy)
				in.Record = register.Replay(in.Record, facts)
			}
			in.Context.At = now.Add(time.Hour)
			p := plan.Make(in)
			if !reflect.DeepEqual(p, plan.Make(in)) {
				t.Fatalf("two plans for one input")
			}
			for rounds := 0; ; rounds++ {
				grown(t, in.Record, p)
				for _, v := range p.Verdicts {
					n := slices.IndexFunc(p.Typed, func(e plan.Event) bool { return e.ID == v.Event })
					in.Answers = append([]plan.Answer{{Event: p.Typed[n], Told: v.Told}}, in.Answers...)
					if v.Told != "" {
						told++
					} else {
						entered++
					}
				}
				next := settle(t, in, p)
				for i := range next.Sides {
					next.Sides[i].By = nil
				}
				if still(p) && rounds > 0 {
					break
				}
				if rounds == 4 {
					t.Fatalf("no rest after %d rounds: %+v", rounds, p.Actions)
				}
				in, p = next, plan.Make(next)
			}
			for i := range in.Sides {
				unread += shown(t, in.Record, p, &in.Sides[i])
			}
			corrected += strings.Count(register.Values(in.Record), "→")
		}
	})
}

// grown checks that a plan took no value away, and gave no field a text of values.
func grown(t *rapid.T, before register.Record, p plan.Plan) {
	t.Helper()
	n := len(before.Measurements)
	if len(p.Record.Measurements) < n || !slices.Equal(p.Record.Measurements[:n], before.Measurements) {
		t.Fatalf("the values were %v and are %v", before.Measurements, p.Record.Measurements)
	}
	if p.Record.Fields[register.FieldValues] != "" || p.Record.Fields[register.FieldValue] != "" {
		t.Fatalf("a field holds values: %v", p.Record.Fields)
	}
}

// shown checks what a place shows when a plan has come to rest: each value of the register, but where a line is no value,
// which is told and stands as it was. It returns how many such lines there are.
func shown(t *rapid.T, r register.Record, p plan.Plan, s *plan.Side) int {
	t.Helper()
	lines, unread := register.ReadValues(s.Reading.View[register.FieldValues].Value)
	problems := 0
	for _, x := range p.Problems {
		if x.Binding == s.Binding && x.Field == register.FieldValues {
			problems++
		}
	}
	if len(unread) > 0 {
		if problems != len(unread) {
			t.Fatalf("%s has %d lines that are no values, and %d problems", s.Binding, len(unread), problems)
		}
		return len(unread)
	}
	has, _ := register.ReadValues(register.Values(r))
	for _, l := range has {
		if !slices.ContainsFunc(lines, func(o register.ValueLine) bool { return o.Period == l.Period && register.Holds(r, o) }) {
			t.Fatalf("%s does not show %q: %v", s.Binding, l.Text, lines)
		}
	}
	if problems != len(lines)-len(has) {
		t.Fatalf("%s shows %v, the register has %v, and there are %d problems", s.Binding, lines, has, problems)
	}
	return 0
}

// typedBy returns the plan after a person typed a text into a place.
func typedBy(sides []plan.Side, n int, f register.Field, text, person string) plan.Plan {
	in := input(measure(), sides...)
	write(&in.Sides[n], f, text, register.Author{Person: person, At: now, Means: "changelog"})
	return plan.Make(in)
}

// A place that only shows the values enters none.
func TestAPlaceOfTheRegisterEntersNoValue(t *testing.T) {
	sides := measured()
	sides[0].Profile.Fields[2].Authority = mapping.AuthorityRegister
	p := typedBy(sides, 0, register.FieldValues, "2026-Q3: 97", "ana")
	if u := wrote(p, "left"); len(p.Record.Measurements) > 0 || len(p.Typed) > 0 || !slices.Equal(u.Reverts, []register.Field{register.FieldValues}) {
		t.Errorf("entered %v of %v, reverted %v, want the value of nobody and the line put back", p.Record.Measurements, p.Typed, u.Reverts)
	}
}

// A flood of lines fills neither the log nor the list of problems.
func TestAFloodOfLinesIsNotRead(t *testing.T) {
	p := typedBy(measured(), 0, register.FieldValues, strings.Repeat("2026-Q3: 97\n", 5000), "account:left:7")
	if len(p.Facts) > 0 || len(p.Typed) > 0 || len(p.Problems) != 1 || p.Problems[0].Code != "values-crowded" || len(wrote(p, "left").Want) > 0 {
		t.Errorf("%d facts, %d events, problems %+v", len(p.Facts), len(p.Typed), p.Problems)
	}
}

// What conformd repeats of a stranger mentions nobody, in the markup of neither tracker.
func TestATypedValueIsRepeatedInPlainWords(t *testing.T) {
	p := typedBy(measured(), 0, register.FieldValues, "2026-Q3: 97` @acme/all }} [~admin] <b>", "account:left:7")
	if len(p.Typed) != 1 {
		t.Fatalf("%d events, want 1", len(p.Typed))
	}
	if got, want := p.Typed[0].Command(), "2026-Q3: 97 acme/all  admin b"; got != want {
		t.Errorf("repeated as %q, want %q", got, want)
	}
}

// A heading that resembles one of another kind of record is no mistake: a nonconformity has no findings.
func TestAHeadingOfAnotherKindIsNotMissed(t *testing.T) {
	for kind, problems := range map[register.Kind]int{register.Audit: 1, register.Nonconformity: 0} {
		p := profile("gh")
		p.Fields[2] = mapping.FieldMap{Field: register.FieldFindings, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Findings"}}
		is := issue("1", "Badges", "", "open")
		is.Fields[connectors.Body] = connectors.Value{Text: "### Findings of the audit\n\nF-01\n"}
		rec := record("Badges", "", "")
		rec.Fields[register.FieldKind] = string(kind)
		if got := plan.Make(input(rec, side(p, is, rec))).Problems; len(got) != problems {
			t.Errorf("%s: problems %+v, want %d", kind, got, problems)
		}
	}
}
