package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

func TestALineIsReadAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct {
		line string
		want register.ValueLine
	}{
		{"2026-Q3: 97", register.ValueLine{Period: "2026-Q3", Value: "97"}},
		{"- 2026-q3 97 %", register.ValueLine{Period: "2026-Q3", Value: "97 %"}},
		{"* 2026-09 = passed", register.ValueLine{Period: "2026-09", Value: "passed"}},
		{"2026-07-01..2026-07-31: 5", register.ValueLine{Period: "2026-07", Value: "5"}},
		{"2026-Q3: 98 because two tests were counted twice", register.ValueLine{Period: "2026-Q3", Value: "98", Note: "two tests were counted twice"}},
		{"2026-Q3: 98 weil zwei Tests doppelt zählten", register.ValueLine{Period: "2026-Q3", Value: "98", Note: "zwei Tests doppelt zählten"}},
		{"2026-Q3: 97 → 98 (≥ 95 % ✓); two tests (of ten) were counted twice", register.ValueLine{Period: "2026-Q3", Value: "98", Note: "two tests (of ten) were counted twice"}},
		{`\- 2026-Q3: 97 -> 98 (\< 4 days ✓)`, register.ValueLine{Period: "2026-Q3", Value: "98"}},
	} {
		lines, unread := register.ReadValues("\n" + c.line + "\n\n")
		if len(lines) != 1 || len(unread) > 0 {
			t.Errorf("%q is read as %v, and %q is not read", c.line, lines, unread)
			continue
		}
		lines[0].Text = ""
		if d := cmp.Diff(c.want, lines[0]); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.line, d)
		}
	}
}

func TestALineWithoutPeriodOrValueIsNotRead(t *testing.T) {
	text := "97\n2026-Q5: 97\nMeasured by the backup team.\n2026-Q3:\n2026-Q3: " + strings.Repeat("9", 70)
	lines, unread := register.ReadValues(text)
	if len(lines) > 0 || len(unread) != 5 {
		t.Errorf("read %v, and not %q", lines, unread)
	}
	if lines, _ := register.ReadValue(" 97 % "); len(lines) != 1 || lines[0].Period != "" || lines[0].Value != "97 %" {
		t.Errorf("a short field with 97 %% is read as %v", lines)
	}
}

func TestTheRegisterShowsACorrectionWithBothValues(t *testing.T) {
	r := evaluation(register.Measure)
	for _, e := range []register.Enter{
		{Period: "2026-Q2", Value: "90"},
		{Period: "2026-Q3", Source: "http", Note: "no answer"},
		{Period: "2026-Q3", Value: "97 %"},
		{Period: "2026-Q3", Value: "98", Note: "Two tests\nwere counted `twice`."},
	} {
		next, err := enter(r, e, at(now))
		if err != nil {
			t.Fatal(err)
		}
		r = next
	}
	want := "- 2026-Q3: 97 → 98 (≥ 95 % ✓); Two tests were counted twice.\n- 2026-Q2: 90 (≥ 95 % ✗)"
	if got := register.Values(r); got != want {
		t.Errorf("the values are\n%s\nwant\n%s", got, want)
	}
	if got, want := register.LatestValue(r), "2026-Q3: 97 → 98 (≥ 95 % ✓); Two tests were counted twice."; got != want {
		t.Errorf("the latest value is %q, want %q", got, want)
	}
	beside, _ := register.ReadValues("2026-Q4: 99 because we hope so")
	if got := register.Values(r, beside...); !strings.HasPrefix(got, "- 2026-Q4: 99 because we hope so\n- 2026-Q3") {
		t.Errorf("with a line beside the values are\n%s", got)
	}
}

