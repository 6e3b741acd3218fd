package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/conformd/conformd/internal/cli"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// livedEntries is how many entries of the log each record has that figures are made of.
const livedEntries = 20

// lived gives each of the originals the course of a record with so many entries, each of which
// changed a value that counts. The log itself stays as it is: figures read the courses, and of the
// log one entry in a hundred thousand, to say how long it was.
func (r *rig) lived(ctx context.Context) error {
	rows, err := r.app.Store.Records(ctx)
	if err != nil {
		return err
	}
	today := time.Now().UTC().Truncate(24 * time.Hour)
	return r.app.Store.Write(ctx, func(t *store.Tx) error {
		for k, row := range rows {
			c := course(likeUsers(row.Record, k, today), k, today)
			if _, err := t.ExecContext(ctx, "UPDATE course SET doc = $1 WHERE n = (SELECT n FROM record WHERE id = $2)", c.String(), row.Record.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// course is the course of record number k, which has come to what r says.
func course(r register.Record, k int, today time.Time) kpi.Course {
	var c kpi.Course
	at := today.AddDate(0, 0, -livedEntries*7-k%90)
	x := register.Record{ID: r.ID, Ref: r.Ref, State: register.Reported, Recorded: at, Fields: map[register.Field]string{
		register.FieldKind: string(register.Nonconformity), register.FieldIdentified: at.Format(time.DateOnly),
	}}
	c.Take(at, x)
	path := []register.State{register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed}
	for i := 1; i < livedEntries; i++ {
		at = at.AddDate(0, 0, 7)
		x = x.Clone()
		switch {
		case i%4 == 0 && path[i/4].Rank() <= r.State.Rank():
			x.State = path[i/4]
		case i == 1:
			x.Fields[register.FieldGrade], x.Fields[register.FieldRisk] = "minor", "high"
		case i == 2:
			x.State, x.Confirmed, x.Dates = register.Analysis, at, r.Dates
		case i == 3:
			x.Fields[register.FieldSource], x.Contained = "internal_audit", at
		case i == 5:
			x.Fields[register.FieldRootCause], x.Fields[register.FieldCategory] = "It was forgotten.", "process"
		case i == 6:
			x.Fields[register.FieldActionPlan] = "- [ ] Automate the review\n- [ ] Tell the owners kind:preventive"
		case i == 7:
			x.Fields[register.FieldRequirements], x.Fields[register.FieldScope] = fmt.Sprintf("A.8.%d", 1+k%9), fmt.Sprintf("area %d", k%7)
		default:
			x.Fields[register.FieldOwner] = fmt.Sprintf("person%d", (k+i)%40)
		}
		if x.State.Rank() >= register.Verifying.Rank() && x.Done.IsZero() {
			x.Done = at
		}
		if x.State == register.Closed {
			x.Closed = at
		}
		c.Take(at, x)
	}
	return c
}

// figures returns how long conformd report kpi takes over the register, in seconds, and its peak
// of resident memory in MB. It runs in a process of its own.
func (r *rig) figures(ctx context.Context) (seconds, mb float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	var out, msgs bytes.Buffer
	c := exec.CommandContext(ctx, self, "-child", r.path, "-figures")
	c.Stdout, c.Stderr = &out, &msgs
	if err := c.Run(); err != nil {
		return 0, 0, fmt.Errorf("report kpi: %w: %s", err, msgs.String())
	}
	_, err = fmt.Sscan(out.String(), &seconds, &mb)
	return seconds, mb, err
}

// report is the child: one call of conformd report kpi, from the reading of the configuration to
// the last line.
func report(ctx context.Context, path string, stdout io.Writer) error {
	var text, msgs bytes.Buffer
	began := time.Now()
	if code := cli.Main(ctx, []string{"report", "kpi", "-c", path}, cli.Process{Stdout: &text, Stderr: &msgs, Env: rehearsal.Env}); code != cli.ExitDone {
		return errors.New(msgs.String())
	}
	took := time.Since(began)
	if !bytes.Contains(text.Bytes(), []byte("K32 ")) {
		return errors.New("the figures are not whole")
	}
	kb, err := rss()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%.2f %.1f\n", took.Seconds(), float64(kb)/1024)
	return nil
}
