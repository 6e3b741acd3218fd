//go:build !unix

package cli

import "os"

// flock does nothing where the system has no flock: the listening address is then
// what keeps a second daemon out.
func flock(*os.File) error { return nil }
