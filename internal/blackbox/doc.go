// Package blackbox is a test of the released program from outside. It builds the
// binary and runs a simulated Jira, a simulated GitHub and the daemon as processes of
// their own. People work in both trackers over the vendors' paths while the daemon is
// killed, stopped, cut off and left without space on its disk. Then a checker looks at
// the two trackers, at what the commands print and at the exported audit log, and
// knows nothing else: some order of the daemon's reads and writes has to explain what
// is there.
//
//	go test ./internal/blackbox                          two seeds, less than a minute
//	go test ./internal/blackbox -blackbox.seeds=50       more of them
//	go test ./internal/blackbox -blackbox.seed=7 -v      one again, as far as processes can be repeated
//	go test ./internal/blackbox -blackbox.patient        waits for what takes five minutes, too
//
// A daemon that is killed between an intent to file an issue and its answer looks for
// that issue for five minutes before it files it again. Without -blackbox.patient the
// checker accepts that such a record has no counterpart yet, if the commands say so.
//
// The full disk is a small file system of its own, which takes the right to mount one.
// Without it that misfortune is left out, and TestBlackBox/full_disk is skipped and
// says why.
package blackbox
