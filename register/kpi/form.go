package kpi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// form is the version of the stored form, its first line. A version of conformd that reads
// something else out of the same record gives it another number and makes the courses anew from
// the log.
const form = "2"

// byName finds a key by its name.
var byName = sync.OnceValue(func() map[string]key { //nolint:gochecknoglobals // a constant
	m := map[string]key{}
	for k, name := range names() {
		m[name] = key(k)
	}
	return m
})

// String returns the course as it is stored: a line with the time of each step, and below it a
// line for each value that changed then.
func (c *Course) String() string {
	var b strings.Builder
	b.WriteString(form + "\n")
	all := names()
	last := int64(-1)
	for i, s := range c.steps {
		if i == 0 || s.at != last {
			b.WriteString("@" + strconv.FormatInt(s.at, 10) + "\n")
			last = s.at
		}
		b.WriteString(all[s.key] + "=" + escaped.Replace(s.value) + "\n")
	}
	return b.String()
}

var (
	escaped  = strings.NewReplacer(`\`, `\\`, "\n", `\n`) //nolint:gochecknoglobals // a constant
	readable = strings.NewReplacer(`\\`, `\`, `\n`, "\n") //nolint:gochecknoglobals // a constant
)

// Parse reads a course that String wrote.
func Parse(text string) (Course, error) {
	var c Course
	err := c.Read(text)
	return c, err
}

// Read is Parse into c, which takes no memory for a course that is no longer than the one before.
func (c *Course) Read(text string) error {
	c.steps = c.steps[:0]
	rest, ok := strings.CutPrefix(text, form+"\n")
	if !ok {
		first, _, _ := strings.Cut(text, "\n")
		return fmt.Errorf("course of a record: form %q, this conformd knows %s", first, form)
	}
	find := byName()
	c.steps = slices.Grow(c.steps, strings.Count(rest, "\n"))
	at, timed := int64(0), false
	for n := 2; rest != ""; n++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if ms, isTime := strings.CutPrefix(line, "@"); isTime {
			next, err := strconv.ParseInt(ms, 10, 64)
			if err != nil || timed && next <= at {
				return fmt.Errorf("course of a record, line %d: %q is no later time", n, ms)
			}
			at, timed = next, true
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		k, known := find[name]
		if !ok || !known || !timed {
			return fmt.Errorf("course of a record, line %d: %q is no value of a time", n, line)
		}
		if strings.Contains(value, `\`) {
			value = readable.Replace(value)
		}
		c.steps = append(c.steps, step{at, k, value})
	}
	return nil
}
