package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/internal/lanetest"
)

// patience bounds what one page may take on a busy machine.
const patience = time.Minute

// chromium is the browser that all tests of the package share. Its first user starts it.
var chromium struct {
	sync.Mutex
	ctx  context.Context //nolint:containedctx // the life of the process, which the package ends
	stop context.CancelFunc
	dir  string
}

// TestMain ends the browser and the daemon that the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	var errs []error
	if chromium.stop != nil {
		chromium.stop()
		errs = append(errs, os.RemoveAll(chromium.dir))
	}
	if shared.stop != nil {
		errs = append(errs, shared.stop())
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// start returns the context of the browser. Without a browser it leaves the lane out, which fails
// where the lane is not expected to be missing.
func start(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("opens a browser")
	}
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		return chromium.ctx
	}
	path, err := executable()
	if err != nil {
		lanetest.LeaveOut(t, "browser", err.Error())
	}
	dir, err := os.MkdirTemp("", "conformd-browser-") //nolint:usetesting // the browser outlives the test
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		// A page reaches this machine alone.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has no sandbox for root
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		end()
		t.Fatalf("%s does not start: %v", path, err)
	}
	chromium.ctx, chromium.dir = ctx, dir
	chromium.stop = func() { cancel(); end() }
	return ctx
}

// executable finds the browser.
func executable() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no Chromium: run scripts/chromium.sh, or name the program in CHROMIUM")
}

// A tab is a window with cookies of its own. It notes what no page of conformd may do.
type tab struct {
	*testing.T
	ctx  context.Context //nolint:containedctx // the life of the tab, which the test ends
	base string

	mu        sync.Mutex
	console   []string // messages, and violations of the content security policy
	elsewhere []string // requests to other hosts
	dialogs   []string
}

// stranger opens a tab on the pages of base without cookies.
func stranger(t *testing.T, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(start(t), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return watch(ctx, t, base)
}

// watch notes what happens in a tab.
func watch(ctx context.Context, t *testing.T, base string) *tab {
	t.Helper()
	b := &tab{T: t, ctx: ctx, base: base}
	messages, requests, dialogs := chromedp.Console(ctx), chromedp.Events(ctx, network.RequestWillBeSent), chromedp.Events(ctx, page.JavascriptDialogOpening)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(&b.console, m.String())
		}
	}()
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			if u := r.Request.URL; !strings.HasPrefix(u, base) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
				b.note(&b.elsewhere, u)
			}
		}
	}()
	go func() {
		for d, err := range dialogs {
			if err != nil {
				return
			}
			b.note(&b.dialogs, d.Message)
			_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) // the test fails by the note
		}
	}()
	// The Tab key goes to the page even if another tab is in front.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) note(list *[]string, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*list = append(*list, text)
}

// quiet fails the test if a page wrote to the console, violated the policy of its contents, opened a
// dialog or asked another host, and forgets it. The browser itself writes down that the page has the
// status of an error; that is allowed for a page that is meant to.
func (b *tab) quiet(where string, status int64) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.console = slices.DeleteFunc(b.console, func(m string) bool {
		return status >= 400 && strings.Contains(m, fmt.Sprintf("responded with a status of %d ", status))
	})
	for what, list := range map[string]*[]string{"wrote to the console": &b.console, "asked another host": &b.elsewhere, "opened a dialog": &b.dialogs} {
		if len(*list) > 0 {
			b.Errorf("%s %s: %s", where, what, strings.Join(*list, "\n"))
		}
		*list = nil
	}
}

// do runs actions. It fails the test if one fails or takes too long.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// ask runs an action that has a value.
func ask[T any](b *tab, action chromedp.Action[T]) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// js evaluates an expression in the page, and waits for its promise.
func js[T any](b *tab, expression string) T {
	b.Helper()
	return ask(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// visit opens a page and returns the status of its answer.
func (b *tab) visit(path string) int64 {
	b.Helper()
	return ask(b, chromedp.NavigateResponse(b.base+path)).Status
}

// enter signs a person in by their one-time link.
func (b *tab) enter(link string) {
	b.Helper()
	b.do(chromedp.Navigate(link))
	ask(b, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS(`main form button[type="submit"]`))))
	if at := js[string](b, "location.pathname"); at != "/" {
		b.Fatalf("the link leads to %s, want the first page", at)
	}
}

// scheme has the tab prefer light or dark pages. Without motion, so that no colour is on its way to another one.
func (b *tab) scheme(name string) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		b.Fatal(err)
	}
}
