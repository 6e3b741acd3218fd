package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	usual := []string{"saturday", "sunday"}
	for _, c := range []struct {
		name, file string
		want       register.Calendar
		errs       string
	}{
		{"an empty file is a usual week", "", register.Calendar{Weekend: usual}, ""},
		{
			"holidays with and without a name", "# Bavaria\nholidays:\n  - 2026-12-25 Christmas Day\n  - 2026-12-26\n",
			register.Calendar{Weekend: usual, Holidays: []register.Holiday{{Date: "2026-12-25", Name: "Christmas Day"}, {Date: "2026-12-26"}}},
			"",
		},
		{"another weekend", "weekend: [friday, saturday, friday]\n", register.Calendar{Weekend: []string{"friday", "saturday"}}, ""},
		{"no weekend", "weekend: []\n", register.Calendar{}, ""},
		{
			"wrong lines", "weekend: [saturday, Sonntag]\nholidays:\n  - 2026-12-25 Christmas Day\n  - 26.12.2026 Boxing Day\n  - 2026-02-30 a day that is none\n  - 2026-12-25 again\n  - {date: 2026-12-31}\nhollidays: []\n",
			register.Calendar{Weekend: []string{"saturday"}, Holidays: []register.Holiday{{Date: "2026-12-25", Name: "Christmas Day"}}},
			`days.yaml:1:21: CFG-007 weekend[1]: "Sonntag" is not one of the values; write monday, tuesday, wednesday, thursday, friday, saturday or sunday
days.yaml:7:5: CFG-005 holidays[4]: the value is a mapping; write a text
days.yaml:8:1: CFG-003 hollidays: there is no such key here; did you mean holidays?
days.yaml:4:5: CFG-009 holidays[1]: "26.12.2026 Boxing Day" does not begin with a date; write the date as 2026-12-25, and then a name
days.yaml:5:5: CFG-009 holidays[2]: "2026-02-30 a day that is none" does not begin with a date; write the date as 2026-12-25, and then a name
days.yaml:6:5: CFG-013 holidays[3]: 2026-12-25 stands twice, first on line 3; keep one of them`,
		},
		{
			"a week without a business day", "weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]\n",
			register.Calendar{Weekend: register.Weekdays()},
			"days.yaml:1:1: CFG-009 weekend: every day of the week is a day off; leave at least one business day",
		},
		{"no YAML", "holidays: [", register.Calendar{Weekend: usual}, "days.yaml:1:1: CFG-002 not YAML: did not find expected node content; check the indentation and the quotes of this line and the one above it"},
	} {
		got, errs := parseCalendar("days.yaml", []byte(c.file))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.errs, errs.Error()); diff != "" {
			t.Errorf("%s: mistakes (-want +got):\n%s", c.name, diff)
		}
	}
}

// A configuration names its calendar beside itself, and reports the mistakes of both files.
func TestCalendarBesideTheFile(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "conformd.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("conformd.yaml", string(small)+"\nregister: {calendar: days.yaml}\n")
	write("days.yaml", "holidays: [2026-12-25 Christmas Day]\n")
	c, err := Load(file, environment("T=x"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Calendar().Holidays; len(got) != 1 || got[0].Name != "Christmas Day" {
		t.Errorf("holidays = %v, want Christmas Day", got)
	}
	write("days.yaml", "holidays: [Christmas]\n")
	_, err = Load(file, environment("T=x"))
	if want := filepath.Join(dir, "days.yaml") + `:1:12: CFG-009 holidays[0]: "Christmas" does not begin with a date; write the date as 2026-12-25, and then a name`; err == nil || err.Error() != want {
		t.Errorf("Load = %v\nwant %s", err, want)
	}
}

// The times that conformd ships are those of the register, and leave each waiting time room.
func TestDefaultTimes(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("conformd.yaml", small, environment("T=x"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(register.DefaultTimes(), c.Times()); diff != "" {
		t.Errorf("times (-register +config):\n%s", diff)
	}
	c, err = Parse("conformd.yaml", append(small, "\nregister: {waiting_days: {minor: 200}}\n"...), environment("T=x"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Times()[3].Days[register.MilestoneVerification]; got != 200 {
		t.Errorf("the review of a minor is due after %d days, want 200: its waiting time", got)
	}
}
