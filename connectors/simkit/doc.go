// Package simkit holds what the simulators of trackers share: a clock that can
// be moved, a log of what really happened, failures on demand, a webhook courier
// that loses and doubles, and the control routes below /_sim/.
//
// It simulates failures, not a vendor: it knows no issue and no field.
package simkit
