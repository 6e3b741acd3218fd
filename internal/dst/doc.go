// Package dst runs the real engine (connectors, inbox, reconcile, plan, apply,
// store, audit log) in a deterministic simulation: both trackers answer in memory,
// people and automations act in them, the network fails before and after a request
// takes effect, deliveries are lost, doubled and late, and the process is killed
// between any two steps. What must hold is then computed from what the trackers
// know to be true (see check.go).
//
// Run is called inside a bubble of testing/synctest, whose clock moves only when
// everything waits. That alone does not fix an order: two actors that wake at the
// same instant run in whatever order the scheduler likes. So each actor owns a
// residue class of nanoseconds and wakes in it alone, and everything else follows:
// the same seed gives the same trace. Three rules keep it so:
//
//   - an actor sleeps into its own class before its first draw, and after it was
//     woken by anything but its own sleep;
//   - every wait in between is a whole number of microseconds;
//   - chance is drawn from streams that belong to the seed: one of the network, one
//     of each person, so that taking a fault away leaves people's plans alone.
package dst
