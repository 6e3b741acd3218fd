// Package cli is the command line of conformd: what people type, what they are
// shown, and the exit codes that scripts rely on. Data goes to standard output,
// messages to standard error.
package cli

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/private"
	"github.com/conformd/conformd/internal/terminal"
)

// A Process is what the surroundings give to the program.
type Process struct {
	Stdin          io.Reader // read by conformd mcp alone
	Stdout, Stderr io.Writer
	// Env looks up an environment variable, as os.LookupEnv does.
	Env func(string) (string, bool)
	// Version is the version given by the linker; "" takes that of the build info.
	Version string
}

// A session is one call of the program.
type session struct {
	Process         // its streams are made safe for terminals
	streams Process // as they were given
	style   style
	began   bool // the command line was understood

	config, dataDir, logLevel, logFormat, color string
	quiet, verbose, json                        bool
}

// Main runs the command that args name, without the name of the program, and
// returns the exit code.
func Main(ctx context.Context, args []string, p Process) int {
	private.Umask()
	s := newSession(p)
	root := s.root()
	root.SetArgs(args)
	root.SetOut(s.Stdout)
	root.SetErr(s.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitDone
	}
	var f *fault
	if !errors.As(err, &f) {
		if !s.began {
			f = misuse(err.Error(), "see conformd --help, or --help after the command")
		} else {
			f = unexpected(err)
		}
	}
	s.report(f)
	return f.Exit
}

// newSession returns a session whose output is safe on a terminal, whoever wrote the
// titles and names in it.
func newSession(p Process) *session {
	ink := terminal.NewInk()
	if p.Stdin == nil {
		p.Stdin = strings.NewReader("")
	}
	s := &session{Process: p, streams: p, style: style{ink: ink}}
	s.Stdout, s.Stderr = terminal.NewWriter(p.Stdout, ink), terminal.NewWriter(p.Stderr, ink)
	return s
}

func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "conformd",
		Short: "Keeps Jira and GitHub issues in step with an ISO 27001 clause 10 register",
		Long: `conformd keeps Jira and GitHub issues in step with a register of nonconformities
and corrective actions (ISO/IEC 27001, clause 10), holds back a closure until its
evidence is there, and writes an audit log that anybody can verify.`,
		Example: `  conformd demo                       see it at work, without accounts
  conformd config validate            check conformd.yaml
  conformd plan                       what the next sync run would change; changes nothing
  conformd run                        the daemon`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          subcommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if err := s.setColor(); err != nil {
				return err
			}
			s.began = true
			return nil
		},
	}
	root.SetFlagErrorFunc(flagFault)
	f := root.PersistentFlags()
	f.StringVarP(&s.config, "config", "c", "", "configuration file (CONFORMD_CONFIG, else conformd.yaml)")
	f.StringVar(&s.dataDir, "data-dir", "", "folder of register and audit log, instead of data_dir of the configuration")
	f.StringVar(&s.logLevel, "log-level", "", "debug, info, warn or error, instead of log.level")
	f.StringVar(&s.logFormat, "log-format", "", "json or console, instead of log.format")
	f.StringVar(&s.color, "color", "auto", "auto, always or never")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "no messages but errors")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "log at level debug")
	root.AddCommand(s.runCommand(), s.planCommand(), s.registerCommand(), s.dueCommand(), s.reportCommand(), s.measureCommand(), s.managementReviewCommand(), s.noticesCommand(), s.findingsCommand(), s.conflictsCommand(), s.brakeCommand(), s.queueCommand(), s.userCommand(), s.rulesCommand(), s.policyCommand(), s.backupCommand(),
		s.auditCommand(), s.migrateCommand(), s.configCommand(), s.simCommand(), s.demoCommand(), s.mcpCommand(), s.versionCommand(), s.exitCodesTopic())
	return root
}

// group is a command that only holds others.
func group(use, short, example string, sub ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Example: example, Args: subcommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(sub...)
	return c
}

// path returns the configuration file that is meant.
func (s *session) path() string {
	if s.config != "" {
		return s.config
	}
	if p, ok := s.Env("CONFORMD_CONFIG"); ok && p != "" {
		return p
	}
	return "conformd.yaml"
}

// lookup is the environment with the flags that override the configuration.
func (s *session) lookup(name string) (string, bool) {
	switch {
	case name == "CONFORMD_DATA_DIR" && s.dataDir != "":
		abs, err := filepath.Abs(s.dataDir)
		return abs, err == nil
	case name == "CONFORMD_LOG_LEVEL" && s.verbose:
		return "debug", true
	case name == "CONFORMD_LOG_LEVEL" && s.logLevel != "":
		return s.logLevel, true
	case name == "CONFORMD_LOG_LEVEL" && s.quiet:
		return "error", true
	case name == "CONFORMD_LOG_FORMAT" && s.logFormat != "":
		return s.logFormat, true
	}
	return s.Env(name)
}
