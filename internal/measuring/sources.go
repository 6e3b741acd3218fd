package measuring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// moment says in a note when a source was asked that knows the present alone.
func moment(now func() time.Time) string {
	return "as it was on " + now().UTC().Format("2006-01-02 15:04 UTC") + ", when it was asked"
}

// A KPI is a figure of the register.
type KPI struct {
	Figure, Value string // "K4", "overdue"
	Figures       func(ctx context.Context, a kpi.Ask, trend bool) (kpi.Report, error)
}

// String names the figure.
func (k *KPI) String() string { return "kpi " + k.Figure + " " + k.Value }

// Recalls is true: figures are made of the log, as of any moment.
func (k *KPI) Recalls() bool { return true }

// Ask computes the figure as of the end of the period.
func (k *KPI) Ask(ctx context.Context, p register.Period) (Answer, error) {
	report, err := k.Figures(ctx, kpi.Ask{Period: p.String()}, false)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", errOurs, err)
	}
	for _, f := range report.Figures {
		i := slices.IndexFunc(f.Values, func(v kpi.Value) bool { return v.Name == k.Value })
		if f.ID != k.Figure || i < 0 {
			continue
		}
		v := f.Values[i]
		if v.Value == nil {
			return Answer{}, errors.New("the figure is not applicable: there is nothing to divide by")
		}
		sum, err := report.Digest(k.Figure)
		return Answer{Value: strconv.FormatFloat(*v.Value, 'f', -1, 64), Digest: sum, Note: "as of the end of the period, from " + strconv.FormatInt(report.Entries, 10) + " entries of the log"}, err
	}
	return Answer{}, errors.New("there is no such figure")
}

// A Count is how many issues of a binding a search finds.
type Count struct {
	Binding, Query string
	// Counter is nil if the binding does not exist, or its tracker counts no searches.
	Counter connectors.Counter
	Now     func() time.Time
}

// String names the binding. The search is not told: it may name a person.
func (c *Count) String() string { return "count in " + c.Binding }

// Recalls is false: a tracker counts what it has now.
func (c *Count) Recalls() bool { return false }

// Ask counts. The digest is that of the search, a line end and the number.
func (c *Count) Ask(ctx context.Context, _ register.Period) (Answer, error) {
	if c.Counter == nil {
		return Answer{}, errors.New("the binding does not exist, or its tracker cannot count")
	}
	n, err := c.Counter.Count(ctx, c.Query)
	if err != nil {
		return Answer{}, &reason{uncounted(err), err}
	}
	value := strconv.Itoa(n)
	return Answer{Value: value, Digest: digest([]byte(c.Query + "\n" + value)), Note: moment(c.Now)}, nil
}

// uncounted says why there is no number, without the words of the tracker.
func uncounted(err error) string {
	e, ok := errors.AsType[*connectors.Error](err)
	switch {
	case !ok:
		return "the tracker could not be asked"
	case e.Status != 0:
		return string(e.Kind) + " (HTTP " + strconv.Itoa(e.Status) + ")"
	default:
		return string(e.Kind)
	}
}

// A File is a value in a file.
type File struct {
	Path, Pointer string
	Now           func() time.Time
}

// String names the file, without its folder.
func (f *File) String() string { return "file " + filepath.Base(f.Path) }

// Recalls is false: the file may be written anew at any time.
func (f *File) Recalls() bool { return false }

// Ask reads the file.
func (f *File) Ask(_ context.Context, _ register.Period) (Answer, error) {
	data, err := regular.Read(f.Path, mostAnswer)
	if bad, ok := errors.AsType[*regular.Error](err); ok {
		return Answer{}, errors.New("the file " + bad.What)
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok { // without the path
		return Answer{}, errors.New("the file cannot be read: " + cause.Err.Error())
	}
	if err != nil {
		return Answer{}, errors.New("the file cannot be read")
	}
	a, err := read(data, f.Pointer)
	a.Note = moment(f.Now)
	return a, err
}
