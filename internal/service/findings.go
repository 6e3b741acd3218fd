package service

import (
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Matched is a finding of a certification body's list with the record that the register has
// of it.
type Matched struct {
	findings.Finding
	Record *register.Record // nil where the register has none
	// Differs are the values in which record and list differ. Whoever works on a record adds
	// to what the list says, so a difference is no mistake.
	Differs []Difference
}

// A Difference is a value that the register has and the list has otherwise.
type Difference struct {
	Field    register.Field `json:"field"`
	Register string         `json:"register"`
	List     string         `json:"list"`
}

// Match finds the records of findings: those that an import made, and those of an external
// audit whose source reference is the number of the finding.
func Match(rows []store.Row, list []findings.Finding) []Matched {
	byRef, byID := map[string]*register.Record{}, map[string]*register.Record{}
	for i := range rows {
		r := &rows[i].Record
		byID[r.ID] = r
		if key := findings.Key(r.Fields[register.FieldSourceRef]); key != "" && r.Fields[register.FieldSource] == "external_audit" && byRef[key] == nil {
			byRef[key] = r
		}
	}
	out := make([]Matched, len(list))
	for i, f := range list {
		out[i] = Matched{Finding: f, Record: byID[keyed(findingKey(f))]}
		if out[i].Record == nil {
			out[i].Record = byRef[findings.Key(f.Ref)]
		}
		out[i].compare()
	}
	return out
}

// findingKey is the key of the act that files a finding: the same number of the same audit is
// filed once, whoever runs the import and however often.
func findingKey(f findings.Finding) string { return "finding " + findings.Key(f.Ref) }

// compare notes in which values the record differs from the list.
func (m *Matched) compare() {
	if m.Record == nil {
		return
	}
	for _, info := range register.Fields() {
		v, told := m.Values[info.Field]
		now := m.Record.Fields[info.Field]
		if info.Field == register.FieldKind {
			now = string(m.Record.Kind())
		}
		made := info.Field == register.FieldTitle && !m.Titled
		if told && !made && now != v && info.Field != register.FieldSourceRef {
			m.Differs = append(m.Differs, Difference{info.Field, now, v})
		}
	}
}

// FileFinding files the record of a finding, with further values that the list does not tell.
// Why says where the finding comes from.
func (a *Acts) FileFinding(ctx context.Context, by By, f findings.Finding, more map[register.Field]string, why string) (register.Record, error) {
	by.Key = findingKey(f)
	acted, err := a.File(ctx, by, Filing{Kind: f.Kind, Values: f.With(more), Why: why})
	return acted.Record, err
}

// ListFindings adds findings to the list of the audit with a reference, if the register has it as a record
// that is not at its end. Found is false if it has none.
func (a *Acts) ListFindings(ctx context.Context, rows []store.Row, by By, audit string, list []findings.Finding, why string) (acted Acted, found bool, err error) {
	for _, row := range rows {
		r := row.Record
		if r.Kind() != register.Audit || r.State.Ended() || !strings.EqualFold(strings.TrimSpace(r.Fields[register.FieldSourceRef]), strings.TrimSpace(audit)) {
			continue
		}
		all := register.FindingsOf(r)
		for _, f := range list {
			number := f.Ref[strings.LastIndex(f.Ref, "/")+1:]
			if !slices.ContainsFunc(all, func(known string) bool { return strings.EqualFold(known, number) }) {
				all = append(all, number)
			}
		}
		slices.Sort(all)
		acted, err = a.Do(ctx, r.ID, By{Person: by.Person, Account: by.Account, How: by.How}, func(by register.Author) register.Command {
			return register.Propose{By: by, Field: register.FieldFindings, Value: strings.Join(all, "\n"), Why: why}
		})
		return acted, true, err
	}
	return Acted{}, false, nil
}
