// Package verifycmd is the command conform-verify: it checks an exported audit log
// on the auditor's own machine, with the exported files and nothing else.
package verifycmd

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/terminal"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// The exit codes.
const (
	ExitVerified = 0 // sound, also against a checkpoint from outside
	ExitRead     = 1 // something could not be read
	ExitUsage    = 2
	ExitFailed   = 5 // something is wrong with the log
	ExitInPart   = 7 // sound in itself; no checkpoint from outside was given
)

const usage = `conform-verify checks an exported audit log, the dossier of one record, or the receipt of
an audit day. It needs no network, and changes no file.

Usage:
  conform-verify [--key KEY] [--against CHECKPOINT] [--json] DIRECTORY
  conform-verify [--key KEY] [--against CHECKPOINT] [--json] FILE.zip
  conform-verify --page FILE.html

Examples:
  conform-verify --key acme.pub --against checkpoint-2025 ./audit-export
  conform-verify --key acme.pub NC-2026-0007.zip
  conform-verify --page verify.html

  DIRECTORY            the export, with the file "checkpoint" in it
  FILE.zip             a dossier that conformd audit dossier made, or a receipt that
                       conformd audit day close made, as it is
  --key KEY            the public key of the log, or a file with it, that you have from
                       the people who run the log by another way than the export.
                       Without it key.pub of the export is taken, and said so
  --against CHECKPOINT the file "checkpoint" that you kept from an earlier export.
                       Without it the check cannot show a log that was cut off or
                       written anew, and is a check in part
  --json               the report as JSON
  --kpi                also the figures of a management review, as conformd report kpi computes
                       them, from the entries alone. Say which with --at, --period, --trend,
                       --kind, --scope, --grade, --source, --standard and --owner (the id of a person).
                       Without --at and --period they are as of the last entry
  --page FILE.html     checks nothing, but writes the page that checks an export in a browser,
                       and prints its SHA-256. conformd serves the same page as verify.html:
                       that of the same version has the same SHA-256

The sample of a receipt is drawn again. With a receipt, --against takes the checkpoint of
the opening of the day too.

It reads the entries from the first on, and compares what comes of them with the register
in register.jsonl: a record that is not what the log tells is named with both values.

A log that was restored from a backup has a new name. A key and a checkpoint of its former
name are taken as they are; "cut-off" is the finding about a checkpoint of entries that the
restore removed.

Exit codes:
  0 verified   7 verified in part (no --against)   5 failed: something was changed, or
  the export holds what no export holds (links, devices, files beyond any size)
  1 the files cannot be read   2 wrong use of this command, or a file given with --key
  or --against that is no key or no checkpoint
`

type options struct {
	key, against, dir string
	page              string
	json              bool
	kpi, trend        bool
	ask               kpi.Ask
}

// Run runs the command with its arguments, without the name of the program, and
// returns the exit code. Control characters in files and in their names reach the
// terminal as visible text.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	people := printer{terminal.NewWriter(stdout, terminal.Ink{}), terminal.NewWriter(stderr, terminal.Ink{})}
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return people.write(usage, ExitVerified)
	case err != nil:
		return people.fail(fmt.Sprintf("%v\n\n%s", err, usage), ExitUsage)
	}
	if o.page != "" {
		return writePage(o.page, people)
	}
	r, from, figures, err := check(ctx, o)
	if bad, ok := errors.AsType[*useError](err); ok {
		return people.fail(bad.Error()+"\n", ExitUsage)
	}
	if err != nil {
		return people.fail(err.Error()+"\n", ExitRead)
	}
	if !o.json {
		text := Text(r, from)
		if figures != nil {
			text += "\n" + figures.Text(register.Edition2022)
			if figures.At.After(r.Last) {
				text += fmt.Sprintf("\nThe last entry of this export is of %s: what was recorded later is not in these figures.\n", r.Last.UTC().Format("2006-01-02 15:04:05"))
			}
		}
		return people.write(text, Code(r))
	}
	b, err := json.MarshalIndent(struct {
		*verify.Report
		KeyFrom string      `json:"key_from"`
		Figures *kpi.Report `json:"figures,omitempty"`
	}{r, from, figures}, "", "  ")
	if err != nil {
		return people.fail(err.Error()+"\n", ExitRead)
	}
	return printer{terminal.JSONWriter{W: stdout}, people.stderr}.write(string(b)+"\n", Code(r))
}

// Code returns the exit code that stands for a report.
func Code(r *verify.Report) int {
	switch r.Result {
	case verify.Verified:
		return ExitVerified
	case verify.VerifiedInPart:
		return ExitInPart
	}
	return ExitFailed
}

// A printer writes to people, or to a program that reads JSON.
type printer struct{ stdout, stderr io.Writer }

// write writes text and returns code, ExitRead when it cannot be written: silence must
// not look like a good result.
func (p printer) write(text string, code int) int {
	if _, err := io.WriteString(p.stdout, text); err != nil {
		return p.fail(fmt.Sprintf("write: %v\n", err), ExitRead)
	}
	return code
}

// fail says what went wrong and returns code.
func (p printer) fail(text string, code int) int {
	fmt.Fprint(p.stderr, "conform-verify: "+text)
	return code
}

// parse reads the arguments; flags may stand before and after the directory.
func parse(args []string) (o options, err error) {
	fs := flag.NewFlagSet("conform-verify", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.key, "key", "", "")
	fs.StringVar(&o.against, "against", "", "")
	fs.StringVar(&o.page, "page", "", "")
	fs.BoolVar(&o.json, "json", false, "")
	fs.BoolVar(&o.kpi, "kpi", false, "")
	fs.BoolVar(&o.trend, "trend", false, "")
	for name, to := range map[string]*string{
		"at": &o.ask.At, "period": &o.ask.Period, "kind": &o.ask.Kind, "scope": &o.ask.Scope, "grade": &o.ask.Grade, "source": &o.ask.Source, "owner": &o.ask.Owner,
		"standard": &o.ask.Standard,
	} {
		fs.StringVar(to, name, "", "")
	}
	var dirs []string
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return o, err
		}
		if args = fs.Args(); len(args) > 0 {
			dirs, args = append(dirs, args[0]), args[1:]
		}
	}
	if o.page != "" {
		if len(dirs) > 0 || (o != options{page: o.page}) {
			return o, errors.New("--page writes a page and checks nothing: give it alone")
		}
		return o, nil
	}
	if len(dirs) != 1 {
		return o, fmt.Errorf("give one directory or dossier, got %d", len(dirs))
	}
	o.dir = dirs[0]
	if !o.kpi && (o.trend || o.ask != kpi.Ask{}) {
		return o, errors.New("--trend and what says which figures are asked for need --kpi")
	}
	return o, nil
}
