package cli_test

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"os/user"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/cli"
)

// TestMain makes the test binary the real program and, as "http", a client with
// which scripts act as people; "assistant" is a client of the Model Context Protocol.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"conformd": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(cli.Main(ctx, os.Args[1:], cli.Process{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}))
		},
		"conform-verify": func() {
			os.Exit(verifycmd.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
		},
		"assistant": func() {
			if err := assist(os.Args[1:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		},
		"http": func() {
			if err := request(os.Args[1:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		},
	})
}

// request sends METHOD URL CREDENTIAL [BODY] and prints the answer. A credential
// with a colon is a user and a password, else a token.
func request(a []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	body := ""
	if len(a) > 3 {
		body = a[3]
	}
	req, err := http.NewRequestWithContext(ctx, a[0], a[1], strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if user, secret, ok := strings.Cut(a[2], ":"); ok {
		req.SetBasicAuth(user, secret)
	} else {
		req.Header.Set("Authorization", "Bearer "+a[2])
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	fmt.Println(string(b))
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", a[0], a[1], resp.Status)
	}
	return nil
}

// TestScripts runs the stories of testdata/script: the real commands as processes.
// Besides the verbs of testscript they have:
//
//	code N command…          the command must end with exit code N
//	eventually REGEXP command…  the command is run until its output matches
//	edit FILE OLD NEW        puts NEW into the place of OLD, which must be in the file
//	retitle URL COUNT        somebody changes the titles of the first issues in GitHub
//	tamper FILE              somebody changes an entry of the audit log in a database
//	sql FILE STATEMENT       somebody changes a database: rows of it, or a table that goes
//	schema FILE older|newest a register counts as one that an older conformd left, or no more
//	freeport NAME            sets NAME to an address of loopback that nobody listens on
//	zipedit ZIP FILE OLD NEW somebody changes a file in a ZIP
//	grab NAME REGEXP FILE    sets NAME to the first group found in a file, once it is there
func TestScripts(t *testing.T) {
	p := params()
	p.Dir = "testdata/script"
	testscript.Run(t, p)
}

func params() testscript.Params {
	return testscript.Params{
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":       code,
			"edit":       edit,
			"eventually": eventually,
			"freeport":   freeport,
			"grab":       grab,
			"retitle":    retitle,
			"schema":     schema,
			"sql":        change,
			"tamper":     tamper,
			"zipedit":    zipEdit,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("JIRA_TOKEN", "conformd-token")
			e.Setenv("GITHUB_TOKEN", "conformd-token")
			e.Setenv("WEBHOOK_SECRET", "rehearsal-webhook-secret-0123456789abcdef")
			me, err := user.Current()
			if err != nil {
				return err
			}
			e.Setenv("OS_USER", me.Username)
			e.Setenv("SOON", time.Now().UTC().AddDate(0, 0, 7).Format(time.DateOnly))
			e.Setenv("CONFORMD_LISTEN", "127.0.0.1:0")
			e.Setenv("CONFORMD_WEBHOOKS_LISTEN", "127.0.0.1:0")
			return nil
		},
	}
}

func year() int { return time.Now().UTC().Year() }

func code(ts *testscript.TestScript, _ bool, a []string) {
	err := ts.Exec(a[1], a[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != a[0] {
		ts.Fatalf("%s ended with %s, want %s", strings.Join(a[1:], " "), got, a[0])
	}
}

// edit changes a file: edit FILE OLD NEW. In both texts \n is the end of a line.
func edit(ts *testscript.TestScript, _ bool, a []string) {
	lines := strings.NewReplacer(`\n`, "\n")
	text, was, is := ts.ReadFile(a[0]), lines.Replace(a[1]), lines.Replace(a[2])
	if strings.Count(text, was) != 1 {
		ts.Fatalf("%s has %q %d times, want once", a[0], was, strings.Count(text, was))
	}
	ts.Check(os.WriteFile(ts.MkAbs(a[0]), []byte(strings.Replace(text, was, is, 1)), 0o600))
}

// retitle changes the titles of the first issues in GitHub: retitle URL COUNT.
func retitle(ts *testscript.TestScript, _ bool, a []string) {
	n, err := strconv.Atoi(a[1])
	ts.Check(err)
	for k := 1; k <= n; k++ {
		ts.Check(ts.Exec("http", "PATCH", fmt.Sprintf("%s/repos/acme/isms/issues/%d", a[0], k), "erik-token", fmt.Sprintf(`{"title":"Renamed by a script %d"}`, k)))
	}
}

// tamper changes an entry of the audit log as somebody would who owns the database.
func tamper(ts *testscript.TestScript, _ bool, a []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(a[0]))
	ts.Check(err)
	for _, stmt := range []string{
		"DROP TRIGGER audit_entry_no_update",
		"UPDATE audit_entry SET leaf = replace(leaf, 'x', 'y') || ' ' WHERE seq = 3",
	} {
		_, err := db.ExecContext(context.Background(), stmt)
		ts.Check(err)
	}
	ts.Check(db.Close())
}

// zipEdit changes a file in a ZIP: zipedit ZIP FILE OLD NEW.
func zipEdit(ts *testscript.TestScript, _ bool, a []string) {
	z, err := zip.OpenReader(ts.MkAbs(a[0]))
	ts.Check(err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	changed := false
	for _, f := range z.File {
		r, err := f.Open()
		ts.Check(err)
		data, err := io.ReadAll(r)
		ts.Check(err)
		if f.Name == a[1] {
			changed = bytes.Contains(data, []byte(a[2]))
			data = bytes.ReplaceAll(data, []byte(a[2]), []byte(a[3]))
		}
		to, err := w.Create(f.Name)
		ts.Check(err)
		_, err = to.Write(data)
		ts.Check(err)
	}
	ts.Check(errors.Join(z.Close(), w.Close()))
	if !changed {
		ts.Fatalf("%s of %s has no %q", a[1], a[0], a[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(a[0]), b.Bytes(), 0o600))
}

// change executes a statement in a database: sql FILE STATEMENT.
func change(ts *testscript.TestScript, _ bool, a []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(a[0]))
	ts.Check(err)
	res, err := db.ExecContext(context.Background(), a[1])
	ts.Check(err)
	n, err := res.RowsAffected()
	ts.Check(err)
	if n == 0 && !strings.HasPrefix(a[1], "DROP") && !strings.HasPrefix(a[1], "ALTER") {
		ts.Fatalf("no row was changed by %s", a[1])
	}
	ts.Check(db.Close())
}

// schema has a database say that its tables are older than they are.
func schema(ts *testscript.TestScript, _ bool, a []string) {
	applied := 1
	if a[1] == "older" {
		applied = 0
	}
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(a[0]))
	ts.Check(err)
	_, err = db.ExecContext(context.Background(), "UPDATE goose_db_version SET is_applied = $1 WHERE version_id = (SELECT max(version_id) FROM goose_db_version)", applied)
	ts.Check(err)
	ts.Check(db.Close())
}

func eventually(ts *testscript.TestScript, _ bool, a []string) {
	re := regexp.MustCompile(a[0])
	retry(ts, func() bool {
		_ = ts.Exec(a[1], a[2:]...) // an early failure is tried again
		return re.MatchString(ts.ReadFile("stdout"))
	})
}

func grab(ts *testscript.TestScript, _ bool, a []string) {
	re := regexp.MustCompile(a[1])
	retry(ts, func() bool {
		b, err := os.ReadFile(ts.MkAbs(a[2]))
		if err != nil {
			return false
		}
		m := re.FindSubmatch(b)
		if m == nil {
			return false
		}
		ts.Setenv(a[0], string(m[1]))
		return true
	})
}

func freeport(ts *testscript.TestScript, _ bool, a []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(a[0], l.Addr().String())
	ts.Check(l.Close())
}

// patience bounds what a script waits for. It only ends a test that would never end: a
// loaded machine may take its time.
const patience = 3 * time.Minute

func retry(ts *testscript.TestScript, ok func() bool) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			ts.Fatalf("it did not come about in time; last output:\n%s", ts.ReadFile("stdout"))
		}
	}
}