// An edit of an issue enters a value as a comment does, and is told what to write on the line.
func TestAValueIsTypedIntoAnIssue(t *testing.T) {
	typed := func(person string) register.Author {
		return register.Author{Person: person, At: now, How: register.ByEdit, Event: "e1", From: "gh-isms"}
	}
	r, err := enter(evaluation(register.Measure), register.Enter{By: typed("ana"), Value: "97"}, at(now))
	if err != nil || r.Measurements[0].Period != "2026-Q3" {
		t.Fatalf("a value without a period: %v, %+v", err, r.Measurements)
	}
	for _, c := range []struct {
		name  string
		enter register.Enter
		told  string
	}{
		{"a change needs a reason on its line", register.Enter{By: register.Author{Person: "ana", At: now, How: register.ByEdit, Event: "e2"}, Period: "2026-Q3", Value: "98"}, "say on the line why another one is right, as in `2026-Q3: 97 because …`"},
		{"and one that says something", register.Enter{By: register.Author{Person: "ana", At: now, How: register.ByEdit, Event: "e2"}, Period: "2026-Q3", Value: "98", Note: "it was forgotten"}, "the reason for another one"},
		{"a value without a period may be meant for two", register.Enter{By: register.Author{Person: "ana", At: now, How: register.ByEdit, Event: "e2"}, Value: "98"}, "write the period on the line, as in `2026-Q4: 97`"},
		{"a stranger enters nothing", register.Enter{By: register.Author{Person: "account:gh-isms:7", At: now, How: register.ByEdit, Event: "e2"}, Period: "2026-Q4", Value: "98"}, "your account is not in the register's list of people"},
		{"a program enters nothing", register.Enter{By: register.Author{Person: "ana", At: now, How: register.ByEdit, Event: "e2", Bot: true}, Period: "2026-Q4", Value: "98"}, "enter the value with an account of your own"},
		{"nor does somebody whom the tracker does not name", register.Enter{By: register.Author{At: now, How: register.ByEdit, Event: "e2"}, Period: "2026-Q4", Value: "98"}, "your account is not in the register's list of people"},
	} {
		_, err := register.Decide(r, c.enter, at(now), register.DefaultPolicy())
		no, refused := err.(register.Refusal) //nolint:errorlint // Decide returns it as it is
		if !refused || !strings.Contains(no.Message().String(), c.told) {
			t.Errorf("%s: told %v, want %q", c.name, err, c.told)
		}
	}
}

// The register writes the values itself: nobody gives them as the value of a field.
func TestNobodySetsADerivedField(t *testing.T) {
	for _, f := range []register.Field{register.FieldValues, register.FieldValue, register.FieldRef, register.FieldMissing} {
		r := evaluation(register.Measure)
		by := register.Author{Person: "ira", At: now, How: register.ByTerminal, Event: "e1", From: "register"}
		facts, _ := register.Decide(r, register.Propose{By: by, Field: f, Value: "2026-Q3: 97"}, at(now), register.DefaultPolicy())
		if got := register.Replay(r, facts); got.Fields[f] != "" || len(got.Proposals) > 0 {
			t.Errorf("%s was set to %q, %d proposals", f, got.Fields[f], len(got.Proposals))
		}
		facts, err := register.Decide(r, register.Determine{By: by, Field: f, Value: "2026-Q3: 97", Reason: "because it is so"}, at(now), register.DefaultPolicy())
		if got := register.Replay(r, facts); err == nil || got.Fields[f] != "" {
			t.Errorf("%s was decided: %v", f, err)
		}
	}
}

// A new value changes no earlier one, and the lines of the register read back to what it has.
func TestValuesOnlyGrowAndReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := evaluation(register.Measure)
		for i := range rapid.IntRange(1, 12).Draw(t, "entries") {
			before := slices.Clone(r.Measurements)
			c := register.Enter{
				By:     register.Author{Person: rapid.SampledFrom([]string{"ana", "zoe", ""}).Draw(t, "person"), At: now.Add(time.Duration(i) * time.Second), How: register.ByEdit, Event: fmt.Sprint("e", rapid.IntRange(0, i).Draw(t, "event"))},
				Period: rapid.SampledFrom([]string{"", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2027-Q1", "2026-09"}).Draw(t, "period"),
				Value:  rapid.SampledFrom([]string{"97", "0", "-3.5 %", "1,5", "much", ""}).Draw(t, "value"),
				Note:   rapid.SampledFrom([]string{"", "two tests were counted twice; that is wrong", "the log (of March) was # read twice because it was long", "**no** <!-- idea --> → 5"}).Draw(t, "note"),
			}
			facts, _ := register.Decide(r, c, at(now.Add(time.Hour)), register.DefaultPolicy())
			r = register.Replay(r, facts)
			if len(r.Measurements) < len(before) || cmp.Diff(before, r.Measurements[:len(before)], cmp.AllowUnexported()) != "" && len(before) > 0 {
				t.Fatalf("a value changed: %v, was %v", r.Measurements, before)
			}
		}
		lines, unread := register.ReadValues(register.Values(r))
		if len(unread) > 0 {
			t.Fatalf("not read: %q", unread)
		}
		for _, l := range lines {
			if !register.Holds(r, l) {
				t.Fatalf("%q reads back as %+v, and the register has %v", l.Text, l, r.Measurements)
			}
		}
	})
}
