package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// An import that breaks off says how far it came and that the same command goes on. One that
// filed nothing has failed.
func TestAnImportThatBreaksOffSaysSo(t *testing.T) {
	row := func(ref string, r *register.Record) service.Matched {
		return service.Matched{Finding: findings.Finding{Ref: ref, Values: map[register.Field]string{}}, Record: r}
	}
	rows := []service.Matched{row("SA/1", &register.Record{Ref: "NC-2026-0001"}), row("SA/2", nil), row("SA/3", nil)}
	for _, c := range []struct {
		works, exit int
		code, what  string
	}{
		{1, ExitInPart, "CLI-081", "1 finding was filed, then SA/3 failed: no space left"},
		{0, ExitFailed, "CLI-001", "no space left"},
		{2, ExitDone, "", "3 findings: 2 filed, 0 to be filed, 1 already there (0 with differences)"},
	} {
		var out, errs bytes.Buffer
		s := newSession(Process{Stdout: &out, Stderr: &errs, Env: rehearsal.Env})
		n := 0
		err := s.fileFindings(rows, nil, func(findings.Finding) (register.Record, error) {
			if n++; n > c.works {
				return register.Record{}, errors.New("no space left")
			}
			return register.Record{Ref: "NC-2026-0002"}, nil
		})
		if c.exit == ExitDone {
			if err != nil || !strings.Contains(errs.String(), c.what) {
				t.Errorf("fileFindings() = %v, says %q, want %q", err, errs.String(), c.what)
			}
			continue
		}
		f, ok := errors.AsType[*fault](err)
		if !ok {
			f = unexpected(err)
		}
		if f.Code != c.code || f.Exit != c.exit || f.What != c.what {
			t.Errorf("fileFindings() = %+v, want %+v", f, c)
		}
	}
}
