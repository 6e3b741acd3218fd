package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/conformd/conformd/internal/app"
)

// The load on the pages of a daemon that synchronises meanwhile.
const (
	settleFor   = 5 * time.Second // before the first page is timed
	pagesASec   = 50
	loadFor     = 30 * time.Second
	pagesAlone  = 200
	pollsEvery  = 500 * time.Millisecond
	editsEvery  = 300 * time.Millisecond
	smallest    = 10_000 // bytes that a page of the register has at least
	mostWaiting = 200    // pages at once: a daemon that is so far behind is measured anyhow
)

// registerPages are the pages of the register that an ISMS manager opens: whole, in parts, narrowed, sorted, and further
// down. Searches have a figure of their own.
func registerPages() []string {
	return []string{
		"/register", "/register?sort=-recorded", "/register?show=open", "/register?show=open&sort=due", "/register?show=late&sort=due",
		"/register?show=open&owner=person7&sort=due", "/register?owner=person12", "/register?state=verifying", "/register?state=planning&sort=recorded",
		"/register?grade=major", "/register?grade=major&show=open", "/register?source=external_audit&sort=title", "/register?sort=title", "/register?waits=triage&sort=recorded",
	}
}

// A reader is the browser of an ISMS manager who is signed in to a daemon.
type reader struct {
	http *http.Client
	base string
}

// signedIn uses a one-time link.
func signedIn(ctx context.Context, link string) (*reader, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	x := &reader{http: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: mostWaiting}}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, link, nil)
	if err != nil {
		return nil, err
	}
	answer, err := x.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/" {
		return nil, fmt.Errorf("signing in: %s at %s", answer.Status, answer.Request.URL.Path)
	}
	x.base = "http://" + answer.Request.URL.Host
	return x, nil
}

// get reads an answer to its end.
func (x *reader) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, x.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := x.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, answer.Status)
	}
	return b, err
}

// page reads a page of the register that lists records.
func (x *reader) page(ctx context.Context, path string) ([]byte, error) {
	b, err := x.get(ctx, path)
	if err == nil && (len(b) < smallest || bytes.Count(b, []byte("<th scope=\"row\">")) == 0) {
		err = fmt.Errorf("%s is no page with records: %d bytes", path, len(b))
	}
	return b, err
}

// further returns the addresses of the pages, and of the second page of each.
func (x *reader) further(ctx context.Context) ([]string, error) {
	var out []string
	for _, path := range registerPages() {
		b, err := x.page(ctx, path)
		if err != nil {
			return nil, err
		}
		out = append(out, path)
		if _, rest, ok := strings.Cut(string(b), `class="more" href="`); ok {
			next, _, _ := strings.Cut(rest, `"`)
			out = append(out, strings.ReplaceAll(next, "&amp;", "&"))
		}
	}
	if len(out) < 2*len(registerPages())-2 {
		return nil, errors.New("hardly any list has a second page")
	}
	return out, nil
}

