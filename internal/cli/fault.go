package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/private"
	"github.com/conformd/conformd/internal/store"
)

// The exit codes. They are a contract with scripts and are only ever added to.
const (
	ExitDone     = 0
	ExitFailed   = 1
	ExitUsage    = 2 // wrong usage, or a configuration with mistakes
	ExitFindings = 3 // differences or findings, where a flag asked for the code
	ExitDenied   = 4 // a tracker refuses the credential or a permission is missing
	ExitTampered = 5 // the audit log failed its verification
	ExitInPart   = 6 // finished in part, something is left over
	ExitPartly   = 7 // the audit log is verified in part
)

// A fault is an error as people are told of it.
type fault struct {
	Code   string // stable
	Exit   int
	What   string // happened
	Why    string // likely
	Remedy string // what to do
	Err    error
}

func (f *fault) Error() string { return f.What }
func (f *fault) Unwrap() error { return f.Err }

// silent ends with an exit code after everything was said.
func silent(code int) error { return &fault{Exit: code} }

func (s *session) report(f *fault) {
	if f.What == "" {
		return
	}
	fmt.Fprintf(s.Stderr, "%s %s: %s\n", s.style.red("error"), f.Code, f.What)
	if f.Why != "" {
		fmt.Fprintf(s.Stderr, "  likely because: %s\n", f.Why)
	}
	if f.Remedy != "" {
		fmt.Fprintf(s.Stderr, "  what to do:     %s\n", f.Remedy)
	}
}

// unexpected explains an error that came from further inside.
func unexpected(err error) *fault {
	f := &fault{Code: "CLI-001", Exit: ExitFailed, What: err.Error(), Err: err}
	var mistakes config.Errors
	var exposed *private.Error
	var origin *app.OriginError
	var head *app.HeadError
	var unreadable *app.PolicyUnreadableError
	var forged *app.PolicyTamperedError
	switch {
	case errors.As(err, &mistakes):
		return invalid(mistakes)
	case errors.Is(err, context.Canceled):
		f.What, f.Remedy = "interrupted", "nothing is lost: what was under way is taken up at the next start"
	case errors.Is(err, connectors.Unauthenticated):
		f.Code, f.Exit = "CLI-004", ExitDenied
		f.Why = "the credential is wrong, expired or revoked, or belongs to another site"
		f.Remedy = "give the binding a credential that is valid (a new token where auth.token says; for a GitHub App its app_id, installation_id and private_key), and start again"
	case errors.Is(err, connectors.Denied):
		f.Code, f.Exit = "CLI-005", ExitDenied
		f.Why = "the account of conformd lacks a permission in the project or repository"
		f.Remedy = "give it the right to see, edit and comment on issues there"
	case errors.Is(err, connectors.Unavailable):
		f.Code, f.Why = "CLI-006", "the tracker is down, or a proxy or firewall is in between"
		f.Remedy = "check url of the entry in trackers and try again"
	case errors.Is(err, syscall.EADDRINUSE):
		f.Code, f.Why = "CLI-007", "another program, or another conformd, listens on that address"
		f.Remedy = "stop it, or choose another address (listen and webhooks.listen in the configuration; --port of the demo; --jira-addr and --github-addr of the simulators)"
	case errors.As(err, &origin):
		f.Code, f.Exit = "CLI-054", ExitUsage
		f.Why = "the name was changed in the configuration, or data_dir is that of another register"
		f.Remedy = "write audit.origin: " + origin.Log + "; a log keeps its name for ever, and one with another name begins in an empty data_dir"
	case errors.As(err, &head):
		f.Code = "CLI-056"
		f.Why = "an older copy of the database, or an empty one, stands in data_dir; to go on from there would sign a second history and write old values to the trackers"
		f.Remedy = "put the newer database back; if it is lost, keep the folder, make a backup of what is there (conformd backup create) and restore it (conformd backup restore): the log will say so"
	case errors.As(err, &unreadable):
		f.Code, f.Why = "CLI-060", "another version of conformd adopted the policy"
		f.Remedy = "run that version; or look at conformd policy diff and put the configured policy in force: conformd policy adopt --as PERSON --reason \"…\""
	case errors.As(err, &forged):
		f.Code, f.Why = "CLI-062", "somebody changed the database, or restored a part of it"
		f.Remedy = "keep the folder as it is, check the log (conformd audit verify), and restore a backup: conformd backup restore <backup>"
	case errors.As(err, &exposed):
		f.Code, f.Remedy = "CLI-053", exposed.Remedy
		f.Why = "the file or folder was made by another program, or its mode was changed"
	case errors.Is(err, store.ErrDamaged):
		f.Code, f.Why = "CLI-039", "the disk or its copy is at fault, or somebody changed the file"
		f.Remedy = "keep the folder as it is and restore a backup: conformd backup restore <backup>; nothing was written to a tracker"
	default:
		f.Remedy = "run the command again with -v, and see docs/operations.md"
	}
	return f
}

func invalid(es config.Errors) *fault {
	if len(es) == 1 && es[0].Code == config.CodeUnreadable {
		e := es[0]
		return &fault{Code: "CLI-003", Exit: ExitUsage, What: fmt.Sprintf("cannot read %s: %s (%s)", e.File, e.What, e.Code), Remedy: e.Remedy, Err: es}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the configuration has %s", present.Count(len(es), "mistake", "mistakes"))
	for _, e := range es {
		b.WriteString("\n  " + e.Error())
	}
	return &fault{Code: "CLI-003", Exit: ExitUsage, What: b.String(), Remedy: "correct the file, then: conformd config validate", Err: es}
}

func (s *session) exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:     "exit-codes",
		Short:   "The exit codes and what they mean",
		Example: "  conformd help exit-codes",
		Long: `The exit codes of conformd:

  0  done, or nothing to do
  1  failed
  2  wrong usage, or a configuration with mistakes
  3  differences or findings exist (plan --exit-code, policy diff --exit-code)
  4  a tracker refuses the credential, or a permission is missing
  5  the audit log FAILED its verification
  6  finished in part: writing is stopped somewhere, or work on some records goes on
     later (run --once), or an import broke off (findings import)
  7  the audit log is verified in part: nothing from outside was given to hold it against

5 and 7 are never mixed up: "not checked against anything outside" is not "sound".`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
}
