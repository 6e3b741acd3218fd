package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A calendarFile is the file that register.calendar names.
type calendarFile struct {
	Weekend  []string `json:"weekend" yaml:"weekend" jsonschema:"enum=monday,enum=tuesday,enum=wednesday,enum=thursday,enum=friday,enum=saturday,enum=sunday" jsonschema_description:"Days of the week on which nobody works."`
	Holidays []string `json:"holidays" yaml:"holidays" jsonschema_description:"Days on which nobody works, each as a date and a name."`
}

// Calendar returns which days are business days.
func (c *Config) Calendar() register.Calendar { return c.calendar }

// readCalendar reads the calendar. Its mistakes name its own lines.
func (c *Config) readCalendar() {
	c.calendar = register.DefaultCalendar()
	path := c.Register.Calendar
	if path == "" {
		return
	}
	data, err := readFile(path)
	if err != nil {
		c.source.fail(CodeUnreadable, "register.calendar", "the calendar cannot be read: "+err.Error(), "name a file with weekend and holidays; configs/calendar.example.yaml is one to copy")
		return
	}
	cal, errs := parseCalendar(path, data)
	c.calendar, c.source.errs = cal, append(c.source.errs, errs...)
}

// parseCalendar reads a calendar that lies in memory; file is its name in errors.
func parseCalendar(file string, data []byte) (register.Calendar, Errors) {
	cal := register.DefaultCalendar()
	root, err := document(file, data)
	if errs, ok := err.(Errors); ok { //nolint:errorlint // document returns nothing else
		return cal, errs
	}
	src := newSource(file)
	src.object(root, typeOf[calendarFile](), "")
	var f calendarFile
	if err := root.Decode(&f); err != nil {
		return cal, append(src.errs, Error{Code: CodeSyntax, File: file, What: err.Error()})
	}
	if src.written("weekend") {
		cal.Weekend = nil
		for _, day := range register.Weekdays() {
			if slices.Contains(f.Weekend, day) {
				cal.Weekend = append(cal.Weekend, day)
			}
		}
	}
	if len(cal.Weekend) == len(register.Weekdays()) {
		src.fail(CodeForm, "weekend", "every day of the week is a day off", "leave at least one business day")
	}
	seen := map[string]int{}
	for i, text := range f.Holidays {
		key := Key("holidays", i)
		if src.failed(key) {
			continue
		}
		date, name, _ := strings.Cut(strings.TrimSpace(text), " ")
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			src.fail(CodeForm, key, cmp.Or(quote(text), "an empty line")+" does not begin with a date", "write the date as 2026-12-25, and then a name")
			continue
		}
		if first, twice := seen[date]; twice {
			src.fail(CodeDuplicate, key, fmt.Sprintf("%s stands twice, first on line %d", date, first), "keep one of them")
			continue
		}
		seen[date] = src.position(key).line
		cal.Holidays = append(cal.Holidays, register.Holiday{Date: date, Name: strings.TrimSpace(name)})
	}
	return cal, src.errs
}
