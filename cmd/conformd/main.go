// Conformd keeps Jira and GitHub issues in step with a register of nonconformities
// and corrective actions (ISO/IEC 27001, clause 10), and writes an audit log that a
// stranger can verify.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/conformd/conformd/internal/cli"
)

var version string // set by the linker, see Makefile

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.Process{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv, Version: version})
	stop()
	os.Exit(code)
}
