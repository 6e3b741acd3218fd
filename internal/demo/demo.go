// Package demo plays conformd to somebody who has no accounts: a simulated Jira and
// GitHub with sixty records, the real daemon between them, and a story in which
// people act and each consequence is checked.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// records are there from the start.
const records = 60

// Options say how to play.
type Options struct {
	Out     io.Writer
	Bold    func(string) string // marks headings; nil leaves them
	Fast    bool                // without pauses to read
	NoServe bool                // end after the story
	Keep    string              // folder to keep; "" is a temporary one
	Port    int                 // of the status page; 0 for any
}

// An UnmetError says that what should have happened did not, in time.
type UnmetError struct {
	Step, What string
	Limit      time.Duration
}

func (e *UnmetError) Error() string {
	return fmt.Sprintf("step %q: %s did not happen within %s", e.Step, e.What, e.Limit)
}

// A stage is a demo at work.
type stage struct {
	Options
	trackers *rehearsal.World
	app      *app.App
	dir, web string
	config   string // path
	step     string
	steps    int
	main     scene // the record of the leavers
	second   scene // that of the restore
}

// ErrNotEmpty is the error of a folder to keep that holds something already: the
// register of an earlier demo would wait for trackers that are gone.
var ErrNotEmpty = errors.New("the folder is not empty")

// Run plays the demo. It ends with the story if Options.NoServe is set, and else
// when ctx is done.
func Run(ctx context.Context, o Options) (err error) {
	s := &stage{Options: o, dir: o.Keep}
	if s.Bold == nil {
		s.Bold = func(t string) string { return t }
	}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "conformd-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	} else if err := newFolder(s.dir); err != nil {
		return err
	}
	if s.trackers, err = rehearsal.Start(ctx, rehearsal.Options{}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.trackers.Close()) }()
	if err := File(s.trackers, records); err != nil {
		return err
	}
	stop, err := s.daemon(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := s.story(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // the reader has seen enough
		}
		return err
	}
	if o.NoServe {
		return nil
	}
	s.say("\nconformd goes on serving %s until you press Ctrl-C. Each of these links signs you in once, within 30 minutes:", s.web)
	for _, p := range s.app.Config.People {
		if err := s.link(ctx, p); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// newFolder makes a folder, or takes one that is empty.
func newFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	return err
}

// daemon starts conformd, with webhooks, and returns what stops it.
func (s *stage) daemon(ctx context.Context) (stop func() error, err error) {
	text, err := s.trackers.Config(rehearsal.Settings{
		DataDir: filepath.Join(".", "data"), Listen: fmt.Sprintf("127.0.0.1:%d", s.Port), Webhooks: "127.0.0.1:0", PollEvery: "5s", JiraTwin: true, SignIn: true,
	})
	if err != nil {
		return nil, err
	}
	text = strings.Replace(text, "trackers:\n", topManagement, 1)
	s.config = filepath.Join(s.dir, "conformd.yaml")
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	c, err := config.Load(s.config, rehearsal.Env)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(s.dir, "conformd.log"))
	if err != nil {
		return nil, err
	}
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(file), zap.InfoLevel))
	if s.app, err = app.Open(ctx, c, app.Options{Log: log, Fresh: 24 * time.Hour}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan app.Addrs, 1)
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(ctx, func(a app.Addrs) { ready <- a }) }()
	stop = func() error {
		cancel()
		err := <-ended
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		return errors.Join(err, s.app.Close(), file.Close())
	}
	var hooks string
	select {
	case a := <-ready:
		s.web, hooks = "http://"+a.Pages.String(), "http://"+a.Hooks.String()
	case err := <-ended:
		cancel()
		return nil, errors.Join(err, s.app.Close(), file.Close())
	}
	if err := s.trackers.Webhooks(ctx, hooks); err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

// link prints a link that signs a person in.
func (s *stage) link(ctx context.Context, p config.Person) error {
	x, err := s.app.Enter(ctx, p.ID)
	if err != nil {
		return err
	}
	roles := strings.ReplaceAll(strings.Join(append([]string{"engineer"}, p.Roles...), ", "), "_", " ")
	s.say("   %-6s %s\n          %s", p.ID, roles, x.URL)
	return nil
}

func (s *stage) say(format string, a ...any) { fmt.Fprintf(s.Out, format+"\n", a...) }

// begin starts a step of the story, after a pause to read the last one.
func (s *stage) begin(ctx context.Context, title string) error {
	if s.steps > 0 && !s.Fast {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(6 * time.Second):
		}
	}
	s.steps++
	s.step = title
	s.say("\n%s", s.Bold(fmt.Sprintf("%d. %s", s.steps, title)))
	return ctx.Err()
}

// until waits for something that must come about.
func (s *stage) until(ctx context.Context, what string, limit time.Duration, ok func() (bool, error)) error {
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		done, err := ok()
		if err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return &UnmetError{s.step, what, limit}
		case <-t.C:
		}
	}
}

func indent(text string) string {
	return "      | " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      | ")
}
