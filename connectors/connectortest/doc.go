// Package connectortest says what every tracker must do, as tests, and offers a
// tracker in memory for tests of what is built on top of it.
//
// Run is the conformance suite. The trackers in jira and github pass it against
// their simulators, Memory passes it in this package's own test. A quirk found
// in a vendor's API becomes a behaviour of the simulator first, and a case here
// second.
package connectortest
