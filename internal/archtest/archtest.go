// Package archtest holds the import table of the module, as a test: which
// package may import which. The table is the architecture diagram that cannot
// go stale; docs/architecture.md shows the same thing as a figure.
//
// A package that is not in the table fails the test, so that whoever adds one
// has to say where it belongs.
package archtest
