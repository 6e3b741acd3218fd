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
	"os"
	"path/filepath"
	"strings"

	"github.com/conformd/conformd/audit"
)

// The exit codes.
const (
	ExitVerified = 0 // sound, also against a checkpoint from outside
	ExitRead     = 1 // something could not be read
	ExitUsage    = 2
	ExitFailed   = 5 // something is wrong with the log
	ExitInPart   = 7 // sound in itself; no checkpoint from outside was given
)

const usage = `conform-verify checks an exported audit log. It needs no network and changes nothing.

Usage:
  conform-verify [--key KEY] [--against CHECKPOINT] [--json] DIRECTORY

Example:
  conform-verify --key acme.pub --against checkpoint-2025 ./audit-export

  DIRECTORY            the export, with the file "checkpoint" in it
  --key KEY            the public key of the log, or a file with it, that you have from
                       the people who run the log by another way than the export.
                       Without it key.pub of the export is taken, and said so
  --against CHECKPOINT the file "checkpoint" that you kept from an earlier export.
                       Without it the check cannot show a log that was cut off or
                       written anew, and is a check in part
  --json               the report as JSON

Exit codes:
  0 verified   7 verified in part (no --against)   5 failed: something was changed
  1 the files cannot be read   2 wrong use of this command
`

type options struct {
	key, against, dir string
	json              bool
}

// Run runs the command with its arguments, without the name of the program, and
// returns the exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return write(stdout, stderr, usage, ExitVerified)
	case err != nil:
		return write(stderr, stderr, fmt.Sprintf("conform-verify: %v\n\n%s", err, usage), ExitUsage)
	}
	r, from, err := verify(ctx, o)
	if err != nil {
		return write(stderr, stderr, fmt.Sprintf("conform-verify: %v\n", err), ExitRead)
	}
	text := Text(r, from)
	if o.json {
		b, err := json.MarshalIndent(struct {
			*audit.Report
			KeyFrom string `json:"key_from"`
		}{r, from}, "", "  ")
		if err != nil {
			return write(stderr, stderr, fmt.Sprintf("conform-verify: %v\n", err), ExitRead)
		}
		text = string(b) + "\n"
	}
	return write(stdout, stderr, text, Code(r))
}

// Code returns the exit code that stands for a report.
func Code(r *audit.Report) int {
	switch r.Result {
	case audit.Verified:
		return ExitVerified
	case audit.VerifiedInPart:
		return ExitInPart
	}
	return ExitFailed
}

// write writes text and returns code, ExitRead when it cannot be written: nobody
// must take silence for a good result.
func write(w, stderr io.Writer, text string, code int) int {
	if _, err := io.WriteString(w, text); err != nil {
		fmt.Fprintf(stderr, "conform-verify: write: %v\n", err)
		return ExitRead
	}
	return code
}

// parse reads the arguments; flags may stand before and after the directory.
func parse(args []string) (o options, err error) {
	fs := flag.NewFlagSet("conform-verify", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.key, "key", "", "")
	fs.StringVar(&o.against, "against", "", "")
	fs.BoolVar(&o.json, "json", false, "")
	var dirs []string
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return o, err
		}
		if args = fs.Args(); len(args) > 0 {
			dirs, args = append(dirs, args[0]), args[1:]
		}
	}
	if len(dirs) != 1 {
		return o, fmt.Errorf("give one directory, got %d", len(dirs))
	}
	o.dir = dirs[0]
	return o, nil
}

// verify checks the directory, and says where the key came from.
func verify(ctx context.Context, o options) (r *audit.Report, from string, err error) {
	if info, err := os.Stat(o.dir); err != nil {
		return nil, "", err
	} else if !info.IsDir() {
		return nil, "", fmt.Errorf("%s is a file: give the directory of the export (unpack it first)", o.dir)
	}
	var opts audit.Options
	if o.against != "" {
		if opts.Against, err = os.ReadFile(o.against); err != nil {
			return nil, "", fmt.Errorf("checkpoint given with --against: %w", err)
		}
	}
	keys, from, err := readKeys(o)
	if err != nil {
		return nil, "", err
	}
	opts.Keys = keys[1:]
	r, err = audit.VerifyDir(ctx, os.DirFS(o.dir), keys[0], opts)
	return r, from, err
}

// readKeys returns the keys that were given, or else those of the export.
func readKeys(o options) (keys []audit.Verifier, from string, err error) {
	text, from := o.key, "given with --key"
	switch {
	case o.key == "":
		b, err := os.ReadFile(filepath.Join(o.dir, "key.pub"))
		if err != nil {
			return nil, "", fmt.Errorf("no --key given, and the export has none: %w", err)
		}
		text, from = string(b), FromExport
	case !strings.Contains(o.key, "+"):
		b, err := os.ReadFile(o.key)
		if err != nil {
			return nil, "", fmt.Errorf("key given with --key: %w", err)
		}
		text = string(b)
	default:
		if b, err := os.ReadFile(o.key); err == nil { // a plus sign in the name of a file
			text = string(b)
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if strings.HasPrefix(line, "PRIVATE+KEY+") {
			return nil, "", errors.New("this is the private key of a log: it must never leave the machine that signs; ask for the public one")
		}
		k, err := audit.NewVerifier(line)
		if err != nil {
			return nil, "", err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, "", errors.New("there is no key in what was " + from)
	}
	return keys, from, nil
}