// pageTimes returns the median time of a page of the register by itself, and the 99th percentile of pages that are asked
// for at a steady rate, from the moment in which each was to be asked for, in milliseconds; and how long the register takes as
// a workbook, in seconds. The daemon synchronises edits meanwhile.
func (r *rig) pageTimes(ctx context.Context) (p50, p99, book float64, err error) {
	err = r.served(ctx, func(ctx context.Context, x *reader) error {
		paths, err := x.further(ctx)
		if err == nil {
			err = sleep(ctx, settleFor)
		}
		if err != nil {
			return err
		}
		var took []time.Duration
		for k := range pagesAlone {
			began := time.Now()
			if _, err := x.page(ctx, paths[k%len(paths)]); err != nil {
				return err
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		p50 = milliseconds(took[len(took)/2])
		under, err := x.load(ctx, paths)
		if err == nil {
			slices.Sort(under)
			p99 = milliseconds(under[len(under)*99/100])
			book, err = x.workbook(ctx)
		}
		return err
	})
	return p50, p99, book, err
}

// workbook reads the whole register as a workbook, if one can hold it.
func (x *reader) workbook(ctx context.Context) (float64, error) {
	began := time.Now()
	b, err := x.get(ctx, "/register.xlsx")
	if err == nil && !bytes.HasPrefix(b, []byte("PK")) {
		err = errors.New("the register as a workbook is none")
	}
	return time.Since(began).Seconds(), err
}

// load asks for pages at a steady rate, however long the answers take.
func (x *reader) load(ctx context.Context, paths []string) ([]time.Duration, error) {
	var (
		mu   sync.Mutex
		took []time.Duration
		errs []error
		wg   sync.WaitGroup
	)
	places := make(chan struct{}, mostWaiting)
	began := time.Now()
	for k := range int(loadFor.Seconds()) * pagesASec {
		due := began.Add(time.Duration(k) * time.Second / pagesASec)
		if err := sleep(ctx, time.Until(due)); err != nil {
			return nil, err
		}
		places <- struct{}{}
		wg.Go(func() {
			_, err := x.page(ctx, paths[k%len(paths)])
			late := time.Since(due)
			<-places
			mu.Lock()
			defer mu.Unlock()
			took, errs = append(took, late), append(errs, err)
		})
	}
	wg.Wait()
	return took, errors.Join(errs...)
}

// served runs the daemon in a process of its own and lets an ISMS manager read its pages, while people edit issues.
func (r *rig) served(ctx context.Context, read func(context.Context, *reader) error) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var msgs bytes.Buffer
	c := exec.CommandContext(ctx, self, "-child", r.path, "-pages", "-ahead", time.Until(r.world.Clock.Now()).String())
	c.Stderr = &msgs
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer func() { // the daemon ends when nobody writes to it any more
		if err = errors.Join(err, in.Close(), c.Wait()); err != nil {
			err = fmt.Errorf("%w: %s", err, msgs.String())
		}
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return errors.New("the daemon did not start")
	}
	x, err := signedIn(ctx, lines.Text())
	if err != nil {
		return err
	}
	editing, stop := context.WithCancel(ctx)
	var edits error
	var wg sync.WaitGroup
	wg.Go(func() {
		for k := 1; edits == nil && sleep(editing, editsEvery) == nil; k++ {
			edits = r.world.GitHub.As("erik").Retitle(1+k%busyEdits, fmt.Sprintf("Review is late, as told %d times", k))
		}
	})
	err = read(ctx, x)
	stop()
	wg.Wait()
	return errors.Join(err, edits)
}

// serve is the child: the whole daemon, which looks for edits all the time, until its parent closes the pipe. It prints a link with
// which the ISMS manager signs in.
func serve(ctx context.Context, path string, ahead time.Duration, stdin io.Reader, stdout io.Writer) error {
	// The check for damage is over before the daemon serves: until then it would write nothing to the trackers.
	a, err := openWith(ctx, path, 8, app.Options{Now: func() time.Time { return time.Now().Add(ahead) }, CheckAtOnce: 1 << 50})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	up, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- a.Run(running, func(app.Addrs) { close(up) }) }()
	select {
	case <-up:
	case err := <-done:
		return err
	}
	link, err := a.Enter(ctx, "irene")
	if err != nil {
		return err
	}
	before, err := a.Store.LogSize(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, link.URL)
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		close(closed)
	}()
	polls := 0
	for open := true; open; polls++ {
		for _, b := range a.Bindings {
			_, _ = a.Ingest.Poll(ctx, b.ID) // the daemon may be polling the binding itself
		}
		select {
		case <-closed:
			open = false
		case <-time.After(pollsEvery):
		}
	}
	after, err := a.Store.LogSize(ctx)
	if err == nil && after < before+int64(polls)/2 {
		err = fmt.Errorf("the daemon wrote %d entries in %d polls: it did not synchronise", after-before, polls)
	}
	stop()
	return errors.Join(err, <-done, a.Close())
}
