package cli

import (
	"fmt"

	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// A filing files a finding.
type filing func(findings.Finding) (register.Record, error)

// An imported is a finding as the import tells of it.
type imported struct {
	findings.Finding
	Record  string               `json:"record,omitempty"` // "" where it would be filed
	Filed   bool                 `json:"filed"`            // by this import
	Differs []service.Difference `json:"differences,omitempty"`
}

// fileFindings files what the register does not have, and says what became of each finding.
// Without file it only says so.
func (s *session) fileFindings(rows []service.Matched, more map[register.Field]string, file filing) error {
	out := make([]imported, len(rows))
	filed := 0
	for i, m := range rows {
		out[i] = imported{Finding: m.Finding, Differs: m.Differs}
		out[i].Values = m.With(more)
		switch {
		case m.Record != nil:
			out[i].Record = m.Record.Ref
		case file != nil:
			r, err := file(m.Finding)
			if err != nil && filed > 0 {
				return &fault{
					Code: "CLI-081", Exit: ExitInPart, What: fmt.Sprintf("%s filed, then %s failed: %v", present.Count(filed, "finding was", "findings were"), m.Ref, err), Err: err,
					Remedy: "run the same command again: it files the rest",
				}
			} else if err != nil {
				return refused(err)
			}
			filed++
			out[i].Record, out[i].Filed = r.Ref, true
		}
	}
	return s.importTold(out)
}

// importTold prints what became of the findings.
func (s *session) importTold(all []imported) error {
	if s.json {
		return s.printJSON(all)
	}
	table := [][]string{{"RECORD", "FINDING", "GRADE", "DEADLINE", "STANDING", "TITLE"}}
	filed, known, differ := 0, 0, 0
	for _, x := range all {
		standing := "to be filed"
		switch {
		case x.Filed:
			standing, filed = "filed", filed+1
		case x.Record != "":
			standing, known = "already there", known+1
		}
		if len(x.Differs) > 0 {
			standing, differ = standing+", differs", differ+1
		}
		table = append(table, []string{
			dash(x.Record), x.Ref, x.Values[register.FieldGrade], dash(x.Values[register.FieldDeadline]), standing, short(x.Values[register.FieldTitle], 60),
		})
	}
	if err := s.table(table); err != nil {
		return err
	}
	for _, x := range all {
		for _, d := range x.Differs {
			s.say("already %s: %s, row %d: %s is %q in the register and %q in the list; nothing was changed", x.Record, oneLine(x.Ref), x.Row, label(d.Field), short(d.Register, 60), short(d.List, 60))
		}
	}
	s.say("%s: %d filed, %d to be filed, %d already there (%d with differences)", present.Count(len(all), "finding", "findings"), filed, len(all)-filed-known, known, differ)
	return nil
}
