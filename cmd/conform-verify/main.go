// Conform-verify checks an exported audit log: on the auditor's own machine, with
// the exported files and a public key, and no network.
//
//	conform-verify --key acme.pub --against checkpoint-2025 ./audit-export
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/conformd/conformd/audit/verifycmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := verifycmd.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
